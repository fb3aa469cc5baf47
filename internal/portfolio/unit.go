package portfolio

import (
	"strings"

	"foyer/internal/platform/fold"
	"foyer/internal/platform/i18n"
)

// The usages of a unit.
const (
	Flat       = "flat"
	Commercial = "commercial"
	Parking    = "parking"
	Storage    = "storage"
)

// Unit is what a lease is about: a flat, a shop, a parking space, a storage
// room.
type Unit struct {
	ID         string
	PropertyID string
	BuildingID string
	Ref        string // the manager's own number; unique within the property
	Label      string // "Wohnung 5", "5", "Stellplatz 7"
	Stairwell  string // "14", "B"; "" when the house has one
	Floor      string // as written: "2. OG links"
	Usage      string // Flat, Commercial, Parking or Storage
	AreaCM2    int64  // hundredths of a square metre; 0 = unknown
	RoomsTenth int64  // tenths of a room; 0 = unknown
	UVINeeded  bool   // the residents must get consumption information (K16)
	SortKey    string // set by Place: building, stairwell, floor, label in the order of a walk
	MatchKey   string // set by Place: address, stairwell and label, folded
}

// Place puts the unit into a building: it sets BuildingID, PropertyID and the
// two derived keys. Call it again whenever label, stairwell or floor changed.
func (u *Unit) Place(b Building) {
	u.BuildingID, u.PropertyID = b.ID, b.PropertyID
	stair := fold.Natural(u.Stairwell)
	if stair == fold.Natural(b.HouseNumber) {
		stair = "" // many lists repeat the house number there
	}
	u.SortKey = b.sortKey() + "\t" + stair + "\t" + floorKey(u.Floor) + "\t" + fold.Natural(u.Label)
	u.MatchKey = b.AddressKey() + "\t" + stair + "\t" + labelKey(u.Label)
}

// labelKey folds a label and makes the usual words for a flat one: "WE 05",
// "Whg. 5" and "Wohnung 5" are the same door. Other words stay, so that
// "Stellplatz 5" is another unit.
func labelKey(s string) string {
	words := strings.Fields(fold.Numbers(s))
	for i, w := range words {
		head := strings.TrimRight(w, "0123456789")
		switch head {
		case "wohnung", "whg", "wng", "we", "flat", "apartment", "apt":
			if head != w {
				words[i] = "wohnung " + w[len(head):]
			} else {
				words[i] = "wohnung"
			}
		case "nr", "no":
			words[i] = w[len(head):]
		}
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// Name returns the unit's label as a person reads it: "Wohnung 5", also when
// the list only says "5".
func (u Unit) Name(p *i18n.Printer) string {
	label := strings.TrimSpace(u.Label)
	if label == "" {
		return p.T("portfolio.usage." + u.usage())
	}
	for _, w := range strings.Fields(fold.Text(label)) {
		if len(strings.Trim(w, "0123456789")) > 1 {
			return label // it has a word of its own
		}
	}
	return p.T("portfolio.label."+u.usage(), "label", label)
}

func (u Unit) usage() string {
	switch u.Usage {
	case Commercial, Parking, Storage:
		return u.Usage
	}
	return Flat
}

// Location returns where the unit lies inside its house: "2. OG links ·
// Wohnung 5".
func (u Unit) Location(p *i18n.Printer) string {
	if floor := strings.TrimSpace(u.Floor); floor != "" {
		return floor + " · " + u.Name(p)
	}
	return u.Name(p)
}

// Door returns what stands before the label in the manager's list of one
// property, stairwell (or house number) and floor: "14 · 2. OG links".
func (u Unit) Door(b Building) string {
	stair := strings.TrimSpace(u.Stairwell)
	if stair == "" {
		stair = strings.TrimSpace(b.HouseNumber)
	}
	floor := strings.TrimSpace(u.Floor)
	if stair == "" || floor == "" {
		return stair + floor
	}
	return stair + " · " + floor
}

// Plate returns what the plate of a tenancy shows: the house number, "P7" for
// a parking space with a number. It is decoration: the address is always text
// beside it.
func (u Unit) Plate(b Building) string {
	if u.Usage == Parking {
		words := strings.Fields(fold.Numbers(u.Label))
		for i := len(words) - 1; i >= 0; i-- {
			if n := strings.TrimLeft(words[i], "abcdefghijklmnopqrstuvwxyz"); n != "" && len(n) < 5 {
				return "P" + n
			}
		}
		return "P"
	}
	return strings.TrimSpace(b.HouseNumber)
}
