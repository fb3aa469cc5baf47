package access

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"foyer/internal/notifications/letter"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// sampleCode stands in sample letters; its check character is right and no
// code is ever stored for it.
var sampleCode = seal.Code(make([]byte, seal.CodeLen-1))

// SampleLetter draws an access letter to an invented person, in the look and
// with the texts of o, which need not be saved. It fails with fault.Invalid at
// "letter_intro_<lang>" when the texts do not fit one page. It needs ManageOrg.
func (s *Service) SampleLetter(ctx context.Context, by actor.Actor, o orgs.Org, lang string) ([]byte, error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return nil, err
	}
	now := s.now()
	l, err := s.newPaper(o, now)
	if err != nil {
		return nil, err
	}
	p := s.texts.Printer(lang)
	g := page{lang: lang, until: letterUntil(o, now), secret: codeSecret{Typed: sampleCode, Link: strings.Repeat("0", 22)},
		holder: portfolio.Person{Salutation: portfolio.Mrs, FirstName: p.T("access.letter.sample.first"), LastName: p.T("access.letter.sample.last")}}
	g.place.Lease.Ref = "1-05"
	g.place.Unit = portfolio.Unit{Label: "5", Floor: p.T("access.letter.sample.floor"), Usage: portfolio.Flat}
	g.place.Building = portfolio.Building{Street: p.T("access.letter.sample.street"), HouseNumber: "1", Postcode: "12345", City: p.T("access.letter.sample.city"), Country: o.Settings.Country}
	var pdf bytes.Buffer
	file, err := l.begin(&pdf, p.T("access.letter.subject"), now)
	if err == nil {
		err = file.Add(l.write(g))
	}
	if err == nil {
		err = file.Close()
	}
	if errors.Is(err, letter.ErrTooLong) {
		return nil, fault.Wrong("letter_intro_"+lang, "access.letter.failed.long", "char", "")
	}
	if err != nil {
		return nil, refusal(err)
	}
	return pdf.Bytes(), nil
}

// CodeInHand issues a code as a letter would and returns it in clear, for
// somebody with a shell on the server: to help on the spot, or to fill a
// demonstration. Every earlier code of the person is void. It needs Operate.
func (s *Service) CodeInHand(ctx context.Context, by actor.Actor, personID string) (code, link string, err error) {
	if err := by.Must(actor.Operate); err != nil {
		return "", "", err
	}
	secret := newSecret()
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		o, h, p, err := s.sendable(tx, by, now, personID, "")
		if err != nil {
			return err
		}
		link = s.address(o, ResidentSite, PathCode+secret.Link)
		if err := s.issue(tx, now, by, grant{ID: store.NewID(), PersonID: h.ID, LeaseID: p.LeaseID, Channel: ByLetter, Secret: secret,
			Until: letterUntil(o, now)}); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "access.in_hand", "person:"+h.ID, nil)
	})
	return seal.FormatCode(secret.Typed), link, err
}
