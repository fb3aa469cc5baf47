package notifications

import (
	"context"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Preferences is what the page "Benachrichtigungen" shows (A16).
type Preferences struct {
	// Chosen tells whether anything was ever chosen. Until then e-mails announce
	// every topic but ordinary notices, and no box is ticked.
	Chosen  bool
	Topics  map[Topic]Choice
	Devices []Device // that take push messages
	Push    bool     // push messages can be sent at all
	Login   string   // where e-mails go
	Bounces bool     // they come back
}

// Device is a browser or telephone that takes push messages.
type Device struct {
	ID, Name string // "Firefox · Android", "" when unknown
	Since    time.Time
	SeenAt   time.Time // the last message that its service took
}

var (
	devicesList = store.Scoped(`SELECT id, device, created_at, seen_at FROM push_device WHERE org_id = $1 AND account_id = $2 ORDER BY created_at, id`)
	dropDevice  = store.Scoped(`DELETE FROM push_device WHERE org_id = $1 AND account_id = $2 AND id = $3`)
)

// Preferences returns a resident's own choice. It needs Self.
func (s *Service) Preferences(ctx context.Context, by actor.Actor) (out Preferences, err error) {
	defer fault.Wrap(&err, "read notification preferences")
	if err := by.Must(actor.Self); err != nil {
		return out, err
	}
	a, err := s.lent()
	if err != nil {
		return out, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out = Preferences{Push: s.push != nil}
		all, err := loadChoices(tx, []string{by.Account()})
		if err != nil {
			return err
		}
		out.Topics = all[by.Account()]
		out.Chosen = len(out.Topics) > 0
		if out.Devices, err = devices(tx, by.Account()); err != nil {
			return err
		}
		readers, err := a.Readers(tx, s.now(), by.Persons())
		if err != nil {
			return err
		}
		for _, r := range readers {
			if r.AccountID == by.Account() {
				out.Login = r.Login
			}
		}
		bad, err := among(tx, badOf, []string{out.Login})
		out.Bounces = bad[out.Login]
		return err
	})
	return out, err
}

func devices(tx *store.Tx, account string) ([]Device, error) {
	type row struct {
		d           Device
		since, seen int64
	}
	rows, err := store.All(tx, devicesList, func(r *row) []any { return []any{&r.d.ID, &r.d.Name, &r.since, &r.seen} }, account)
	out := make([]Device, len(rows))
	for i, r := range rows {
		out[i] = r.d
		out[i].Since, out[i].SeenAt = store.Time(r.since), store.Time(r.seen)
	}
	return out, err
}

// Choose writes a resident's choice for all topics; one that is missing gets no
// channel. It needs Self.
func (s *Service) Choose(ctx context.Context, by actor.Actor, choice map[Topic]Choice) (err error) {
	defer fault.Wrap(&err, "choose notifications")
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		now := s.now()
		for _, t := range Topics {
			if err := saveChoice(tx, now, by.Account(), t, choice[t]); err != nil {
				return err
			}
		}
		return audit.Note(tx, now, by, "notifications.choose", "account:"+by.Account(), nil)
	})
}

// RemoveDevice ends the push messages to one of the resident's devices. It
// needs Self.
func (s *Service) RemoveDevice(ctx context.Context, by actor.Actor, id string) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n, err := store.Exec(tx, dropDevice, by.Account(), id)
		if err == nil && n == 0 {
			err = fault.NotFound("device")
		}
		return err
	})
}

// UnsubscribePath is where the link of the header List-Unsubscribe leads; the
// token follows. GET asks, POST does it (RFC 8058).
const UnsubscribePath = "/benachrichtigungen/abbestellen/"

const purposeUnsubscribe = "notifications.unsubscribe"

// unsubscribeToken names an account and a topic. It does not expire: a mail may
// be read after years, and all it can do is to end mails.
func (a *Around) unsubscribeToken(org, account string, t Topic) string {
	subject := account + "." + string(t)
	return subject + "." + a.Keys.Hash(purposeUnsubscribe, org, subject)
}

// readUnsubscribe takes a token apart; fault.NotFound for one that is not ours.
func (a *Around) readUnsubscribe(org, token string) (account string, t Topic, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || !Topic(parts[1]).Valid() || token != a.unsubscribeToken(org, parts[0], Topic(parts[1])) {
		return "", "", fault.NotFound("subscription")
	}
	return parts[0], Topic(parts[1]), nil
}

// Unsubscribes tells which topic a token ends the e-mails of. It changes
// nothing.
func (s *Service) Unsubscribes(by actor.Actor, token string) (Topic, error) {
	a, err := s.lent()
	if err != nil {
		return "", err
	}
	_, t, err := a.readUnsubscribe(by.Org(), token)
	return t, err
}

// Unsubscribe ends the e-mails of the token's topic, whoever asks: the token is
// the right. Every other choice stays, also that of who has chosen nothing.
func (s *Service) Unsubscribe(ctx context.Context, by actor.Actor, token string) (t Topic, err error) {
	a, err := s.lent()
	if err != nil {
		return "", err
	}
	account, t, err := a.readUnsubscribe(by.Org(), token)
	if err != nil {
		return "", err
	}
	return t, s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		now := s.now()
		all, err := loadChoices(tx, []string{account})
		if err != nil {
			return err
		}
		chosen := all[account]
		for _, x := range Topics {
			c, has := chosen[x]
			switch {
			case x == t:
				c.Email = false
			case has:
				continue
			case len(chosen) == 0:
				c.Email = x.byDefault()
			}
			if err := saveChoice(tx, now, account, x, c); err != nil {
				return err
			}
		}
		return audit.Note(tx, now, by, "notifications.unsubscribe", "account:"+account, map[string]string{"topic": string(t)})
	})
}
