package residentlist

// addresses hands out the address columns. Headings that say whose address
// they mean come first. The others belong to the building until one of them
// asks for a part that the building already has: from there on they belong to
// the postal address, as in lists that name the unit first and the contact
// behind it. A whole address holds number and town only until a heading of
// their own comes for them.
func (r *recogniser) addresses() {
	meanings := make([]*addressMeaning, len(r.headings))
	for i, h := range r.headings {
		if r.used[i] {
			continue
		}
		if m, ok := lookup(vocabulary.address, h); ok {
			meanings[i] = &m
		}
	}
	loose := map[Column]bool{} // number and town of a whole address
	for i, m := range meanings {
		switch {
		case m == nil:
		case m.whose == building:
			r.address(i, m.part, buildingColumns, loose)
		case m.whose == post:
			r.address(i, m.part, postColumns, loose)
		}
	}
	columns, street := buildingColumns, -2
	for i, h := range r.headings {
		if m := meanings[i]; m != nil && m.whose == anybody {
			if !r.address(i, m.part, columns, loose) {
				columns = postColumns
				if !r.address(i, m.part, columns, loose) {
					r.lost[columns[m.part][0]] = append(r.lost[columns[m.part][0]], i)
				}
			}
		}
		if r.used[i] && (r.holds(i, Street) && r.free(HouseNumber) || r.holds(i, PostStreet) && r.free(PostHouseNumber)) {
			street = i
		}
		if _, behind := lookup(vocabulary.behind, h); behind && street == i-1 && !r.used[i] {
			r.address(i, partNumber, columns, loose)
		}
	}
}

func (r *recogniser) holds(heading int, c Column) bool {
	h, ok := r.holder[c]
	return ok && h == heading
}

// address takes the columns of a part for a heading when the first of them is
// to be had.
func (r *recogniser) address(i int, part addressPart, columns map[addressPart][]Column, loose map[Column]bool) bool {
	list := columns[part]
	if !r.free(list[0]) && !loose[list[0]] {
		return false
	}
	r.used[i] = true
	for _, c := range list {
		if r.free(c) || loose[c] && part != partWhole {
			r.holder[c] = i
			loose[c] = part == partWhole && c != list[0]
		}
	}
	return true
}
