package residentlist

import "slices"

// HeadingGroup is what docs/import.md and the mapping page list: the headings
// that stand for the columns, as people write them.
type HeadingGroup struct {
	Columns  []Column
	Headings []string
}

// Headings lists every recognised heading, in the order of the columns. Groups
// of more than one column share one value. A heading that stands in two groups
// means the later one only where the earlier one is taken.
func Headings() []HeadingGroup {
	var list []HeadingGroup
	put := func(columns []Column, headings []string) {
		for i := range list {
			if slices.Equal(list[i].Columns, columns) {
				for _, h := range headings {
					if !slices.Contains(list[i].Headings, h) {
						list[i].Headings = append(list[i].Headings, h)
					}
				}
				return
			}
		}
		list = append(list, HeadingGroup{slices.Clone(columns), slices.Clone(headings)})
	}
	for part := partStreet; part <= partWhole; part++ {
		put(buildingColumns[part], addressBases[part])
	}
	put(buildingColumns[partNumber], numberAfterStreet)
	for _, e := range entries {
		put(e.columns, e.headings)
	}
	put(postColumns[partWhole], postWhole)
	slices.SortStableFunc(list, func(a, b HeadingGroup) int { return columnIndex[a.Columns[0]] - columnIndex[b.Columns[0]] })
	return list
}

// Qualifiers lists the words that may stand before or behind a heading of an
// address (the building's or the postal one) or of a person's own columns:
// "Objekt-PLZ", "Ort der Liegenschaft", "Vorname Mieter".
func Qualifiers() (ofBuilding, ofPost, ofPerson []string) {
	return slices.Clone(buildingQualifiers), slices.Clone(postQualifiers), slices.Clone(personQualifiers)
}
