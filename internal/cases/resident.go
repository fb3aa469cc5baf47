package cases

import (
	"context"
	"strings"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Addresses of the pages.
const (
	Path      = conversations.CasePath
	StaffPath = conversations.StaffCasePath
)

// Listing is a piece of a list.
type Listing struct {
	Rows []Row
	Next Cursor // zero: there is no more
}

// Cursor is where a page of a list begins: after that row.
type Cursor struct {
	At string // the value by which the list is ordered
	ID string
}

// Mine lists the cases that a signed-in resident may see, newest first, 25 a
// page: those that are not done, or those that are (A18). leaseID narrows down
// to one lease, "" is all of them.
func (s *Service) Mine(ctx context.Context, by actor.Actor, leaseID string, done bool, after Cursor) (l Listing, err error) {
	defer fault.Wrap(&err, "list a resident's cases")
	if err := by.Must(actor.Self); err != nil {
		return Listing{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		today, since, err := s.rule(tx)
		if err != nil {
			return err
		}
		rows, err := store.All(tx, mine, (*row).destSeen, today, since, leaseID, done, by.Account(), after.number(1<<62), after.ID, store.Spread(by.Persons()))
		l = listing(rows, "seq")
		return err
	})
	return l, err
}

func (s *Service) rule(tx *store.Tx) (today, since string, err error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return "", "", err
	}
	return portfolio.RuleOf(o, s.Now()).Args()
}

// Unread counts the cases in which staff have written something that the
// account has not seen.
func (s *Service) Unread(ctx context.Context, by actor.Actor) (n int, err error) {
	defer fault.Wrap(&err, "count a resident's cases")
	if err := by.Must(actor.Self); err != nil {
		return 0, err
	}
	return s.unread.Get(s.DB.State(by.Scope()), by.Account(), s.Now(), func() (n int, err error) {
		err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			today, since, err := s.rule(tx)
			if err != nil {
				return err
			}
			n, err = store.Value[int](tx, unread, today, since, by.Account(), store.Spread(by.Persons()))
			return err
		})
		return n, err
	})
}

// Post is a message of a case with its files.
type Post struct {
	conversations.Post
	Files  []documents.File
	FromID string // the report that it was written in, when not in this case
	From   string // who reported there
}

// File is a case as one of its sides reads it.
type File struct {
	Case
	Posts        []Post
	Events       []Event
	Appointments []Appointment
	Assignee     string // name, "" for nobody
	SeenAt       time.Time
	Last         string // id of the newest message that both sides see
	MayReply     bool
	Why          string // catalogue key, when not
	MayFinish    bool
	MayReopen    bool
	MayRate      bool
	Provider     Provider
	Tree         Tree
}

// Read returns a case that a signed-in resident may see; any other is not
// found. What staff noted and what others reported is not in it.
func (s *Service) Read(ctx context.Context, by actor.Actor, id string) (f File, err error) {
	defer fault.Wrap(&err, "read case %s", id)
	if err := by.Must(actor.Self); err != nil {
		return File{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		f = File{}
		if f.Case, err = Visible(tx, portfolio.RuleOf(o, s.Now()), by.Persons(), id); err != nil {
			return err
		}
		if err := s.fill(tx, &f, false); err != nil {
			return err
		}
		if f.SeenAt, err = conversations.SeenUntil(tx, id, by); err != nil {
			return err
		}
		_, f.Why, err = s.Conversations.Answering(tx, o, by, f.Conversation)
		f.MayReply = f.Why == ""
		f.MayFinish = f.MayReply && f.Status != Done && f.LeadID == ""
		f.MayReopen = f.MayReply && MayReopen(f.Status, f.DoneAt, s.Now())
		f.MayRate = f.MayReply && f.Status == Done
		return err
	})
	return f, err
}

// fill loads what hangs on a case.
func (s *Service) fill(tx *store.Tx, f *File, internal bool) error {
	list, err := conversations.Posts(tx, f.ID, internal)
	if err != nil {
		return err
	}
	if f.Posts, err = withFiles(tx, list); err != nil {
		return err
	}
	for _, p := range f.Posts {
		if !p.Internal {
			f.Last = p.ID
		}
	}
	lead := f.ID
	if f.LeadID != "" {
		lead = f.LeadID // what was done about the fault is told to all
	}
	if f.Events, err = events(tx, f.ID, internal); err != nil {
		return err
	}
	if f.Appointments, err = appointments(tx, f.ID); err != nil {
		return err
	}
	if f.Assignee, err = conversations.StaffName(tx, f.AssigneeID); err != nil {
		return err
	}
	if lead != f.ID {
		c, err := ByID(tx, lead)
		if err == nil {
			f.Assignee, err = conversations.StaffName(tx, c.AssigneeID)
		}
		if err != nil {
			return err
		}
	}
	providers, err := ProvidersOf(tx)
	if err != nil {
		return err
	}
	f.Provider, _ = providerByID(providers, f.ProviderID)
	f.Tree, err = s.TreeOf(tx)
	return err
}

type copyRow struct{ message, origin string }

// withFiles hangs the files on messages; those of a copied answer are with its
// origin.
func withFiles(tx *store.Tx, list []conversations.Post) ([]Post, error) {
	out := make([]Post, len(list))
	var ids []string
	for i, p := range list {
		out[i].Post = p
		if p.Files > 0 {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := store.All(tx, copies, func(r *copyRow) []any { return []any{&r.message, &r.origin} }, store.Spread(ids))
	if err != nil {
		return nil, err
	}
	origin := map[string]string{}
	for _, r := range rows {
		origin[r.message] = r.origin
		ids = append(ids, r.origin)
	}
	files, err := documents.FilesOf(tx, FileOwner, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if of := origin[out[i].ID]; of != "" {
			out[i].Files = files[of]
		} else {
			out[i].Files = files[out[i].ID]
		}
	}
	return out, nil
}

// seesFile tells whether the actor may see a message with files: residents in
// any conversation in which it stands, staff within their limits.
func (s *Service) seesFile(tx *store.Tx, by actor.Actor, messageID string) (bool, error) {
	var home string
	var internal bool
	var list []string
	err := store.Each(tx, homes, []any{&home, &internal}, func() error {
		if !internal || by.Kind() == actor.Staff {
			list = append(list, home)
		}
		return nil
	}, messageID)
	if err != nil {
		return false, err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return false, err
	}
	for _, id := range list {
		switch {
		case by.Has(actor.Self):
			_, err = Visible(tx, portfolio.RuleOf(o, s.Now()), by.Persons(), id)
		case by.Has(actor.ReadCases):
			_, err = s.forStaff(tx, by, id)
		default:
			return false, nil
		}
		if err == nil {
			return true, nil
		}
		if !isNotFound(err) {
			return false, err
		}
	}
	return false, nil
}

// Look notes that the reader has seen a case until now.
func (s *Service) Look(ctx context.Context, by actor.Actor, f File) (err error) {
	defer fault.Wrap(&err, "note that case %s was seen", f.ID)
	if !f.SeenAt.Before(f.LastAt) || by.Account() == "" || by.Views() {
		return nil
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		return conversations.Seen(tx, f.ID, by, f.LastAt)
	})
}

type eventRow struct {
	e  Event
	at int64
}

func (r *eventRow) dest() []any {
	return []any{&r.e.ID, &r.at, &r.e.Kind, &r.e.Side, &r.e.Who, &r.e.Detail, &r.e.Internal}
}

func events(tx *store.Tx, id string, internal bool) ([]Event, error) {
	rows, err := store.All(tx, eventsOf, (*eventRow).dest, id, internal)
	out := make([]Event, len(rows))
	for i, r := range rows {
		out[i] = r.e
		out[i].At = store.Time(r.at)
	}
	return out, err
}

// note writes down what happened to a case.
func (s *Service) note(tx *store.Tx, id string, e Event) error {
	if e.ID == "" {
		e.ID = store.NewID()
	}
	_, err := store.Exec(tx, putEvent, e.ID, id, store.Micros(s.Now()), e.Kind, string(e.Side), e.Who, strings.TrimSpace(e.Detail), e.Internal)
	return err
}
