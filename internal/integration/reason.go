package integration

import (
	"bytes"
	"cmp"
	"encoding/json"

	"foyer/internal/integration/residentlist"
	"foyer/internal/integration/sheet"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/portfolio"
)

// Text keys of what is found where rows meet each other or the database. Each
// has a text and, as key + ".fix", advice.
const (
	KeyDuplicate        = "import.match.duplicate"       // {row}: the same person in the same lease
	KeyOtherProperty    = "import.match.other_property"  // {ref}, {row}: another name for the same reference
	KeyOtherUnit        = "import.match.other_unit"      // {ref}, {row}: another address or label for the same reference
	KeyOtherLease       = "import.match.other_lease"     // {ref}, {row}: another period for the same reference
	KeyLeaseElsewhere   = "import.match.lease_elsewhere" // {ref}, {row}: the reference belongs to a lease of another unit
	KeyLeaseTaken       = "import.match.lease_taken"     // {ref}: ... of another unit or kind in the database
	KeyOtherHuman       = "import.match.other_human"     // {ref}: the reference of a registered person with quite another name
	KeyConsentFuture    = "import.match.consent_future"  // {value}: warning, a consent given tomorrow or later
	KeyOtherPerson      = "import.match.other_person"    // {ref}, {row}: another name for the same reference
	KeyOverlap          = "import.match.overlap"         // {start}, {end}: of a lease of the same unit
	KeyOverlapRow       = "import.match.overlap_row"     // ... and {row}: another one of the file
	KeyOverlapLease     = "import.match.overlap_lease"   // ... and {lease}: one that the database has
	KeyOverlapOpen      = "import.match.overlap_open"    // {start}; the next two as above
	KeyOverlapRowOpen   = "import.match.overlap_row_open"
	KeyOverlapLeaseOpen = "import.match.overlap_lease_open"
	KeyWaits            = "import.match.waits"           // {start}: ... that is missing in the whole list
	KeyManyRows         = "import.match.many_rows"       // {max} rows for one unit
	KeyManyUnits        = "import.match.many_units"      // several units fit
	KeyManyProperties   = "import.match.many_properties" // several properties fit
	KeyManyPersons      = "import.match.many_persons"    // several persons fit
	KeyNotYours         = "import.match.not_yours"       // a property beyond the actor's limits
	KeyEndTooEarly      = "import.match.end_too_early"   // {start}, {end}: the end lies before the start that the database has
	KeyDiffers          = "import.match.differs"         // {heading}, {row}: warning, the first row counts
	KeySharedEmail      = "import.match.shared_email"    // {row}: warning, several persons with one address
	KeyLoginConflict    = "import.match.login_conflict"  // {login}, {value}
	KeyStale            = "import.apply.stale"           // changed since it was checked
)

// Keys lists every text key of this package.
func Keys() []string {
	return []string{KeyDuplicate, KeyOtherProperty, KeyOtherUnit, KeyOtherLease, KeyLeaseElsewhere, KeyLeaseTaken, KeyOtherHuman, KeyConsentFuture, KeyOtherPerson, KeyOverlap, KeyOverlapRow, KeyOverlapLease,
		KeyOverlapOpen, KeyOverlapRowOpen, KeyOverlapLeaseOpen,
		KeyWaits, KeyManyRows, KeyManyUnits, KeyManyProperties, KeyManyPersons, KeyNotYours, KeyEndTooEarly, KeyDiffers, KeySharedEmail,
		KeyLoginConflict, KeyStale}
}

// Reason says why a row or a file was rejected, or what to look at. It may
// quote what stands in the file, which may be personal: it is for the person
// who imports, never for a log.
type Reason struct {
	Column  string         `json:"column,omitempty"`  // canonical name, or the letter of a column, "" for the row
	Heading string         `json:"heading,omitempty"` // in the file, "" where it lacks the column
	Key     string         `json:"key"`
	Args    map[string]any `json:"args,omitempty"`
}

// Text returns the sentence.
func (r Reason) Text(p *i18n.Printer) string { return p.T(r.Key, r.pairs(p)...) }

// Fix returns what to do about it.
func (r Reason) Fix(p *i18n.Printer) string { return p.T(r.Key+".fix", r.pairs(p)...) }

// At names the column as the reader of the file knows it: by its heading, where
// the file lacks the column by our name for it; "" for the whole row.
func (r Reason) At(p *i18n.Printer) string {
	if key := "import.column." + r.Column; r.Heading == "" && p.Has(key) {
		return p.T(key)
	}
	return cmp.Or(r.Heading, r.Column)
}

// pairs are the arguments of the sentence: our days in the printer's language,
// a column that the file lacks by our name for it.
func (r Reason) pairs(p *i18n.Printer) []any {
	list := sheet.Pairs(r.Args)
	for i := 1; i < len(list); i += 2 {
		if list[i-1] == "heading" && r.Heading == "" {
			list[i] = r.At(p)
		}
		if day, ok := list[i].(string); ok && (list[i-1] == "start" || list[i-1] == "end" || r.Key == KeyConsentFuture) && portfolio.ValidDay(day) {
			list[i] = p.DayShort(day)
		}
	}
	return list
}

func reasonOf(p residentlist.Problem) Reason {
	column := string(p.Column)
	if column == "" {
		column = p.Heading
	}
	return Reason{Column: column, Heading: p.Heading, Key: p.Key, Args: p.Args}
}

// invalid makes a complaint at a form field of a problem.
func invalid(field string, r Reason) error {
	return fault.Wrong(field, r.Key, sheet.Pairs(r.Args)...)
}

// encode writes v as JSON, decode reads it back. What we store always encodes.
func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("integration: " + err.Error())
	}
	return string(data)
}

// decode reads JSON; numbers come back as int64, as texts take them. "" is the
// zero value.
func decode[T any](text string) (v T, err error) {
	if text == "" {
		return v, nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	return v, d.Decode(&v)
}

func decodeReasons(text string) ([]Reason, error) {
	list, err := decode[[]Reason](text)
	for i := range list {
		for name, v := range list[i].Args {
			if n, ok := v.(json.Number); ok {
				whole, err := n.Int64()
				if err != nil {
					list[i].Args[name] = n.String()
					continue
				}
				list[i].Args[name] = whole
			}
		}
	}
	return list, err
}
