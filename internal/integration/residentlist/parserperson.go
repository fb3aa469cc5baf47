package residentlist

import (
	"strings"

	"foyer/internal/integration/sheet"
	"foyer/internal/platform/email"
)

func (p *Parser) lease() {
	r := &p.row
	r.LeaseRef = p.text(fLeaseRef)
	r.LeaseStart = p.day(fLeaseStart)
	r.LeaseEnd = p.day(fLeaseEnd)
	r.LeaseSignedOn = p.day(fLeaseSignedOn)
	r.NoticePeriod = p.text(fNoticePeriod)
	if r.LeaseStart != "" && r.LeaseEnd != "" && r.LeaseEnd < r.LeaseStart {
		start, _ := p.cell(fLeaseStart)
		end, _ := p.cell(fLeaseEnd)
		p.problem(Reject, fLeaseEnd, KeyEndBeforeStart, "start", quote(start), "end", quote(end))
	}
}

// day reads a day; a year that means "no end" is only known to ends.
func (p *Parser) day(c field) string {
	s, kind := p.cell(c)
	if s == "" {
		return ""
	}
	iso, open, key := day(s, kind, p.src.Base1904)
	if key == "" && open && c != fLeaseEnd {
		key = KeyDayRange
	}
	if key == KeyDay && c == fLeaseEnd && openEnd[normal(s)] {
		return ""
	}
	if key == KeyDay && c == fEmailConsentOn {
		p.consentWord(s)
		return ""
	}
	if key != "" {
		p.wrong(c, key, s)
	}
	return iso
}

// openEnd are words for a lease without end.
var openEnd = map[string]bool{"unbefristet": true, "unbegrenzt": true, "offen": true, "laufend": true, "open": true, "openended": true, "indefinite": true, "unlimited": true, "ongoing": true, "current": true, "aktuell": true, "heute": true, "today": true}

// consentWord: a no is nothing, a yes without its day is no proof.
func (p *Parser) consentWord(s string) {
	switch t, ok := readTri(s); {
	case !ok:
		p.wrong(fEmailConsentOn, KeyDay, s)
	case t == Yes:
		p.doubt(fEmailConsentOn, KeyConsentNoDay, s)
	}
}

func (p *Parser) person() {
	r := &p.row
	r.PersonRef = p.text(fPersonRef)
	if s := p.text(fRole); s != "" {
		role, ok := p.memo.role.get(s, func(s string) (Role, bool) { v, ok := roles[normal(s)]; return v, ok })
		if !ok {
			p.wrong(fRole, KeyRole, s)
		}
		r.Role = role
	}
	r.Title = p.text(fTitle)
	r.Salutation = p.salutation()
	r.Company, r.LastName = p.text(fCompany), p.text(fLastName)
	r.FirstName = p.own(fFirstName, fLastName)
	p.names()
	if s := p.text(fLanguage); s != "" {
		l, ok := p.memo.language.get(s, readLanguage)
		if !ok {
			p.doubt(fLanguage, KeyLanguage, s)
		}
		r.Language = l
	}
}

// salutation reads the form of address, which English lists keep under "Title".
func (p *Parser) salutation() string {
	read := func(s string) (string, bool) { v, ok := salutations[normal(s)]; return v, ok }
	s := p.text(fSalutation)
	if s == "" {
		if v, ok := read(p.row.Title); ok && v != "" {
			p.row.Title = ""
			return v
		}
		return ""
	}
	v, ok := p.memo.salutation.get(s, read)
	if ok {
		return v
	}
	if v, title := cutSalutation(s + " "); v != "" && p.row.Title == "" { // "Frau Dr."
		if title == "" {
			return v
		}
		if t, rest := cutTitle(title + " "); t != "" && rest == "" {
			p.row.Title = t
			return v
		}
	}
	p.doubt(fSalutation, KeySalutation, s)
	return ""
}

// names puts first name, last name and company where they belong.
func (p *Parser) names() {
	r := &p.row
	company := r.Salutation == "company" || p.isCompanyKind()
	if r.Company == "" && r.FirstName == "" && r.LastName != "" {
		if s, rest := cutSalutation(r.LastName); s == "company" {
			company, r.LastName = true, rest
		}
		if company || isCompany(r.LastName) {
			r.Company, r.LastName = r.LastName, ""
		}
	}
	if r.Company == "" || r.LastName != "" && p.shared(fFirstName, fLastName) {
		p.split()
	}
	if r.Company != "" && r.LastName == "" && r.Salutation == "" {
		r.Salutation = "company"
	}
}

// split takes a value with both names apart.
func (p *Parser) split() {
	r := &p.row
	if r.LastName == "" || r.FirstName != "" {
		return
	}
	if !p.shared(fFirstName, fLastName) && (p.has(fFirstName) || strings.IndexByte(r.LastName, ',') < 0) {
		return
	}
	salutation, title, first, last := splitName(r.LastName, p.order)
	if r.Salutation == "" {
		r.Salutation = salutation
	}
	if r.Title == "" {
		r.Title = title
	}
	r.FirstName, r.LastName = first, last
}

func (p *Parser) isCompanyKind() bool {
	s := p.text(fPersonKind)
	if s == "" {
		return false
	}
	company, ok := p.memo.kind.get(s, func(s string) (bool, bool) { v, ok := kinds[normal(s)]; return v, ok })
	if !ok {
		p.doubt(fPersonKind, KeyPersonKind, s)
	}
	return company
}

func (p *Parser) contact() {
	r := &p.row
	if s := p.text(fEmail); s != "" && !saysNothing(s) {
		r.Email = p.email(s)
	}
	r.EmailConsentOn = p.day(fEmailConsentOn)
	if r.EmailConsentOn != "" && r.Email == "" {
		p.problem(Warn, fEmailConsentOn, KeyConsentNoEmail)
		r.EmailConsentOn = ""
	}
	r.Phone = p.phone()
}

// email reads the address; of several, which some ERPs put into one cell, the
// first.
func (p *Parser) email(s string) string {
	var all []string
	if strings.ContainsAny(s, ";,/|") {
		all = strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == ',' || r == '/' || r == '|' })
	}
	if len(all) < 2 || !strings.Contains(all[1], "@") {
		all = []string{s}
	}
	one := strings.TrimSpace(all[0])
	if i := strings.IndexByte(one, '<'); i >= 0 && strings.HasSuffix(one, ">") {
		one = one[i+1 : len(one)-1]
	}
	if len(one) > 7 && strings.EqualFold(one[:7], "mailto:") {
		one = one[7:]
	}
	if len(all) == 1 && strings.Count(one, "@") > 1 {
		if first, _, ok := strings.Cut(one, " "); ok {
			all, one = append(all, ""), first
		}
	}
	address, err := email.Canonical(one)
	if err != nil {
		p.wrong(fEmail, KeyEmail, s)
		return ""
	}
	if len(all) > 1 {
		p.doubt(fEmail, KeyEmailSeveral, one)
	}
	return address
}

// phone makes a number readable; it is never dialled, so it stays as written
// but for signs that nobody needs.
func (p *Parser) phone() string {
	s, kind := p.cell(fPhone)
	if s == "" || saysNothing(s) {
		return ""
	}
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	switch {
	case kind == sheet.Day || n < 3:
		p.doubt(fPhone, KeyPhone, s)
		return ""
	case kind == sheet.Number && s[0] != '-' && p.options.Country == "DE" && !strings.HasPrefix(s, "49"):
		p.doubt(fPhone, KeyPhoneZero, s)
	case strings.HasPrefix(s, "00") && len(s) > 4 && s[2] != '0':
		return "+" + strings.TrimLeft(s[2:], " ")
	}
	return s
}

func (p *Parser) post() {
	r := &p.row
	r.PostName, r.PostStreet = p.text(fPostName), p.text(fPostStreet)
	r.PostPostcode, r.PostCity = p.own(fPostPostcode, fPostStreet), p.own(fPostCity, fPostStreet)
	if p.shared(fPostPostcode, fPostStreet) || p.shared(fPostCity, fPostStreet) {
		street, town := splitAddress(r.PostStreet)
		if town != "" {
			r.PostStreet = street
			p.town(&r.PostPostcode, &r.PostCity, town)
		}
	} else if p.shared(fPostCity, fPostPostcode) {
		town := r.PostPostcode
		r.PostPostcode, r.PostCity = "", ""
		p.town(&r.PostPostcode, &r.PostCity, town)
	}
	if n := p.text(fPostHouseNumber); n != "" && r.PostStreet != "" {
		r.PostStreet += " " + n
	}
	r.PostCountry = p.country(fPostCountry)
	if r.PostPostcode != "" {
		if prefix := p.postcode(fPostPostcode, &r.PostPostcode, r.PostCountry); r.PostCountry == "" {
			r.PostCountry = prefix
		}
	}
}

// isVacancy: some lists name an empty flat where others name a person.
func isVacancy(name string) bool {
	return name != "" && len(name) < 20 && strings.IndexByte("LVNUlvnu", name[0]) >= 0 && vacancies[normal(name)]
}

// require checks what no row may lack.
func (p *Parser) require() {
	r := &p.row
	missing := func(c field) bool { // and nothing else was said about it
		for i := range p.found {
			if p.found[i].Column == columns[c].name && p.found[i].Severity == Reject {
				return false
			}
		}
		return true
	}
	switch {
	case r.FirstName == "" && (isVacancy(r.LastName) || isVacancy(r.Company)):
		p.problem(Reject, fLastName, KeyVacancy)
		return
	case r.LastName == "" && r.Company == "" && missing(fLastName) && missing(fCompany):
		name := fLastName
		if !p.has(fLastName) && p.has(fCompany) {
			name = fCompany
		}
		p.problem(Reject, name, KeyNoName)
	}
	if r.LeaseStart == "" && missing(fLeaseStart) {
		p.problem(Reject, fLeaseStart, KeyEmpty)
	}
	if r.UnitRef != "" || !missing(fUnitRef) {
		return
	}
	address := r.Street != "" && (r.Postcode != "" || r.City != "" || r.PropertyRef != "" || r.PropertyName != "")
	switch {
	case r.UnitLabel != "" && !address && missing(fStreet) && p.has(fStreet):
		p.problem(Reject, fStreet, KeyNoAddress)
	case r.UnitLabel == "" && p.has(fUnitLabel) && !p.has(fUnitRef) && missing(fUnitLabel):
		p.problem(Reject, fUnitLabel, KeyNoUnit)
	case r.UnitLabel == "" || !address:
		p.problem(Reject, fUnitRef, KeyNoUnit)
	}
}
