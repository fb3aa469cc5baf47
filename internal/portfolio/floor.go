package portfolio

import (
	"fmt"
	"strconv"
	"strings"

	"foyer/internal/platform/fold"
)

// Floors are written freely in every list. floorKey turns the German and
// English ways into the order of a walk from the cellar to the roof; the rest
// of the text ("links") orders the doors of one floor.

// Ranks of the floors that have no number; a numbered floor n lies at
// ground + 10·n, a second attic one step above the first.
const (
	garage     = 1000
	ground     = 2000
	mezzanine  = ground + 5
	attic      = 8000
	unknown    = 9000
	perFloor   = 10
	maxStories = 500
)

// floorWord tells where words of a floor lead: to a fixed rank, or up (+1) or
// down (-1) from the ground by the number beside them.
type floorWord struct {
	rank int
	step int
}

var floorWords = map[string]floorWord{
	"eg": {rank: ground}, "erdgeschoss": {rank: ground}, "parterre": {rank: ground}, "ground": {rank: ground}, "gf": {rank: ground},
	"hp": {rank: mezzanine}, "hochparterre": {rank: mezzanine}, "zg": {rank: mezzanine}, "zwischengeschoss": {rank: mezzanine}, "mezzanin": {rank: mezzanine}, "mezzanine": {rank: mezzanine},
	"og": {step: 1}, "obergeschoss": {step: 1}, "etage": {step: 1}, "stock": {step: 1}, "stockwerk": {step: 1}, "floor": {step: 1}, "geschoss": {step: 1},
	"ug": {step: -1}, "untergeschoss": {step: -1}, "kg": {step: -1}, "keller": {step: -1}, "kellergeschoss": {step: -1}, "souterrain": {step: -1}, "basement": {step: -1}, "cellar": {step: -1},
	"tg": {rank: garage}, "tiefgarage": {rank: garage}, "garage": {rank: garage},
	"dg": {rank: attic}, "dachgeschoss": {rank: attic}, "attic": {rank: attic}, "penthouse": {rank: attic}, "mansarde": {rank: attic}, "loft": {rank: attic},
}

var ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "erstes": 1, "zweites": 2, "drittes": 3, "viertes": 4}

// filler are words that say nothing about order.
var filler = map[string]bool{"floor": true, "level": true}

// floorKey returns a key that sorts floors bottom up: "2000", "2020 links".
// What it cannot read comes last.
func floorKey(s string) string {
	negative := strings.HasPrefix(strings.TrimSpace(s), "-")
	words := strings.Fields(fold.Natural(s))
	number, have := 0, false
	var found *floorWord
	var rest []string
	for i, w := range words {
		n, isNumber := floorNumber(w)
		fw, isWord := floorWords[w]
		switch {
		case isNumber && !have && (i < 2 || found != nil && len(rest) == 0):
			number, have = n, true
		case isWord && (found == nil || found.step != 0 && fw.step == 0):
			found = &fw
		case filler[w]:
		default:
			rest = append(rest, w)
		}
	}
	rank := floorRank(found, number, have, negative)
	if have && found != nil && found.step == 0 && found.rank != attic { // "EG 2" is the second door
		rest = append([]string{fmt.Sprintf("%08d", number)}, rest...)
	}
	return strings.TrimSpace(fmt.Sprintf("%04d %s", rank, strings.Join(rest, " ")))
}

func floorRank(found *floorWord, number int, have, negative bool) int {
	number = min(number, maxStories)
	switch {
	case found == nil && !have:
		return unknown
	case found == nil && negative:
		return ground - perFloor*min(number, 99)
	case found == nil:
		return ground + perFloor*number
	case found.step > 0 && !have: // "OG" of a house with one upper floor
		return ground + perFloor
	case found.step > 0:
		return ground + perFloor*number
	case found.step < 0:
		return ground - perFloor*max(1, min(number, 99))
	case found.rank == attic && have:
		return attic + number
	}
	return found.rank
}

// floorNumber reads "2", "2nd", "02", "first". Natural has padded figures.
func floorNumber(w string) (int, bool) {
	if n, ok := ordinals[w]; ok {
		return n, true
	}
	for _, tail := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, tail)
	}
	if w == "" || len(w) > 9 {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}
