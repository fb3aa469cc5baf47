package residentlist

import (
	"slices"
	"unicode/utf8"

	"foyer/internal/integration/sheet"
)

// Options are what a list may leave unsaid.
type Options struct {
	Country  string // ISO 3166-1 alpha-2, of the organisation; "" is DE
	Currency string // ISO 4217, of the organisation; "" is EUR
}

// Parser types the rows of one file. It is not safe for concurrent use.
type Parser struct {
	options  Options
	headings []string
	index    []int // of the heading by column, -1 without one
	order    nameOrder

	memo  memos
	src   sheet.Row
	row   Row
	found []Problem
}

// NewParser binds a mapping to the headings of a file. With problems, each of
// which rejects the file, there is no parser.
func NewParser(headings []string, m Mapping, o Options) (*Parser, []Problem) {
	if list := m.check(headings); len(list) > 0 {
		return nil, list
	}
	if o.Country == "" {
		o.Country = "DE"
	}
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	p := &Parser{options: o, headings: headings, index: make([]int, len(columns)), memo: newMemos()}
	for i, c := range columns {
		p.index[i] = -1
		if h := m[c.name]; h != "" {
			p.index[i] = findHeading(headings, h)
		}
	}
	if i := p.index[fLastName]; i >= 0 {
		p.order, _ = lookup(vocabulary.order, headings[i])
	}
	return p, nil
}

// Has says whether the file has the column: an empty field of a column that it
// has was left empty by somebody.
func (p *Parser) Has(c Column) bool {
	i, known := columnIndex[c]
	return known && p.index[i] >= 0
}

// Repeated warns of headings that stand in the file again and are not read.
// row is that of the headings, again are indexes into them.
func (p *Parser) Repeated(row int, again []int) []Problem {
	var list []Problem
	for _, i := range again {
		if slices.Contains(p.index, i) {
			continue
		}
		args := map[string]any{"heading": quote(p.headings[i]), "letter": sheet.ColumnName(i + 1)}
		list = append(list, Problem{Row: row, Heading: sheet.ColumnName(i + 1), Key: KeyRepeated, Args: args, Severity: Warn, Hint: KeyRepeated + ".fix"})
	}
	return list
}

func (p *Parser) has(c field) bool { return p.index[c] >= 0 }

// Parse types one row. When one of the problems rejects it, the Row holds what
// could be read, for display only. src is not kept.
func (p *Parser) Parse(src sheet.Row) (Row, []Problem) {
	p.src, p.found = src, nil
	p.row = Row{Number: src.Number}
	p.property()
	p.unit()
	p.lease()
	p.money()
	p.person()
	p.contact()
	p.post()
	p.require()
	return p.row, p.found
}

// Rejected says whether one of the problems rejects the row.
func Rejected(list []Problem) bool {
	for i := range list {
		if list[i].Severity == Reject {
			return true
		}
	}
	return false
}

// problem notes what is wrong with a column of the row.
func (p *Parser) problem(s Severity, c field, key string, args ...any) {
	h, called := "", string(columns[c].name)
	if i := p.index[c]; i >= 0 {
		h, called = p.headings[i], p.headings[i]
	}
	m := map[string]any{"heading": called}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	p.found = append(p.found, Problem{Row: p.src.Number, Column: columns[c].name, Heading: h, Key: key, Args: m, Severity: s, Hint: key + ".fix"})
}

func (p *Parser) wrong(c field, key, value string) { p.problem(Reject, c, key, "value", quote(value)) }
func (p *Parser) doubt(c field, key, value string) { p.problem(Warn, c, key, "value", quote(value)) }

// cell is the cleaned value of a column and what kind of cell it came from.
func (p *Parser) cell(c field) (string, sheet.Kind) {
	i := p.index[c]
	if i < 0 || i >= len(p.src.Cells) {
		return "", sheet.Text
	}
	raw := &p.src.Cells[i]
	if raw.Text == "" {
		return "", sheet.Text
	}
	text, key := clean(raw.Text, c != fEmail)
	most := columns[c].max
	switch {
	case raw.Kind == sheet.Error, raw.Kind == sheet.Text && isFormulaError(text):
		p.wrong(c, KeyFormulaError, text)
		return "", raw.Kind
	case key != "":
		p.problem(Reject, c, key)
		return "", raw.Kind
	case len(text) > most && utf8.RuneCountInString(text) > p.longest(i, most):
		p.problem(Reject, c, KeyTooLong, "max", p.longest(i, most))
		return "", raw.Kind
	}
	if looksMisread(raw.Text) {
		p.misread(c, text)
	}
	return text, raw.Kind
}

// misread warns once of a cell, also when several columns share it.
func (p *Parser) misread(c field, text string) {
	h := p.headings[p.index[c]]
	for i := range p.found {
		if p.found[i].Key == KeyMisread && p.found[i].Heading == h {
			return
		}
	}
	p.doubt(c, KeyMisread, text)
}

// longest is the limit of a heading that several columns share: theirs together.
func (p *Parser) longest(heading, most int) int {
	sum := 0
	for col, i := range p.index {
		if i == heading {
			sum += columns[col].max
		}
	}
	return max(sum, most)
}

// text is the value of a column that is a text. Where a spreadsheet has made a
// day of it ("1-3" as 1 March), the text is lost.
func (p *Parser) text(c field) string {
	text, kind := p.cell(c)
	if kind == sheet.Day {
		p.wrong(c, KeyBecameDay, text)
		return ""
	}
	if text == "" || p.trapped(c, text) {
		return ""
	}
	return text
}

// shared says whether a column has no cell of its own but reads part of another's.
func (p *Parser) shared(c, first field) bool { return p.index[c] >= 0 && p.index[c] == p.index[first] }

// own is the text of a column unless it shares the cell of first.
func (p *Parser) own(c, first field) string {
	if p.shared(c, first) {
		return ""
	}
	return p.text(c)
}

func (p *Parser) property() {
	r := &p.row
	r.PropertyRef, r.PropertyName = p.text(fPropertyRef), p.text(fPropertyName)
	r.Street = p.text(fStreet)
	r.HouseNumber, r.Postcode, r.City = p.own(fHouseNumber, fStreet), p.own(fPostcode, fStreet), p.own(fCity, fStreet)
	if p.shared(fPostcode, fStreet) || p.shared(fCity, fStreet) {
		street, town := splitAddress(r.Street)
		if town != "" {
			r.Street = street
			p.town(&r.Postcode, &r.City, town)
		}
	} else if p.shared(fCity, fPostcode) {
		town := r.Postcode
		r.Postcode, r.City = "", ""
		p.town(&r.Postcode, &r.City, town)
	}
	if r.HouseNumber == "" && r.Street != "" {
		r.Street, r.HouseNumber = splitStreet(r.Street)
	}
	r.Country = p.country(fCountry)
	if r.Postcode != "" {
		prefix := p.postcode(fPostcode, &r.Postcode, r.Country)
		if r.Country == "" {
			r.Country = prefix
		}
	}
	if r.Country == "" {
		r.Country = p.options.Country
	}
	r.Stairwell = p.text(fStairwell)
	// Some lists repeat the address as the name of the building.
	if r.Stairwell != "" && r.Street != "" && sameAddress(r.Stairwell, r.Street, r.HouseNumber) {
		r.Stairwell = ""
	}
}

func sameAddress(name, street, number string) bool {
	return len(name) >= len(street) && name[0]|0x20 == street[0]|0x20 && normal(name) == normal(street+number)
}

// town fills what is still empty.
func (p *Parser) town(postcode, city *string, town string) {
	c, t := splitTown(town)
	if *postcode == "" {
		*postcode = c
	}
	if *city == "" {
		*city = t
	}
}

func (p *Parser) country(c field) string {
	s := p.text(c)
	if s == "" {
		return ""
	}
	country, ok := p.memo.country.get(s, readCountry)
	if !ok {
		p.doubt(c, KeyCountry, s)
	}
	return country
}

// postcode tidies a postcode in place and returns the country in front of it.
func (p *Parser) postcode(c field, code *string, country string) (prefix string) {
	if country == "" {
		country = p.options.Country
	}
	before := *code
	numeric := false
	if i := p.index[c]; i >= 0 && i < len(p.src.Cells) {
		numeric = p.src.Cells[i].Kind == sheet.Number
	}
	tidied, prefix, padded, valid := tidyPostcode(before, country, numeric)
	*code = tidied
	switch {
	case padded:
		p.problem(Warn, c, KeyPostcodeZero, "value", quote(before), "read", tidied)
	case !valid:
		p.doubt(c, KeyPostcode, before)
	}
	return prefix
}

func (p *Parser) unit() {
	r := &p.row
	r.UnitRef, r.UnitLabel, r.Floor = p.text(fUnitRef), p.text(fUnitLabel), p.text(fFloor)
	r.Area, _ = p.amount(fAreaM2, 2, true)
	r.Rooms, _ = p.amount(fRooms, 1, true)
	if s := p.text(fUsage); s != "" {
		usage, ok := p.memo.usage.get(s, func(s string) (Usage, bool) { u, ok := usages[normal(s)]; return u, ok })
		if !ok {
			p.doubt(fUsage, KeyUsage, s)
		}
		r.Usage = usage
	}
	if s, kind := p.cell(fUVINeeded); s != "" && kind != sheet.Day {
		t, ok := p.memo.tri.get(s, readTri)
		if !ok {
			p.wrong(fUVINeeded, KeyYesNo, s)
		}
		r.UVINeeded = t
	}
}

// amount reads a number in units of 10^-places and the currency beside it.
func (p *Parser) amount(c field, places int, small bool) (int64, string) {
	s, kind := p.cell(c)
	if s == "" {
		return 0, ""
	}
	if kind == sheet.Day {
		p.wrong(c, KeyBecameDay, s)
		return 0, ""
	}
	n, currency, ambiguous, key := decimal(s, kind, places, small)
	switch {
	case key != "":
		p.wrong(c, key, s)
	case ambiguous:
		p.doubt(c, KeyNumberAmbiguous, s)
	}
	return n, currency
}

func (p *Parser) money() {
	r := &p.row
	r.Currency = p.options.Currency
	if s := p.text(fCurrency); s != "" {
		code, ok := p.memo.currency.get(s, readCurrency)
		if !ok {
			p.wrong(fCurrency, KeyCurrency, s)
		} else {
			r.Currency = code
		}
	}
	for _, f := range [...]struct {
		column field
		to     *int64
	}{{fRentNet, &r.RentNet}, {fRentService, &r.RentService}, {fRentHeating, &r.RentHeating}, {fDeposit, &r.Deposit}} {
		n, beside := p.amount(f.column, 2, false)
		*f.to = n
		if beside != "" && !p.has(fCurrency) {
			r.Currency = beside
		}
	}
}

// memos remember what the few words of a column mean.
type memos struct {
	country, currency, salutation, language memo[string]
	usage                                   memo[Usage]
	role                                    memo[Role]
	tri                                     memo[Tri]
	kind                                    memo[bool]
}

func newMemos() memos {
	return memos{memo[string]{}, memo[string]{}, memo[string]{}, memo[string]{}, memo[Usage]{}, memo[Role]{}, memo[Tri]{}, memo[bool]{}}
}

type memo[T any] map[string]reading[T]

type reading[T any] struct {
	value T
	ok    bool
}

func (m memo[T]) get(s string, read func(string) (T, bool)) (T, bool) {
	r, known := m[s]
	if !known {
		r.value, r.ok = read(s)
		if len(m) < 1000 {
			m[s] = r
		}
	}
	return r.value, r.ok
}
