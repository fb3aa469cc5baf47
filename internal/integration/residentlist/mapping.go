package residentlist

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Mapping says under which heading a column stands. Columns that may share one
// value (see the package comment) may have the same heading. An empty heading
// says that the column is not to be read, even if it would be recognised.
type Mapping map[Column]string

// ReadMapping reads {"canonical name": "heading in the file"}. Its error is a
// Problem.
func ReadMapping(data []byte) (Mapping, error) {
	var m Mapping
	if err := json.Unmarshal(data, &m); err != nil || m == nil {
		return nil, fileProblem(KeyMappingSyntax, "", "")
	}
	for _, c := range slices.Sorted(maps.Keys(m)) {
		if !Known(c) {
			return nil, fileProblem(KeyUnknownColumn, c, "")
		}
	}
	return m, nil
}

// Merge completes what a person has decided with what was recognised: given
// wins, and a heading that given uses for one column is not also taken for
// another, unless the two may share it.
func Merge(recognised, given Mapping) Mapping {
	out := Mapping{}
	for c, h := range recognised {
		taken := false
		for gc, gh := range given {
			taken = taken || gc != c && sameHeading(gh, h) && !mayShare(gc, c)
		}
		if !taken {
			out[c] = h
		}
	}
	for c, h := range given {
		if h == "" {
			delete(out, c)
		} else {
			out[c] = h
		}
	}
	return out
}

func sameHeading(a, b string) bool {
	return a == b || strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// check finds what the mapping cannot mean in a file with these headings.
func (m Mapping) check(headings []string) []Problem {
	var list []Problem
	users := map[string][]Column{}
	for _, c := range slices.SortedFunc(maps.Keys(m), func(a, b Column) int { return columnIndex[a] - columnIndex[b] }) {
		h := m[c]
		switch {
		case !Known(c):
			list = append(list, fileProblem(KeyUnknownColumn, c, ""))
		case h == "":
		case findHeading(headings, h) < 0:
			list = append(list, fileProblem(KeyUnknownHeading, c, h))
		default:
			key := strings.ToLower(h)
			if first := users[key]; len(first) > 0 && !mayShare(first[0], c) {
				list = append(list, fileProblem(KeySharedHeading, c, h))
			}
			users[key] = append(users[key], c)
		}
	}
	return append(list, m.lacking(headings)...)
}

// lacking tells which mandatory columns have no heading. Where the whole table
// is one column that is one problem, and its reason another.
func (m Mapping) lacking(headings []string) []Problem {
	var list []Problem
	missing, only := m.Missing(), onlyHeading(headings)
	for _, c := range missing {
		switch {
		case only != "":
			return []Problem{fileProblem(KeyOneColumn, c, quote(only))}
		case c == UnitRef:
			list = append(list, fileProblem(KeyMissingUnit, c, ""))
		default:
			list = append(list, fileProblem(KeyMissingColumn, c, ""))
		}
	}
	return list
}

// onlyHeading is the heading of a table with a single column, else "".
func onlyHeading(headings []string) (only string) {
	for _, h := range headings {
		if h != "" && only != "" {
			return ""
		}
		only += h
	}
	return only
}

// Missing lists what is mandatory and has no heading: unit_ref when there is
// neither that nor an address with a unit label, lease_start, and last_name
// when there is neither that nor company. An address is a street in a town or
// in a named property.
func (m Mapping) Missing() []Column {
	var list []Column
	has := func(c Column) bool { return m[c] != "" }
	if !has(UnitRef) && !(has(UnitLabel) && has(Street) && (has(Postcode) || has(City) || has(PropertyRef) || has(PropertyName))) {
		list = append(list, UnitRef)
	}
	if !has(LeaseStart) {
		list = append(list, LeaseStart)
	}
	if !has(LastName) && !has(Company) {
		list = append(list, LastName)
	}
	return list
}

func findHeading(headings []string, h string) int {
	for i, x := range headings {
		if x == h {
			return i
		}
	}
	for i, x := range headings {
		if x != "" && sameHeading(x, h) {
			return i
		}
	}
	return -1
}
