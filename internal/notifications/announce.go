package notifications

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

var (
	insertAnnounced = store.Scoped(`INSERT INTO delivery (org_id, id, kind, key, topic, channel, person_id, account_id, lease_id, property_id, address, language, args,
		full_text, thread, shared_id, digest_at, state, created_at, sent_at) VALUES $rows ON CONFLICT (org_id, key) DO NOTHING`)
	keysTaken = store.Scoped(`SELECT key FROM delivery WHERE org_id = $1 AND key IN ($2...)`)
)

// row is a delivery about to be written.
type row struct {
	id, key, channel, address, shared string
	reader                            Reader
	full                              bool
	digest                            time.Time
	state                             State
}

// Announce tells the readers as Plan says: it writes a delivery for each
// channel of each, with the jobs that send them, and returns the plan. The same
// key with the same reader and channel is told once, whatever the plan says the
// second time. Thousands of readers may be told in several calls.
func (s *Service) Announce(tx *store.Tx, now time.Time, p Policy, a Announcement) ([]Planned, error) {
	if !a.Topic.Valid() || a.Kind == "" || a.Key == "" {
		return nil, fmt.Errorf("an announcement needs a topic, a kind and a key, got %q, %q", a.Topic, a.Kind)
	}
	if a.Letter && s.letters[a.Kind] == nil {
		return nil, fmt.Errorf("announcement of kind %q may go by letter, but no letter is registered", a.Kind)
	}
	plan, err := s.Plan(tx, now, p, a)
	if err != nil {
		return nil, err
	}
	rows, err := fresh(tx, rowsOf(plan, p, a, now))
	if err != nil {
		return nil, err
	}
	if err := insertRows(tx, now, a, rows); err != nil {
		return nil, err
	}
	return plan, enqueue(tx, p, a, rows, now)
}

// insertRows writes deliveries of an announcement.
func insertRows(tx *store.Tx, now time.Time, a Announcement, rows []row) error {
	args, err := json.Marshal(a.Args)
	if err != nil {
		return fmt.Errorf("arguments of news %s: %w", a.Kind, err)
	}
	out := make([][]any, len(rows))
	for i, r := range rows {
		var sent int64
		if r.state == Sent {
			sent = store.Micros(now)
		}
		property := r.reader.PropertyID
		if property == "" {
			property = a.PropertyID
		}
		out[i] = []any{r.id, a.Kind, r.key, string(a.Topic), r.channel, r.reader.PersonID, r.reader.AccountID, r.reader.LeaseID, property, r.address, r.reader.Lang, string(args),
			r.full, a.Thread, r.shared, store.Micros(r.digest), string(r.state), store.Micros(now), sent}
	}
	_, err = store.InsertAll(tx, insertAnnounced, out)
	return err
}

// rowsOf makes the deliveries of a plan.
func rowsOf(plan []Planned, p Policy, a Announcement, now time.Time) []row {
	var out []row
	var envelopes = map[string]int{} // the letter to which others are added
	for _, x := range plan {
		add := func(c Channel, who, address string) *row {
			out = append(out, row{id: store.NewID(), key: a.Key + ":" + string(c) + ":" + who, channel: string(c), address: address, reader: x.Reader, state: Queued})
			return &out[len(out)-1]
		}
		if x.Portal {
			add(ByPortal, x.Reader.PersonID, "").state = Sent
		}
		if x.Email {
			r := add(ByEmail, login(x.Reader), x.address())
			r.full = x.Full
			if a.Topic == Notices && !a.Urgent && x.Reader.AccountID != "" {
				r.digest = p.digest(now)
			}
		}
		if x.Push {
			add(ByPush, login(x.Reader), "")
		}
		if x.Letter {
			r := add(ByLetter, x.Reader.PersonID, strings.Join(x.Reader.Lines, "\n"))
			if key := x.envelope(); x.Shared {
				first := &out[envelopes[key]]
				r.shared = first.id
				first.address = addressee(first.address, x.Reader, first.reader)
			} else if key != "" {
				envelopes[key] = len(out) - 1
			}
		}
	}
	return out
}

// login is for whom a mail or push is: one per account.
func login(r Reader) string {
	if r.AccountID != "" {
		return r.AccountID
	}
	return r.PersonID
}

// addressee adds a name to the address of a common letter.
func addressee(address string, r, first Reader) string {
	place := strings.Join(first.Lines[first.NameLines:], "\n")
	names := strings.TrimSuffix(address, place)
	if names == strings.Join(first.Lines[:first.NameLines], "\n")+"\n" {
		names = first.Line + "\n"
	}
	return names + r.Line + "\n" + place
}

// fresh leaves out what has been told before.
func fresh(tx *store.Tx, rows []row) ([]row, error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.key
	}
	taken, err := among(tx, keysTaken, keys)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r row) bool {
		if taken[r.key] {
			return true
		}
		taken[r.key] = true // the same reader twice
		return false
	})
	ids := map[string]bool{}
	for i := range rows {
		ids[rows[i].id] = true
		if r := &rows[i]; r.shared != "" && !ids[r.shared] { // the other one has got it before
			r.shared, r.address = "", strings.Join(r.reader.Lines, "\n")
		}
	}
	return rows, nil
}

// enqueue writes the jobs that send the deliveries: letters wait for staff.
func enqueue(tx *store.Tx, p Policy, a Announcement, rows []row, now time.Time) error {
	at := now
	if !a.Urgent {
		at = p.due(now)
	}
	for _, r := range rows {
		var err error
		switch {
		case r.state != Queued || r.channel == string(ByLetter):
		case !r.digest.IsZero():
			err = jobs.Enqueue(tx, jobDigest, fmt.Sprintf("%s:%d", r.reader.AccountID, store.Micros(r.digest)),
				digestArgs{Account: r.reader.AccountID, At: store.Micros(r.digest)}, r.digest)
		case r.channel == string(ByPush):
			err = jobs.Enqueue(tx, jobPush, r.id, map[string]string{"delivery": r.id}, at)
		default:
			err = jobs.Enqueue(tx, jobKind, r.id, map[string]string{"delivery": r.id}, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
