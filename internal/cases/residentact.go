package cases

import (
	"context"
	"strings"
	"unicode/utf8"

	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Reply is an answer in a case.
type Reply struct {
	Key   string   // of the form: the same key makes one message
	Text  string   // may be empty when files come
	Files []string // drafts of documents
	// Of staff:
	Last     string               // the newest message that the writer has seen; "" checks nothing
	Internal bool                 // a note that residents never see
	Source   conversations.Source // how it came, when staff put down what a resident said
	Status   Status               // the status afterwards; "" = InProgress from Open, else as it is
	OnlyTo   string               // the report to whose author alone it goes; "" = to all who reported
}

// checkReply complains about what was written.
func checkReply(in Reply) error {
	switch n := utf8.RuneCountInString(in.Text); {
	case strings.TrimSpace(in.Text) == "" && len(in.Files) == 0:
		return fault.Wrong("text", "cases.no_text")
	case n > conversations.MaxText:
		return fault.Wrong("text", "cases.too_long", "max", conversations.MaxText)
	case len(in.Files) > documents.MaxFiles:
		return fault.Wrong("files", "documents.too_many_files", "max", documents.MaxFiles)
	}
	return nil
}

// own runs fn on a case that the signed-in resident may see and write in, also
// after the end of the lease (X14).
func (s *Service) own(ctx context.Context, by actor.Actor, id string, fn func(tx *store.Tx, o orgs.Org, c Case, t portfolio.Tenancy, who string) error) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		c, err := Visible(tx, portfolio.RuleOf(o, s.Now()), by.Persons(), id)
		if err != nil {
			return err
		}
		t, why, err := s.Conversations.Answering(tx, o, by, c.Conversation)
		if err != nil {
			return err
		}
		if why != "" {
			return fault.Conflicting(why)
		}
		who, err := conversations.PersonName(tx, t.PersonID)
		if err != nil {
			return err
		}
		return fn(tx, o, c, t, who)
	})
}

// Reply adds a resident's message to a case (H13). A case that waited for the
// resident goes on; one that is done stays so, and staff hear of it.
// Complaints: text, files.
func (s *Service) Reply(ctx context.Context, by actor.Actor, id string, in Reply) (err error) {
	defer fault.Wrap(&err, "reply in case %s", id)
	return s.own(ctx, by, id, func(tx *store.Tx, o orgs.Org, c Case, t portfolio.Tenancy, who string) error {
		if err := checkReply(in); err != nil {
			return err
		}
		if err := s.Conversations.Calm(tx, t.PersonID); err != nil {
			return err
		}
		p := conversations.NewPost{ID: store.NewID(), ConversationID: id, Side: conversations.ByResident, AuthorID: t.PersonID, AuthorName: who, Text: in.Text, Files: len(in.Files), Source: in.Source}
		if in.Key != "" {
			p.ID = store.IDFrom("message", id, by.Account(), in.Key)
		}
		_, fresh, err := conversations.Append(tx, s.Now(), by, p)
		if err != nil || !fresh {
			return err
		}
		if err := s.Documents.Attach(tx, by, in.Files, FileOwner, p.ID); err != nil {
			return err
		}
		if c.Status == Waiting && c.LeadID == "" {
			return s.move(tx, by, c, InProgress, conversations.ByResident, who, "")
		}
		return s.touched(tx, c)
	})
}

// touched moves a case, and the one that it belongs to, up in the lists.
func (s *Service) touched(tx *store.Tx, c Case) error {
	for _, id := range []string{c.ID, c.LeadID} {
		if id != "" {
			if _, err := store.Exec(tx, touch, id, store.Micros(s.Now())); err != nil {
				return err
			}
		}
	}
	return nil
}

// move changes the status of a case and of the reports under it, and writes
// that down.
func (s *Service) move(tx *store.Tx, by actor.Actor, c Case, to Status, side conversations.Side, who, reason string) error {
	now := s.Now()
	done := int64(0)
	if to == Done {
		done = store.Micros(now)
	}
	if _, err := store.Exec(tx, setStatus, c.ID, string(to), store.Micros(now), done); err != nil {
		return err
	}
	reports, err := s.reportsOf(tx, c.ID)
	if err != nil {
		return err
	}
	for _, x := range append([]Case{c}, reports...) {
		if err := s.note(tx, x.ID, Event{Kind: "status", Side: side, Who: who, Detail: string(to)}); err != nil {
			return err
		}
		if to == Done { // nobody waits for an answer any more
			err = conversations.SetWaits(tx, x.ID, zero)
		} else if c.Status == Done {
			_, err = store.Exec(tx, dropStars, x.ID)
		}
		if err != nil {
			return err
		}
	}
	if reason != "" {
		if err := s.note(tx, c.ID, Event{Kind: "reason", Side: side, Who: who, Detail: reason, Internal: side == conversations.ByStaff}); err != nil {
			return err
		}
	}
	return audit.Note(tx, now, by, "case.status", "case:"+c.ID, map[string]any{"from": c.Status, "to": to})
}

// Finish says that a case is done; the author and staff may. Doing it twice does
// nothing.
func (s *Service) Finish(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "finish case %s", id)
	return s.own(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case, _ portfolio.Tenancy, who string) error {
		if c.Status == Done {
			return nil
		}
		if c.LeadID != "" {
			return fault.Conflicting("cases.step.shared")
		}
		return s.move(tx, by, c, Done, conversations.ByResident, who, "")
	})
}

// Reopen opens a case again within ReopenDays of its end. A report that belongs
// to another case stands for itself from then on. Complaints: text.
func (s *Service) Reopen(ctx context.Context, by actor.Actor, id, key, reason string) (err error) {
	defer fault.Wrap(&err, "open case %s again", id)
	return s.own(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case, t portfolio.Tenancy, who string) error {
		if c.Status == Open {
			return nil // clicked twice
		}
		if utf8.RuneCountInString(reason) > MaxReason {
			return fault.Wrong("text", "cases.too_long", "max", MaxReason)
		}
		switch why := Step(conversations.ByResident, c.Status, Open, c.DoneAt, s.Now(), strings.TrimSpace(reason)); why {
		case "":
		case "cases.step.say_why":
			return fault.Wrong("text", why)
		default:
			return fault.Conflicting(why)
		}
		if c.LeadID != "" {
			if err := s.release(tx, c); err != nil {
				return err
			}
		}
		if err := s.move(tx, by, c, Open, conversations.ByResident, who, ""); err != nil {
			return err
		}
		p := conversations.NewPost{ID: store.IDFrom("reopen", id, by.Account(), key), ConversationID: id, Side: conversations.ByResident, AuthorID: t.PersonID, AuthorName: who, Text: reason}
		if key == "" {
			p.ID = store.NewID()
		}
		_, _, err := conversations.Append(tx, s.Now(), by, p)
		return err
	})
}

// Rate judges a case that is done with 1 to 5 and words (W12). It can be changed
// while the case is done. Complaints: rating, text.
func (s *Service) Rate(ctx context.Context, by actor.Actor, id string, stars int, text string) (err error) {
	defer fault.Wrap(&err, "rate case %s", id)
	return s.own(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case, _ portfolio.Tenancy, who string) error {
		if c.Status != Done {
			return fault.Conflicting("cases.rate_done")
		}
		bad := &fault.Invalid{}
		if stars < 1 || stars > 5 {
			bad.Add("rating", "cases.no_rating")
		}
		limit(bad, "text", text, MaxReason)
		if err := bad.Err(); err != nil {
			return err
		}
		if c.Rating == stars && c.RatingText == text {
			return nil
		}
		if _, err := store.Exec(tx, setStars, id, stars, text, store.Micros(s.Now())); err != nil {
			return err
		}
		return s.note(tx, id, Event{Kind: "rated", Side: conversations.ByResident, Who: who, Detail: strings.Repeat("★", stars)})
	})
}

// SetPhone changes when and where the resident can be reached, and whether the
// provider may have the number. Nobody else can release it. Complaints: phone,
// reach.
func (s *Service) SetPhone(ctx context.Context, by actor.Actor, id, phone, reach string, release bool) (err error) {
	defer fault.Wrap(&err, "change the phone of case %s", id)
	return s.own(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case, _ portfolio.Tenancy, who string) error {
		bad := &fault.Invalid{}
		limit(bad, "phone", phone, 40)
		limit(bad, "reach", reach, MaxReach)
		if release && digits(phone) < 3 {
			bad.Add("phone", "cases.no_phone")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if _, err := store.Exec(tx, setPhone, id, release, phone, reach); err != nil || c.Release == release {
			return err
		}
		kind := "phone_kept"
		if release {
			kind = "phone_released"
		}
		return s.note(tx, id, Event{Kind: kind, Side: conversations.ByResident, Who: who})
	})
}
