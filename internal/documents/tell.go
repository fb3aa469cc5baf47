package documents

import (
	"context"
	"errors"
	"slices"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Path is the residents' page of documents.
const Path = "/dokumente"

const (
	tellJob   = "documents.tell"
	mailNew   = "documents.new"
	tellChunk = 500 // readers in one transaction
)

// tellArgs name what is told: a document as it was published or replaced then.
type tellArgs struct {
	Document string `json:"document"`
	At       int64  `json:"at"`
}

// tell announces a document to its readers, some hundred in a transaction.
// Whoever was told already is not told again, so it may run twice.
func (s *Service) tell(ctx context.Context, by actor.Actor, j jobs.Job) error {
	var in tellArgs
	if err := j.Args(&in); err != nil {
		return err
	}
	var readers []notifications.Reader
	var doc Document
	var o orgs.Org
	err := s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		doc, readers, o, err = s.readers(tx, in)
		return err
	})
	if errors.Is(err, fault.ErrNotFound) {
		return nil // ended meanwhile
	}
	if err != nil {
		return err
	}
	for part := range wholeLeases(readers, tellChunk) {
		err := s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			_, err := s.notify.Announce(tx, s.now(), access.PolicyOf(o), notifications.Announcement{Topic: notifications.Documents, Kind: mailNew, Key: "document:" + doc.ID + ":" + itoa(in.At),
				Args: map[string]string{"document": doc.ID}, Readers: part, PropertyID: doc.PropertyID})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readers are those to tell of a document: nobody of one that was withdrawn,
// replaced again, or is a contract that X11 does not show.
func (s *Service) readers(tx *store.Tx, in tellArgs) (d Document, list []notifications.Reader, o orgs.Org, err error) {
	r, o, err := rule(tx, s.now())
	if err != nil {
		return d, nil, o, err
	}
	if d, err = load(tx, in.Document); err != nil || d.State != Published || d.ChangedAt != in.At {
		return d, nil, o, err
	}
	if d.Kind == Contract {
		if shown, err := shownContract(tx, o, d); err != nil || !shown {
			return d, nil, o, err
		}
	}
	persons, err := portfolio.Recipients(tx, r, d.Audience)
	if err != nil {
		return d, nil, o, err
	}
	list, err = s.access.ReadersFor(tx, o, s.now(), persons, d.Audience)
	slices.SortStableFunc(list, func(a, b notifications.Reader) int {
		if a.LeaseID < b.LeaseID {
			return -1
		} else if a.LeaseID > b.LeaseID {
			return 1
		}
		return 0
	})
	return d, list, o, err
}

// wholeLeases yields the readers, sorted by lease, in parts of about n that
// divide no lease.
func wholeLeases(list []notifications.Reader, n int) func(func([]notifications.Reader) bool) {
	return func(yield func([]notifications.Reader) bool) {
		for len(list) > 0 {
			end := min(n, len(list))
			for end < len(list) && list[end].LeaseID != "" && list[end].LeaseID == list[end-1].LeaseID {
				end++
			}
			if !yield(list[:end]) {
				return
			}
			list = list[end:]
		}
	}
}

var newWording = access.Wording{Subject: "documents.mail.subject", Title: "documents.mail.title", Text: "documents.mail.text", Button: "documents.mail.button",
	Small: "documents.mail.small", Why: "documents.mail.why"}

// render makes the mail about a new document. It never carries the document,
// and no word of its title: it leads to the page (X9).
func (s *Service) render(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		r, o, err := rule(tx, s.now())
		if err != nil {
			return err
		}
		doc, err := load(tx, d.Args["document"])
		if errors.Is(err, fault.ErrNotFound) || err == nil && doc.State != Published {
			return notifications.Drop("the document is gone")
		}
		if err != nil {
			return err
		}
		ok, err := portfolio.CanSee(tx, r, []string{d.PersonID}, doc.Audience)
		if err != nil {
			return err
		}
		if !ok {
			return notifications.Drop("may not see it any more")
		}
		m = s.access.NewsMail(o, d.Lang, access.ResidentSite, newWording, Path, nil)
		return nil
	})
	return m, err
}
