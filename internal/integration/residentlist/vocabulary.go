package residentlist

import "slices"

// whose says whose address a heading means.
type whose int

const (
	anybody whose = iota // by its place in the file
	building
	post
)

type addressMeaning struct {
	whose whose
	part  addressPart
}

// vocabulary holds every heading in its normal form.
var vocabulary = newWords()

type words struct {
	columns map[string][]candidate
	address map[string]addressMeaning
	behind  map[string]bool // numberAfterStreet
	order   map[string]nameOrder
}

func newWords() *words {
	w := &words{columns: map[string][]candidate{}, address: map[string]addressMeaning{}, behind: map[string]bool{}, order: map[string]nameOrder{}}
	rank := map[Column]int{}
	for _, e := range entries {
		for _, h := range e.headings {
			w.add(h, candidate{columns: e.columns, rank: rank[e.columns[0]], last: e.last})
			rank[e.columns[0]]++
		}
		if len(e.columns) == 1 && slices.Contains(personColumns, e.columns[0]) {
			for _, h := range e.headings {
				for _, n := range qualified(normal(h), personQualifiers) {
					w.add(n, candidate{columns: e.columns, rank: rank[e.columns[0]]})
				}
			}
		}
	}
	for part, bases := range addressBases {
		for _, b := range bases {
			w.address[normal(b)] = addressMeaning{anybody, part}
		}
	}
	for part, bases := range addressBases {
		for _, b := range bases {
			w.qualify(normal(b), postQualifiers, addressMeaning{post, part})
			w.qualify(normal(b), buildingQualifiers, addressMeaning{building, part})
		}
	}
	for _, h := range postWhole {
		w.address[normal(h)] = addressMeaning{post, partWhole}
	}
	for _, h := range numberAfterStreet {
		w.behind[normal(h)] = true
	}
	for _, h := range firstThenLast {
		w.order[normal(h)] = firstLast
	}
	for _, h := range lastThenFirst {
		w.order[normal(h)] = lastFirst
	}
	return w
}

func (w *words) add(heading string, c candidate) {
	n := normal(heading)
	for _, have := range w.columns[n] {
		if slices.Equal(have.columns, c.columns) && have.last == c.last {
			return
		}
	}
	w.columns[n] = append(w.columns[n], c)
}

func (w *words) qualify(base string, qualifiers []string, m addressMeaning) {
	for _, n := range qualified(base, qualifiers) {
		if _, ok := w.address[n]; !ok {
			w.address[n] = m
		}
	}
}

// qualified builds what people make of a base and a qualifier: "Objekt-PLZ",
// "Liegenschaftsort", "PLZ Objekt", "PLZ des Objekts", "city of the property".
func qualified(base string, qualifiers []string) []string {
	var list []string
	for _, q := range qualifiers {
		q = normal(q)
		for _, form := range []string{q + base, q + "s" + base, base + q, base + "der" + q, base + "des" + q, base + "des" + q + "s", base + "des" + q + "es", base + "of" + q, base + "ofthe" + q} {
			list = append(list, form)
		}
	}
	return list
}
