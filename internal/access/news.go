package access

import (
	"context"
	"strings"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/letter"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// Link returns the absolute address of a path on the residents' site.
func (s *Service) Link(o orgs.Org, path string) string { return s.address(o, ResidentSite, path) }

// StaffLink returns the absolute address of a path on the staff site.
func (s *Service) StaffLink(o orgs.Org, path string) string { return s.address(o, StaffSite, path) }

// NewsLetter begins a letter of an organisation in a language: date, contact and
// closing. The caller adds subject, salutation and text; the print outbox the
// address.
func (s *Service) NewsLetter(o orgs.Org, lang string, now time.Time) letter.Letter {
	p := s.texts.Printer(lang)
	set := o.Settings
	out := letter.Letter{Lang: lang, Number: p.T("access.letter.page")}
	for _, r := range [][2]string{
		{p.T("access.letter.info.date"), p.Day(o.Today(now))},
		{p.T("access.letter.info.contact"), set.LetterContact},
		{p.T("access.letter.info.phone"), noBreak(set.Phone)},
	} {
		if strings.TrimSpace(r[1]) != "" {
			out.Info = append(out.Info, r)
		}
	}
	signed := set.LetterContact
	if signed == "" {
		signed = o.Name
	}
	out.Closing = nonEmpty(p.T("access.letter.closing"), signed)
	return out
}

// lend is what notifications borrows.
func (s *Service) lend() notifications.Around {
	load := func(ctx context.Context, by actor.Actor) (o orgs.Org, err error) {
		err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			o, err = orgs.Load(tx)
			return err
		})
		return o, err
	}
	return notifications.Around{
		Texts: s.texts, Keys: s.keys, Blobs: s.blobs,
		Origin: func(ctx context.Context, by actor.Actor) (string, error) {
			o, err := load(ctx, by)
			return s.address(o, ResidentSite, ""), err
		},
		Letterhead: func(ctx context.Context, by actor.Actor) (letter.Sender, string, error) {
			o, err := load(ctx, by)
			if err != nil {
				return letter.Sender{}, "", err
			}
			p, err := s.newPaper(o, s.now())
			if err != nil {
				return letter.Sender{}, "", err
			}
			return p.sender, o.Language(), nil
		},
		Readers: func(tx *store.Tx, now time.Time, persons []string) ([]notifications.Reader, error) {
			o, err := orgs.Load(tx)
			if err != nil {
				return nil, err
			}
			return s.Readers(tx, o, now, persons)
		},
		Zone: func(tx *store.Tx) (*time.Location, error) {
			o, err := orgs.Load(tx)
			return o.Location(), err
		},
		Frame: func(ctx context.Context, by actor.Actor, lang string) (notifications.Mail, error) {
			o, err := load(ctx, by)
			f := s.frame(o, s.texts.Printer(lang), "access.account.mail.why")
			return notifications.Mail{From: f.from, ReplyTo: f.replyTo, Layout: f.layout}, err
		},
	}
}
