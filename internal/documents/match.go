package documents

import (
	"strings"
	"unicode"

	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// candidate is a unit or lease with the words by which a file name can mean it.
type candidate struct {
	id    string
	words []weighted
}

type weighted struct {
	key   string
	worth int
}

// What a word in a file's name is worth. A contract number is one lease; the
// number of a flat needs no name, but two leases of it tie, and a tie is left
// to people: the statement of who moved out must not go to who moved in.
const (
	byLease = 100
	byUnit  = 50
	byDoor  = 40
	byName  = 30
	byLabel = 20
)

// plain writes a name as words: letters and numbers apart, no leading zeros.
func plain(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range fold.Text(s) {
		if unicode.IsDigit(r) != unicode.IsDigit(last) && unicode.IsLetter(last) != unicode.IsLetter(r) && last != ' ' && r != ' ' && last != 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return fold.Numbers(b.String())
}

// match finds the one candidate that a file's name means. several tells that
// it means more than one.
func match(name string, list []candidate) (id string, several bool) {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	said := " " + plain(name) + " "
	best := 0
	for _, c := range list {
		score := 0
		for _, w := range c.words {
			if w.key == "" || tooShort(w.key) && said != " "+w.key+" " {
				continue
			}
			if strings.Contains(said, " "+w.key+" ") {
				score += w.worth
			}
		}
		switch {
		case score > best:
			best, id, several = score, c.id, false
		case score == best && score > 0:
			several = true
		}
	}
	if several {
		return "", true
	}
	return id, false
}

// tooShort tells whether a key is a bare number of one or two digits, which
// stands in a file's name for many things.
func tooShort(key string) bool {
	return len(key) < 3 && strings.Trim(key, "0123456789") == ""
}

// candidates lists the units or leases of a property with their words. Leases
// count for a unit when they hold on the day.
func candidates(tx *store.Tx, propertyID string, kind portfolio.Kind, day string) ([]candidate, error) {
	units, err := targets(tx, propertyID, portfolio.ToUnit)
	if err != nil {
		return nil, err
	}
	leases, err := targets(tx, propertyID, portfolio.ToLease)
	if err != nil {
		return nil, err
	}
	labels := map[string]int{}
	for _, u := range units {
		labels[plain(u.Unit.Label)]++
	}
	unitWords := func(t Target) []weighted {
		out := []weighted{{plain(t.Unit.Ref), byUnit}, {plain(t.Building.HouseNumber + " " + t.Unit.Label), byDoor}}
		if labels[plain(t.Unit.Label)] == 1 {
			out = append(out, weighted{plain(t.Unit.Label), byLabel})
		}
		return out
	}
	leaseWords := func(t Target) []weighted {
		out := []weighted{{plain(t.Lease.Ref), byLease}}
		for _, n := range t.Names {
			parts := strings.Fields(fold.Text(n))
			if len(parts) > 0 && len(parts[len(parts)-1]) > 2 {
				out = append(out, weighted{parts[len(parts)-1], byName})
			}
		}
		return out
	}
	var out []candidate
	if kind == portfolio.ToLease {
		for _, t := range leases {
			out = append(out, candidate{id: t.ID, words: append(unitWords(t), leaseWords(t)...)})
		}
		return out, nil
	}
	of := map[string][]weighted{}
	for _, t := range leases {
		if t.Lease.StartsOn <= day && day <= t.Lease.Until() {
			of[t.Unit.ID] = append(of[t.Unit.ID], leaseWords(t)...)
		}
	}
	for _, t := range units {
		out = append(out, candidate{id: t.ID, words: append(unitWords(t), of[t.ID]...)})
	}
	return out, nil
}
