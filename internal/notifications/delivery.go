package notifications

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// News is something to tell one person by e-mail.
type News struct {
	Kind     string            // which Renderer: "access.invitation"
	Key      string            // unique in the organisation; the same news is told once
	PersonID string            // whom it concerns, "" for staff
	StaffID  string            // the staff member, "" for residents
	Address  string            // canonical e-mail address
	Lang     string            // language of the mail
	Args     map[string]string // ids for the renderer; never a secret
}

// State is how far a delivery is.
type State string

// The states.
const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Dropped State = "dropped"
)

// Channel is a way by which news goes.
type Channel string

// The channels.
const (
	ByPortal Channel = "portal" // it stands there; sent at once
	ByEmail  Channel = "email"
	ByPush   Channel = "push"
	ByLetter Channel = "letter"
)

// Delivery is the row of one piece of news by one channel.
type Delivery struct {
	ID         string
	Kind       string
	Key        string
	Topic      Topic // "" for what nobody can switch off
	Channel    Channel
	PersonID   string
	StaffID    string
	AccountID  string // the resident's login, "" where there was none
	LeaseID    string
	PropertyID string // "" = the whole organisation
	Address    string // e-mail address, or the lines of a letter
	Lang       string
	Args       map[string]string
	Full       bool   // the mail may carry the text itself
	Thread     string // what the mails of one conversation share
	Shared     bool   // a letter that goes in one envelope with another one
	PrintID    string // the print run of a letter
	State      State
	Attempts   int
	Reason     string // why it failed or was dropped, without the address
	CreatedAt  time.Time
	SentAt     time.Time
	FailedAt   time.Time
}

// Mail is what a Renderer makes of a delivery.
type Mail struct {
	From    mail.Address
	ReplyTo *mail.Address
	Subject string
	Layout  mail.Layout
}

// Renderer makes the mail of a delivery at the moment of sending. It may write
// in transactions of its own, for instance a fresh token. It returns Drop(…)
// when there is nothing to send any more.
type Renderer func(ctx context.Context, by actor.Actor, d Delivery) (Mail, error)

type dropped struct{ reason string }

func (d *dropped) Error() string { return "dropped: " + d.reason }

// Drop ends a delivery without sending it. reason is kept in the row.
func Drop(reason string) error { return &dropped{reason} }

const jobKind = "notifications.mail"

var (
	insertDelivery = store.Scoped(`INSERT INTO delivery (org_id, id, kind, key, channel, person_id, staff_id, address, language, args, state, created_at)
		VALUES ($1, $2, $3, $4, 'email', $5, $6, $7, $8, $9, 'queued', $10) ON CONFLICT (org_id, key) DO NOTHING`)
	deliveryColumns = `id, kind, key, topic, channel, person_id, staff_id, account_id, lease_id, property_id, address, language, args, full_text, thread,
		shared_id <> '', print_id, state, attempts, reason, created_at, sent_at, failed_at`
	deliveryByID = store.Scoped(`SELECT ` + deliveryColumns + ` FROM delivery WHERE org_id = $1 AND id = $2`)
	deliveriesOf = store.Scoped(`SELECT ` + deliveryColumns + ` FROM delivery WHERE org_id = $1 AND person_id = $2 AND topic = ''
		ORDER BY created_at DESC, id DESC LIMIT $3`)
	startSending = store.Scoped(`UPDATE delivery SET state = 'sending', attempts = attempts + 1
		WHERE org_id = $1 AND id = $2 AND state IN ('queued', 'sending')`)
	setState = store.Scoped(`UPDATE delivery SET state = $3, reason = $4, message_id = $5, sent_at = $6, failed_at = $7
		WHERE org_id = $1 AND id = $2`)
	deliveriesIn = store.Scoped(`SELECT id FROM delivery WHERE org_id = $1 AND id IN ($2...)`)
	countRecent  = store.Scoped(`SELECT count(*) FROM delivery WHERE org_id = $1 AND address = $2 AND created_at > $3 AND kind = $4`)
	dismiss      = store.Scoped(`UPDATE delivery SET dismissed_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'failed' AND dismissed_at = 0`)
	dropQueued   = store.Scoped(`UPDATE delivery SET state = 'dropped', reason = $4
		WHERE org_id = $1 AND person_id = $2 AND kind = $3 AND state = 'queued'`)
)

// Tell writes a delivery and its job. It does nothing when the key exists.
func Tell(tx *store.Tx, now time.Time, n News) error {
	args, err := json.Marshal(n.Args)
	if err != nil {
		return fmt.Errorf("arguments of news %s: %w", n.Kind, err)
	}
	if n.Address == "" || n.Kind == "" || n.Key == "" {
		return fmt.Errorf("news %q needs an address, a kind and a key", n.Kind)
	}
	id := store.NewID()
	done, err := store.Exec(tx, insertDelivery, id, n.Kind, n.Key, n.PersonID, n.StaffID, n.Address, n.Lang, string(args), store.Micros(now))
	if err != nil || done == 0 {
		return err
	}
	return jobs.Enqueue(tx, jobKind, id, map[string]string{"delivery": id}, now)
}

// Recent counts the deliveries of a kind to an address since a moment, for
// caps against bombing.
func Recent(tx *store.Tx, address, kind string, since time.Time) (int, error) {
	return store.Value[int](tx, countRecent, address, store.Micros(since), kind)
}

// DropQueued ends the waiting deliveries of a kind to a person.
func DropQueued(tx *store.Tx, personID, kind, reason string) error {
	_, err := store.Exec(tx, dropQueued, personID, kind, reason)
	return err
}

// Of returns the newest deliveries to a person that are of no topic
// (invitations and what concerns the login), at most limit.
func Of(tx *store.Tx, personID string, limit int) ([]Delivery, error) {
	rows, err := store.All(tx, deliveriesOf, (*deliveryRow).dest, personID, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Delivery, len(rows))
	for i := range rows {
		if out[i], err = rows[i].delivery(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Own tells which of some mails, by their Message-IDs, are of the organisation:
// the first part of a Message-ID is the delivery's id.
func Own(tx *store.Tx, messageIDs []string) (map[string]bool, error) {
	if len(messageIDs) == 0 {
		return nil, nil
	}
	byDelivery := make(map[string]string, len(messageIDs))
	for _, m := range messageIDs {
		id, _, _ := strings.Cut(m, "@")
		byDelivery[id] = m
	}
	found, err := store.List[string](tx, deliveriesIn, store.Spread(slices.Collect(maps.Keys(byDelivery))))
	own := make(map[string]bool, len(found))
	for _, id := range found {
		own[byDelivery[id]] = true
	}
	return own, err
}

type deliveryRow struct {
	d                     Delivery
	args, state           string
	created, sent, failed int64
}

func (r *deliveryRow) dest() []any {
	return []any{&r.d.ID, &r.d.Kind, &r.d.Key, &r.d.Topic, &r.d.Channel, &r.d.PersonID, &r.d.StaffID, &r.d.AccountID, &r.d.LeaseID, &r.d.PropertyID,
		&r.d.Address, &r.d.Lang, &r.args, &r.d.Full, &r.d.Thread, &r.d.Shared, &r.d.PrintID, &r.state, &r.d.Attempts, &r.d.Reason, &r.created, &r.sent, &r.failed}
}

func (r *deliveryRow) delivery() (Delivery, error) {
	d := r.d
	d.State = State(r.state)
	d.CreatedAt, d.SentAt, d.FailedAt = store.Time(r.created), store.Time(r.sent), store.Time(r.failed)
	if err := json.Unmarshal([]byte(r.args), &d.Args); err != nil {
		return d, fmt.Errorf("arguments of delivery %s: %w", d.ID, err)
	}
	return d, nil
}

// Dismiss notes that somebody has dealt with a failed delivery; fault.NotFound
// for one that is none. Whether the actor may know of the person at all is the
// caller's to check: leases and properties are not known here.
func Dismiss(tx *store.Tx, now time.Time, by actor.Actor, id string) error {
	n, err := store.Exec(tx, dismiss, id, store.Micros(now))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.NotFound("delivery")
	}
	return audit.Note(tx, now, by, "delivery.dismiss", "delivery:"+id, nil)
}

// ReadReason takes the reason of a failed delivery apart: how far the mail came
// ("connect", "sender", "recipient", "content", "accept", "compose"; "" when
// unknown), and the mail server's answer.
func ReadReason(reason string) (stage, answer string) {
	s, answer := mail.ReadReason(reason)
	return string(s), answer
}
