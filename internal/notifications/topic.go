package notifications

import (
	"slices"
	"time"

	"foyer/internal/platform/store"
)

// Topic is what news is about, as residents choose channels for it (A16).
type Topic string

// The topics.
const (
	Messages  Topic = "messages"  // the organisation writes, or answers a message
	Cases     Topic = "cases"     // answers to requests and reports (A15)
	Notices   Topic = "notices"   // notices and appointments in the house
	Documents Topic = "documents" // new documents and statements
	Contact   Topic = "contact"   // what became of changed contact data
)

// Topics lists the topics in the order of the preference page.
var Topics = []Topic{Cases, Messages, Notices, Documents, Contact}

// Valid tells whether t is one of Topics.
func (t Topic) Valid() bool { return slices.Contains(Topics, t) }

// Label is the catalogue key of the topic's name.
func (t Topic) Label() string { return "notifications.topic." + string(t) }

// byDefault tells whether somebody who has chosen nothing gets e-mails of a
// topic: registering said so for everything that is written to that person;
// ordinary notices only hang in the portal.
func (t Topic) byDefault() bool { return t != Notices }

// Choice is by which channels a resident is told of a topic, besides the
// portal.
type Choice struct {
	Post, Email, Push bool
}

var (
	choicesOf = store.Scoped(`SELECT account_id, topic, post, email, push FROM preference WHERE org_id = $1 AND account_id IN ($2...)`)
	setChoice = store.Scoped(`INSERT INTO preference (org_id, account_id, topic, post, email, push, chosen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (org_id, account_id, topic) DO UPDATE SET post = excluded.post, email = excluded.email, push = excluded.push, chosen_at = excluded.chosen_at`)
	devicesOf = store.Scoped(`SELECT DISTINCT account_id FROM push_device WHERE org_id = $1 AND account_id IN ($2...)`)
	badOf     = store.Scoped(`SELECT address FROM bouncing WHERE org_id = $1 AND address IN ($2...)`)
)

// chosen is what some accounts have chosen: by account, then by topic.
type chosen map[string]map[Topic]Choice

func loadChoices(tx *store.Tx, accounts []string) (chosen, error) {
	type row struct {
		account string
		topic   Topic
		c       Choice
	}
	out := chosen{}
	for part := range slices.Chunk(accounts, chunk) {
		rows, err := store.All(tx, choicesOf, func(r *row) []any { return []any{&r.account, &r.topic, &r.c.Post, &r.c.Email, &r.c.Push} }, store.Spread(part))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if out[r.account] == nil {
				out[r.account] = map[Topic]Choice{}
			}
			out[r.account][r.topic] = r.c
		}
	}
	return out, nil
}

// saveChoice writes one topic of an account.
func saveChoice(tx *store.Tx, now time.Time, account string, t Topic, c Choice) error {
	_, err := store.Exec(tx, setChoice, account, string(t), c.Post, c.Email, c.Push, store.Micros(now))
	return err
}

// among returns which values of a list a query finds, asking in chunks.
func among(tx *store.Tx, q store.Query, list []string) (map[string]bool, error) {
	out := map[string]bool{}
	for part := range slices.Chunk(list, chunk) {
		found, err := store.List[string](tx, q, store.Spread(part))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			out[f] = true
		}
	}
	return out, nil
}

// chunk is how many values go into one statement.
const chunk = 500
