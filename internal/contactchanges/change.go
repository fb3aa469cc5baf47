package contactchanges

import (
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Field is a piece of contact data.
type Field string

// The fields; but for Email they are those of portfolio.
const (
	Email  Field = "email"
	Mobile       = Field(portfolio.ContactMobile)
	Phone        = Field(portfolio.ContactPhone)
	Post         = Field(portfolio.ContactPost)
)

// Label returns the catalogue key of the field's name.
func (f Field) Label() string { return "contactchanges.field." + string(f) }

// State is how far a change is.
type State string

// The states.
const (
	Requested State = "requested"
	Exported  State = "exported" // handed to the organisation's own system
	Confirmed State = "confirmed"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
	TimedOut  State = "timed_out"
)

// Label returns the catalogue key of the state's name.
func (s State) Label() string { return "contactchanges.state." + string(s) }

// Change is one wish.
type Change struct {
	ID, Batch  string
	PersonID   string
	AccountID  string
	SessionID  string
	PropertyID string
	LeaseID    string
	Field      Field
	Was        string // what held when it was asked for; a postal address as portfolio.PostAddress.Value
	Value      string // "" = nothing any more
	FromDay    string // wished first day, "" = at once
	Mode       string // orgs.EmailChange of that time
	State      State
	Reason     string // of the end: what staff wrote; when Key is true a catalogue key
	AskedAt    time.Time
	VerifiedAt time.Time // zero while the new mailbox is not proved
	DueOn      string    // the promised day, "" while it is not verified
	ExportedAt time.Time
	EndedAt    time.Time
	LinkUntil  time.Time
	passwordAt int64
}

// Open tells whether the change can still be confirmed.
func (c Change) Open() bool { return c.State == Requested || c.State == Exported }

// Verified tells whether nothing is left to be proved.
func (c Change) Verified() bool { return !c.VerifiedAt.IsZero() }

// ReasonKey tells whether Reason is a catalogue key and not what staff wrote.
func (c Change) ReasonKey() bool { return c.State != Rejected || c.Reason == whyTaken }

// Why changes end without staff; catalogue keys.
const (
	whyResident = "contactchanges.why.resident"
	whyMailbox  = "contactchanges.why.mailbox"
	whyReplaced = "contactchanges.why.replaced"
	whyPassword = "contactchanges.why.password"
	whyAccess   = "contactchanges.why.access"
	whyLink     = "contactchanges.why.link"
	whyWaited   = "contactchanges.why.waited"
	whyTaken    = "contactchanges.why.taken"
	whyUndone   = "contactchanges.why.undone"
)

type changeRow struct {
	Change
	asked, verified, exported, ended, link int64
}

func (r *changeRow) dest() []any {
	return []any{&r.ID, &r.Batch, &r.PersonID, &r.AccountID, &r.SessionID, &r.PropertyID, &r.LeaseID, &r.Field, &r.Was, &r.Value, &r.FromDay, &r.Mode, &r.State, &r.Reason,
		&r.asked, &r.passwordAt, &r.verified, &r.DueOn, &r.exported, &r.ended, &r.link}
}

func (r *changeRow) change() Change {
	c := r.Change
	c.AskedAt, c.VerifiedAt, c.ExportedAt, c.EndedAt, c.LinkUntil = store.Time(r.asked), store.Time(r.verified), store.Time(r.exported), store.Time(r.ended), store.Time(r.link)
	return c
}

func changes(tx *store.Tx, q store.Query, args ...any) ([]Change, error) {
	rows, err := store.All(tx, q, (*changeRow).dest, args...)
	out := make([]Change, len(rows))
	for i := range rows {
		out[i] = rows[i].change()
	}
	return out, err
}
