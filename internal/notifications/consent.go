package notifications

import (
	"errors"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Consent is a person's recorded wish to be written to by a channel.
type Consent struct {
	ID         string
	PersonID   string
	Channel    string // "email"
	Address    string // canonical
	GivenOn    string // day
	Wording    string // what the person agreed to, or where the paper is
	Source     string // "import", "staff" or "resident"
	RecordedBy string
	RecordedAt time.Time
}

var (
	insertConsent = store.Scoped(`INSERT INTO consent (org_id, id, person_id, channel, address, given_on, wording, source, recorded_by, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
	consentColumns = `id, person_id, channel, address, given_on, wording, source, recorded_by, recorded_at`
	activeConsent  = store.Scoped(`SELECT ` + consentColumns + ` FROM consent
		WHERE org_id = $1 AND person_id = $2 AND channel = $3 AND withdrawn_at = 0 ORDER BY recorded_at DESC, id DESC LIMIT 1`)
	withdrawConsent = store.Scoped(`UPDATE consent SET withdrawn_at = $4 WHERE org_id = $1 AND person_id = $2 AND channel = $3 AND withdrawn_at = 0`)
	dropPersonal    = store.Scoped(`UPDATE delivery SET state = 'dropped', reason = 'consent withdrawn'
		WHERE org_id = $1 AND person_id = $2 AND channel = $3 AND state = 'queued' AND kind = 'access.invitation'`)
)

func (c *Consent) dest(at *int64) []any {
	return []any{&c.ID, &c.PersonID, &c.Channel, &c.Address, &c.GivenOn, &c.Wording, &c.Source, &c.RecordedBy, at}
}

// RecordConsent notes a consent and returns its id. An equal one that is still
// in force is kept and its id returned; another one for the same channel is
// replaced.
func RecordConsent(tx *store.Tx, now time.Time, by actor.Actor, c Consent) (string, error) {
	var e fault.Invalid
	if c.Address == "" {
		e.Add("email", "notifications.consent.address_missing")
	}
	if _, err := time.Parse(time.DateOnly, c.GivenOn); err != nil {
		e.Add("consent_on", "notifications.consent.day_missing")
	} else if c.GivenOn > now.AddDate(0, 0, 1).Format(time.DateOnly) {
		e.Add("consent_on", "notifications.consent.day_in_future")
	}
	if err := e.Err(); err != nil {
		return "", err
	}
	old, ok, err := ActiveConsent(tx, c.PersonID, c.Channel)
	if err != nil {
		return "", err
	}
	if ok && old.Address == c.Address && old.GivenOn == c.GivenOn {
		return old.ID, nil
	}
	if _, err := store.Exec(tx, withdrawConsent, c.PersonID, c.Channel, store.Micros(now)); err != nil {
		return "", err
	}
	id := store.NewID()
	if _, err := store.Exec(tx, insertConsent, id, c.PersonID, c.Channel, c.Address, c.GivenOn, c.Wording, c.Source, by.Label(), store.Micros(now)); err != nil {
		return "", err
	}
	return id, audit.Note(tx, now, by, "consent.record", "person:"+c.PersonID, map[string]string{"channel": c.Channel, "source": c.Source})
}

// ActiveConsent returns the consent in force for a channel, if there is one.
func ActiveConsent(tx *store.Tx, personID, channel string) (Consent, bool, error) {
	type row struct {
		c  Consent
		at int64
	}
	r, err := store.Get(tx, activeConsent, func(r *row) []any { return r.c.dest(&r.at) }, personID, channel)
	if errors.Is(err, store.ErrNoRow) {
		return Consent{}, false, nil
	}
	r.c.RecordedAt = store.Time(r.at)
	return r.c, err == nil, err
}

// WithdrawConsent ends a person's consent for a channel and drops what still
// waits to be sent because of it.
func WithdrawConsent(tx *store.Tx, now time.Time, by actor.Actor, personID, channel string) error {
	n, err := store.Exec(tx, withdrawConsent, personID, channel, store.Micros(now))
	if err != nil || n == 0 {
		return err
	}
	if _, err := store.Exec(tx, dropPersonal, personID, channel); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "consent.withdraw", "person:"+personID, map[string]string{"channel": channel})
}

var (
	insertConsents = store.Scoped(`INSERT INTO consent (org_id, id, person_id, channel, address, given_on, wording, source, recorded_by, recorded_at) VALUES $rows`)
	endConsents    = store.Scoped(`UPDATE consent SET withdrawn_at = $2 WHERE org_id = $1 AND channel = 'email' AND withdrawn_at = 0 AND person_id IN ($3...) RETURNING id`)
	removeConsents = store.Scoped(`DELETE FROM consent WHERE org_id = $1 AND id IN ($2...)`)
	reviveConsents = store.Scoped(`UPDATE consent SET withdrawn_at = 0 WHERE org_id = $1 AND id IN ($2...)`)
)

// RecordConsents notes the e-mail consents that a list brings, at most one for
// each person. Unlike RecordConsent it compares with nothing: the caller has.
// The earlier consents of these persons end. It returns the new ids in the
// order of list, and the ids of those that ended.
func RecordConsents(tx *store.Tx, now time.Time, by actor.Actor, list []Consent) (ids, ended []string, err error) {
	if len(list) == 0 {
		return nil, nil, nil
	}
	persons := make([]string, len(list))
	rows := make([][]any, len(list))
	for i, c := range list {
		id := store.NewID()
		ids = append(ids, id)
		persons[i] = c.PersonID
		rows[i] = []any{id, c.PersonID, "email", c.Address, c.GivenOn, c.Wording, c.Source, by.Label(), store.Micros(now)}
	}
	if ended, err = store.List[string](tx, endConsents, store.Micros(now), store.Spread(persons)); err != nil {
		return nil, nil, err
	}
	_, err = store.InsertAll(tx, insertConsents, rows)
	return ids, ended, err
}

// TakeBackConsents undoes RecordConsents: it removes the recorded consents and
// puts those in force again that had ended because of them.
func TakeBackConsents(tx *store.Tx, ids, ended []string) error {
	if _, err := store.Exec(tx, removeConsents, store.Spread(ids)); err != nil {
		return err
	}
	_, err := store.Exec(tx, reviveConsents, store.Spread(ended))
	return err
}
