package documents

import (
	"errors"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Document is a file that staff hand to residents.
type Document struct {
	ID          string
	Kind        Kind
	Title       string
	Day         string // as it stands on the document, YYYY-MM-DD
	Audience    portfolio.Audience
	PropertyID  string // "" = several: only staff without limits manage it
	FileID      string
	State       State
	Hold        bool // legal hold: it does not end
	BatchID     string
	CreatedBy   string // actor.Actor.Label
	CreatedAt   int64  // microseconds
	ChangedAt   int64  // when it was published or last replaced
	WithdrawnBy string
	WithdrawnAt int64
}

// State tells whether residents see a document.
type State string

// The states.
const (
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// documentOwner is the kind of owner that a document is to its files. Replaced
// files stay with it, for staff.
const documentOwner = "document"

const documentCols = `d.id, d.kind, d.title, d.day, d.aud_kind, d.aud_id, d.aud_day, d.aud_author, d.property_id, d.file_id, d.state, d.hold, d.batch_id, d.created_by, d.created_at, d.changed_at, d.withdrawn_by, d.withdrawn_at`

func (d *Document) dest() []any {
	return []any{&d.ID, &d.Kind, &d.Title, &d.Day, &d.Audience.Kind, &d.Audience.ID, &d.Audience.Day, &d.Audience.Author, &d.PropertyID, &d.FileID, &d.State, &d.Hold, &d.BatchID,
		&d.CreatedBy, &d.CreatedAt, &d.ChangedAt, &d.WithdrawnBy, &d.WithdrawnAt}
}

var documentByID = store.Scoped(`SELECT ` + documentCols + ` FROM document d WHERE d.org_id = $1 AND d.id = $2`)

// load returns a document, fault.NotFound when there is none.
func load(tx *store.Tx, id string) (Document, error) {
	d, err := store.Get(tx, documentByID, (*Document).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return d, fault.NotFound("document")
	}
	return d, err
}

// rule is what the decision about residents needs.
func rule(tx *store.Tx, now time.Time) (portfolio.Rule, orgs.Org, error) {
	o, err := orgs.Load(tx)
	return portfolio.RuleOf(o, now), o, err
}

// sees tells who sees a document, and opens its file.
func (s *Service) sees(tx *store.Tx, by actor.Actor, id string) (bool, error) {
	d, err := load(tx, id)
	if err != nil {
		return false, err
	}
	return s.seesThis(tx, by, d)
}

func (s *Service) seesThis(tx *store.Tx, by actor.Actor, d Document) (bool, error) {
	switch by.Kind() {
	case actor.Staff:
		return by.Has(actor.ReadDocuments) && within(by, d.PropertyID), nil
	case actor.Resident:
		r, o, err := rule(tx, s.now())
		if err != nil || d.State != Published {
			return false, err
		}
		ok, err := portfolio.CanSee(tx, r, by.Persons(), d.Audience)
		if err != nil || !ok || d.Kind != Contract {
			return ok, err
		}
		return shownContract(tx, o, d)
	}
	return false, nil
}

// within tells whether staff may deal with what belongs to a property; what
// belongs to several is for those without limits.
func within(by actor.Actor, propertyID string) bool {
	if propertyID == "" {
		return !by.Limited()
	}
	return by.MayProperty(propertyID)
}

// shownContract judges X11: a lease contract is shown when it was signed on the
// organisation's day or later. Whose signature nobody knows counts as older.
func shownContract(tx *store.Tx, o orgs.Org, d Document) (bool, error) {
	from := o.Settings.LeaseDocumentsFrom
	if from == "" {
		return true, nil
	}
	if d.Audience.Kind != portfolio.ToLease {
		return d.Day >= from, nil
	}
	list, err := portfolio.LeasesByID(tx, []string{d.Audience.ID})
	if err != nil || len(list) == 0 {
		return false, err
	}
	return list[0].SignedOn >= from, nil
}
