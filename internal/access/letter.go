package access

import (
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"foyer/internal/notifications/letter"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// paper is what all letters of one organisation and day have in common.
type paper struct {
	org    orgs.Org
	origin string // of the links, "https://portal.lindhof.example"
	host   string // the same as people type it
	sender letter.Sender
	day    string
	until  time.Time // when codes in letters of that day run out
	zone   *time.Location
	texts  *i18n.Bundle
	home   *i18n.Printer // the language of the sending country's post
	langs  []string      // offered
}

// newPaper reads the organisation and its letterhead. It reads a file, so it
// must not be called inside a Write.
func (s *Service) newPaper(o orgs.Org, now time.Time) (*paper, error) {
	origin := s.address(o, ResidentSite, "")
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	set := o.Settings
	l := &paper{org: o, origin: origin, host: u.Host, day: o.Today(now), until: letterUntil(o, now), zone: o.Location(), texts: s.texts, home: s.texts.Printer(o.Language()),
		langs: s.texts.Offered(set.Languages)}
	place := portfolio.Property{Postcode: set.Postcode, City: set.City}.Place()
	l.sender = letter.Sender{Name: o.Name, Street: set.Street, PostcodeCity: place, Brand: set.Brand}
	if o.Legal() != o.Name {
		l.sender.ReturnLine = strings.Join(nonEmpty(o.Legal(), set.Street, place), " · ")
	}
	phone := ""
	if set.Phone != "" {
		phone = l.home.T("access.letter.foot_phone", "phone", set.Phone)
	}
	l.sender.FootLines = [3][]string{
		nonEmpty(o.Legal(), set.Street, place),
		nonEmpty(phone, set.Email, l.host),
		nonEmpty(set.LetterFooter...),
	}
	if o.LogoBlob != "" {
		if l.sender.Logo, err = s.blobs.Bytes(o.ID, o.LogoBlob); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, x := range list {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// page is one letter to be written.
type page struct {
	holder portfolio.Person
	place  place
	others []string // the lease's other parties
	lang   string
	until  time.Time
	secret codeSecret
}

// write makes the letter: that person's address, greeting, unit and code, in
// her language.
func (l *paper) write(g page) letter.Letter {
	p := l.texts.Printer(g.lang)
	set := l.org.Settings
	own := set.Letters[g.lang]
	h := g.holder
	out := letter.Letter{
		Lang: g.lang, To: h.AddressLines(l.home, g.place.Unit, g.place.Building, set.Country),
		Info: l.info(p, g), Subject: p.T("access.letter.subject"), Salutation: h.Greeting(p) + ",",
		BoxTitle: p.T("access.letter.box"),
		Steps: []letter.Step{
			{Text: p.T("access.letter.step1", "host", letter.Plain(l.host))},
			{Text: p.T("access.letter.step2"), ShowCode: true},
			{Text: p.T("access.letter.step3")},
		},
		Code: seal.FormatCode(g.secret.Typed), URL: l.origin + PathCode + g.secret.Link,
		Note: l.note(g.lang),
	}
	out.Intro = paragraphs(own.Intro)
	if len(out.Intro) == 0 {
		out.Intro = []string{p.T("access.letter.intro", "org", letter.Plain(l.org.Name))}
	}
	valid := p.T("access.letter.valid", "until", p.Day(lastDay(l.zone, g.until)))
	if n := len(g.others); n > 0 {
		valid += " " + p.T("access.letter.others", "count", n, "names", letter.Plain(list(p, g.others)))
	}
	out.After = []string{valid + " " + p.T("access.letter.keep"), p.T("access.letter.nothing"), l.questions(p)}
	out.Closing = append([]string{}, strings.Split(own.Closing, "\n")...)
	if own.Closing == "" {
		out.Closing = nonEmpty(p.T("access.letter.closing"), set.LetterContact)
		if set.LetterContact == "" {
			out.Closing = append(out.Closing, l.org.Name)
		}
	}
	return out
}

func (l *paper) info(p *i18n.Printer, g page) [][2]string {
	set := l.org.Settings
	unit := strings.Join(nonEmpty(g.place.Unit.Name(p), g.place.Unit.Floor), ", ")
	rows := [][2]string{
		{p.T("access.letter.info.date"), p.Day(l.day)},
		{p.T("access.letter.info.unit"), unit},
		{p.T("access.letter.info.lease"), g.place.Lease.Ref},
		{p.T("access.letter.info.contact"), set.LetterContact},
		{p.T("access.letter.info.phone"), noBreak(set.Phone)},
	}
	out := rows[:0]
	for _, r := range rows {
		if strings.TrimSpace(r[1]) != "" {
			out = append(out, r)
		}
	}
	return out
}

// questions is where help is: by phone, on the page, and what nobody will ask.
func (l *paper) questions(p *i18n.Printer) string {
	set := l.org.Settings
	var parts []string
	switch {
	case set.Phone != "" && set.Hours != "":
		parts = append(parts, p.T("access.letter.call_hours", "phone", letter.Plain(noBreak(set.Phone)), "hours", letter.Plain(set.Hours)))
	case set.Phone != "":
		parts = append(parts, p.T("access.letter.call", "phone", letter.Plain(noBreak(set.Phone))))
	}
	return strings.Join(append(parts, p.T("access.letter.help", "help", letter.Plain(l.host+PathHelp))), " ")
}

// note says in each other language that it is offered.
func (l *paper) note(lang string) string {
	var out []string
	for _, other := range l.langs {
		if other != lang {
			out = append(out, l.texts.Printer(other).T("access.letter.also"))
		}
	}
	return strings.Join(out, " ")
}

func paragraphs(text string) []string {
	var out []string
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, letter.Plain(p))
		}
	}
	return out
}

// noBreak keeps a phone number on one line.
func noBreak(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// list joins names: "Jonas Brandt und Ole Hansen".
func list(p *i18n.Printer, names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	n := len(names) - 1
	return p.T("access.letter.and", "first", strings.Join(names[:n], ", "), "last", names[n])
}

// failure tells what is wrong with one letter: the catalogue key of the
// sentence and its argument. ok is false for errors that are not the letter's.
func failure(err error) (key, arg string, ok bool) {
	var glyph letter.ErrGlyph
	switch {
	case errors.As(err, &glyph):
		return "access.letter.failed.glyph", string(glyph.Rune), true
	case errors.Is(err, letter.ErrTooLong):
		return "access.letter.failed.long", "", true
	case errors.Is(err, letter.ErrIncomplete):
		return "access.letter.failed.address", "", true
	}
	return "", "", false
}

// refusal turns an error of the letter package into one for staff.
func refusal(err error) error {
	if key, arg, ok := failure(err); ok {
		return fault.Conflicting(key, "char", arg)
	}
	if errors.Is(err, letter.ErrSender) {
		return fault.Conflicting("access.letter.failed.sender")
	}
	return err
}

// begin opens a file of letters.
func (l *paper) begin(w io.Writer, title string, at time.Time) (*letter.Batch, error) {
	return letter.New(w, l.sender, letter.Options{Title: title, Author: l.org.Name, CreatedAt: at})
}

// othersIn returns the names of a lease's other parties of today.
func othersIn(tx *store.Tx, leaseID, personID, today string) ([]string, error) {
	people, err := store.All(tx, partiesOf, (*portfolioPerson).dest, leaseID, personID, today)
	names := make([]string, len(people))
	for i := range people {
		names[i] = people[i].DisplayName()
	}
	return names, err
}

// portfolioPerson is a person with the name alone.
type portfolioPerson struct {
	leaseID string
	portfolio.Person
}

func (p *portfolioPerson) dest() []any {
	return []any{&p.leaseID, &p.ID, &p.Title, &p.FirstName, &p.LastName, &p.CompanyName}
}
