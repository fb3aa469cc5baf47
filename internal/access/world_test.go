package access

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// Passwords of the world.
const (
	jette    = "jette@post.example"
	secret   = "Kiesel-Laterne-473"
	another  = "Segel-Walnuss-Harfe-902"
	firefox  = "Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
	chromeOn = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

// world is the service over a fresh database, with a clock to turn, a mailbox
// and counted hashes.
type world struct {
	*Service
	t      *testing.T
	clock  time.Time
	mu     sync.Mutex
	queue  *jobs.Queue
	outbox *mail.Outbox
	hashes *counter
	anon   actor.Actor
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), anon: actor.NewAnonymous(storetest.Org)}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.New(i18n.Texts, portfolio.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o, err := orgs.New(orgs.Deps{DB: db, Now: w.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: EndStaffSessions})
	if err != nil {
		t.Fatal(err)
	}
	w.hashes = &counter{}
	w.Service = New(Deps{DB: db, Now: w.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: o,
		Sender: mail.Address{Addr: "portal@foyer.example"}})
	w.Service.passwords = w.hashes
	w.queue = jobs.New(db, w.now, slog.New(slog.DiscardHandler))
	w.outbox = mail.NewOutbox(w.now)
	w.Register(w.queue, notifications.New(db, w.now, w.outbox, w.queue))
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// counter stands for argon2id: it counts instead of working, so that equal work
// is a number and not a stopwatch.
type counter struct {
	mu     sync.Mutex
	checks int
}

func (c *counter) Hash(_ context.Context, password string) (string, error) {
	return "hash of " + password, nil
}

func (c *counter) Check(_ context.Context, hash, password string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checks++
	return hash == "hash of "+password, nil
}

func (c *counter) take() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.checks
	c.checks = 0
	return n
}

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), w.anon.Scope(), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(q store.Query, args ...any) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { _, err := store.Exec(tx, q, args...); return err })
}

var (
	testUnit = []store.Query{
		store.Scoped(`INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, created_at, updated_at)
			VALUES ($1, 'p1', '', 'Ahornallee 14', '12623', 'Berlin', 'DE', TRUE, TRUE, 1, 1)`),
		store.Scoped(`INSERT INTO building (org_id, id, property_id, street, house_number, postcode, city, country, sort_key, match_key)
			VALUES ($1, 'b1', 'p1', 'Ahornallee', '14', '12623', 'Berlin', 'DE', '', '')`),
		store.Scoped(`INSERT INTO unit (org_id, id, property_id, building_id, ref, label, stairwell, floor, usage, uvi_needed, sort_key, match_key)
			VALUES ($1, 'u1', 'p1', 'b1', '', '1', '', '', 'flat', TRUE, '', '')`),
	}
	testPerson = store.Scoped(`INSERT INTO person (org_id, id, ref, salutation, title, first_name, last_name, company, language, email, phone,
		post_name, post_street, post_postcode, post_city, post_country, search, created_at, updated_at)
		VALUES ($1, $2, '', '', '', $3, $4, '', 'de', '', '', '', '', '', '', '', '', 1, 1)`)
	testLease = store.Scoped(`INSERT INTO lease (org_id, id, unit_id, kind, ref, starts_on, ends_on, until, signed_on, currency, notice_period, created_at, updated_at)
		VALUES ($1, $2, 'u1', 'rental', '', $3, '', $4, '', 'EUR', '', 1, 1)`)
	testMember = store.Scoped(`INSERT INTO lease_person (org_id, lease_id, person_id, role, from_day, to_day) VALUES ($1, $2, $3, 'contract_party', $4, $5)`)
	testRemove = store.Scoped(`DELETE FROM lease_person WHERE org_id = $1 AND person_id = $2`)
	testEnd    = store.Scoped(`UPDATE lease SET until = $3 WHERE org_id = $1 AND id = $2`)
)

// resident adds a person with a lease and an account.
func (w *world) resident(address, password string) (accountID, personID string) {
	w.t.Helper()
	personID = store.NewID()
	w.write(func(tx *store.Tx) error {
		for _, q := range testUnit {
			if _, err := store.Exec(tx, store.Scoped(q.Text()+" ON CONFLICT DO NOTHING")); err != nil {
				return err
			}
		}
		for q, args := range map[store.Query][]any{testPerson: {personID, "Jette", "Holm"}, testLease: {"l-" + personID, "2024-01-01", "9999-12-31"}} {
			if _, err := store.Exec(tx, q, args...); err != nil {
				return err
			}
		}
		if _, err := store.Exec(tx, testMember, "l-"+personID, personID, "2024-01-01", "9999-12-31"); err != nil {
			return err
		}
		hash := ""
		if password != "" {
			hash = "hash of " + password
		}
		var err error
		if accountID, err = w.createAccount(tx, ResidentSite, address, hash, "", "de"); err != nil {
			return err
		}
		return w.linkPerson(tx, accountID, personID)
	})
	w.later(2 * time.Hour)
	return accountID, personID
}

// staff invites somebody by the operator and sets the password by the mail.
func (w *world) staff(address, password string, role actor.Role) (staffID string) {
	w.t.Helper()
	id, err := w.InviteStaff(w.t.Context(), operator(), orgs.NewStaff{Email: address, StaffChange: orgs.StaffChange{Name: "Jonas Kern", Role: role}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.drain()
	if _, err := w.AcceptInvitation(w.t.Context(), w.anon, w.token(address), password); err != nil {
		w.t.Fatal(err)
	}
	w.later(2 * time.Hour)
	return id
}

func operator() actor.Actor { return actor.NewOperator(storetest.Org) }

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

func (w *world) signIn(site Site, address, password string) (SignedIn, error) {
	return w.SignIn(w.t.Context(), w.anon, site, SignIn{Email: address, Password: password, Visit: Visit{IP: ip("192.0.2.7"), UserAgent: firefox}})
}

func (w *world) mustSignIn(site Site, address, password string) SignedIn {
	w.t.Helper()
	in, err := w.signIn(site, address, password)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

func (w *world) who(site Site, token string) (actor.Actor, Session, error) {
	return w.Authenticate(w.t.Context(), storetest.Org, site, token)
}

func (w *world) mustBe(site Site, token string) (actor.Actor, Session) {
	w.t.Helper()
	by, n, err := w.who(site, token)
	if err != nil {
		w.t.Fatal(err)
	}
	return by, n
}

// drain runs the jobs that are due, mails included.
func (w *world) drain() {
	w.t.Helper()
	if _, err := w.queue.Drain(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// mails returns the mails to an address, newest first.
func (w *world) mails(address string) (out []mail.Message) {
	for _, c := range w.outbox.Messages() {
		if c.Message.To.Addr == address {
			out = append(out, c.Message)
		}
	}
	return out
}

var linkForm = regexp.MustCompile(`https://a\.example(/[a-z/-]+/)([A-Za-z0-9_-]{22})`)

// token reads the token of the link in the newest mail to an address.
func (w *world) token(address string) string {
	w.t.Helper()
	list := w.mails(address)
	if len(list) == 0 {
		w.t.Fatalf("no mail to %s", address)
	}
	m := linkForm.FindStringSubmatch(list[0].Text)
	if m == nil {
		w.t.Fatalf("no link in the mail:\n%s", list[0].Text)
	}
	return m[2]
}

// mustBeClean fails when a mail lacks a text or names a host that is not ours.
func mustBeClean(t *testing.T, m mail.Message) {
	t.Helper()
	for _, part := range []string{m.Subject, m.Text, m.HTML} {
		if strings.Contains(part, "[access.") || strings.Contains(part, "{") && !strings.Contains(part, "<style") {
			t.Errorf("a text is missing:\n%s", part)
		}
	}
}
