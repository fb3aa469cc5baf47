package contactchanges

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

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

const (
	oldAddress = "marlene.brandt@post.example"
	newAddress = "marlene.brandt@mail.example"
	password   = "Kiesel-Laterne-473"
	another    = "Segel-Walnuss-Harfe-902"
)

// world is the service over a fresh database with a house of two persons who
// have accounts, a clock to turn and a mailbox.
type world struct {
	*Service
	t      *testing.T
	db     *store.DB
	mu     sync.Mutex
	clock  time.Time
	queue  *jobs.Queue
	outbox *mail.Outbox
	anon   actor.Actor
}

// made is the password's hash; argon2id is dear.
var made = sync.OnceValues(func() (string, error) { return seal.NewPasswords().Hash(context.Background(), password) })

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), anon: actor.NewAnonymous(storetest.Org)}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	w.must(err)
	texts, err := i18n.New(i18n.Texts, email.Texts, notifications.Texts, orgs.Texts, portfolio.Texts, access.Texts, Texts)
	w.must(err)
	blobs, err := blob.Open(t.TempDir())
	w.must(err)
	o, err := orgs.New(orgs.Deps{DB: db, Now: w.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: access.EndStaffSessions})
	w.must(err)
	a := access.New(access.Deps{DB: db, Now: w.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: o, Sender: mail.Address{Addr: "portal@foyer.example"}})
	w.queue = jobs.New(db, w.now, slog.New(slog.DiscardHandler))
	w.outbox = mail.NewOutbox(w.now)
	told := notifications.New(db, w.now, w.outbox, w.queue)
	a.Register(w.queue, told)
	w.Service = New(Deps{DB: db, Now: w.now, Keys: keys, Texts: texts, Orgs: o, Access: a})
	w.Register(w.queue, told)
	w.settle()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
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

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Write(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

var (
	setSettings = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)
	addAccount  = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at) VALUES ($1, $2, 'resident', $3, $4, 1, 1)`)
	addPerson   = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
	addState    = store.Scoped(`INSERT INTO person_access (org_id, person_id, state, since) VALUES ($1, $2, 'confirmed', 1)`)
	addCheck    = store.Scoped(`INSERT INTO checklist (org_id, property_id, confirmed_by, confirmed_at) VALUES ($1, 'p1', 'x', 1)`)
)

// mode sets by which rule contact data change.
func (w *world) mode(m orgs.EmailChange) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, setSettings, `{"country":"DE","phone":"030 23125 100","email_change":"`+string(m)+`","erp_days":4}`)
		return err
	})
}

// settle fills the organisation: Marlene and Jonas, each with a flat and an
// account, in two properties.
func (w *world) settle() {
	w.t.Helper()
	w.mode(orgs.ChangeByERP)
	hash, err := made()
	w.must(err)
	w.write(func(tx *store.Tx) error {
		for i, n := range []string{"1", "2"} {
			name := []string{"Marlene", "Jonas"}[i]
			b := portfolio.Building{ID: "b" + n, PropertyID: "p" + n, Street: "Ahornallee", HouseNumber: "1" + n, Postcode: "12623", City: "Berlin", Country: "DE"}
			u := portfolio.Unit{ID: "u" + n, Label: "5", Usage: portfolio.Flat}
			u.Place(b)
			for _, err := range []error{
				portfolio.PutProperties(tx, w.now(), []portfolio.Property{{ID: "p" + n, Name: "Ahornallee 1" + n, Country: "DE", Region: "DE-BE", PortalOn: true, ReleasedAt: 1}}),
				portfolio.PutBuildings(tx, []portfolio.Building{b}), portfolio.PutUnits(tx, []portfolio.Unit{u}),
				portfolio.PutPersons(tx, w.now(), []portfolio.Person{{ID: "person" + n, Ref: "M-" + n, Salutation: portfolio.Mrs, FirstName: name, LastName: "Brandt", Language: "de", Email: oldAddress, Phone: "0171 39200 14"}}),
				portfolio.PutLeases(tx, w.now(), []portfolio.Lease{{ID: "l" + n, UnitID: "u" + n, Kind: portfolio.Rental, Ref: "V-" + n, StartsOn: "2020-01-01", Currency: "EUR"}}),
				portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: "l" + n, PersonID: "person" + n, Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever}}),
				w.account(tx, n, []string{oldAddress, "jonas@post.example"}[i], hash),
			} {
				if err != nil {
					return err
				}
			}
		}
		_, err := store.Exec(tx, addCheck)
		return err
	})
}

func (w *world) account(tx *store.Tx, n, address, hash string) error {
	if _, err := store.Exec(tx, addAccount, "account"+n, address, hash); err != nil {
		return err
	}
	if _, err := store.Exec(tx, addPerson, "account"+n, "person"+n); err != nil {
		return err
	}
	_, err := store.Exec(tx, addState, "person"+n)
	return err
}

// signIn signs a resident in and returns who that is then.
func (w *world) signIn(address, with string) (actor.Actor, access.SignedIn, error) {
	in, err := w.Access.SignIn(w.t.Context(), w.anon, access.ResidentSite, access.SignIn{Email: address, Password: with, Visit: access.Visit{IP: netip.MustParseAddr("192.0.2.7"), UserAgent: "Firefox"}})
	if err != nil {
		return actor.Actor{}, in, err
	}
	by, _, err := w.Access.Authenticate(w.t.Context(), storetest.Org, access.ResidentSite, in.Token)
	return by, in, err
}

func (w *world) mustSignIn(address, with string) (actor.Actor, access.SignedIn) {
	w.t.Helper()
	by, in, err := w.signIn(address, with)
	w.must(err)
	return by, in
}

// marlene is a resident with what holds for her as her wish, to be changed.
func (w *world) marlene() (actor.Actor, access.SignedIn, Wish) {
	w.t.Helper()
	by, in := w.mustSignIn(oldAddress, password)
	return by, in, w.wish(in)
}

func (w *world) wish(in access.SignedIn) Wish {
	return Wish{Person: "person1", Lease: "l1", Session: in.Session.ID, AuthAt: w.now(), Key: store.NewID(), Email: oldAddress, Mobile: "0171 39200 14"}
}

// asks sends a wish that must be taken.
func (w *world) asks(by actor.Actor, wish Wish) {
	w.t.Helper()
	n, err := w.Request(w.t.Context(), by, wish)
	w.must(err)
	if n == 0 {
		w.t.Fatal("nothing was asked for")
	}
	w.drain()
}

// asksForAddress lets Marlene ask for the new address.
func (w *world) asksForAddress() (actor.Actor, access.SignedIn) {
	w.t.Helper()
	by, in, wish := w.marlene()
	wish.Email = newAddress
	w.asks(by, wish)
	return by, in
}

// last returns Marlene's newest change.
func (w *world) last() (c Change) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		list, err := changes(tx, ofPerson, "person1", 1)
		if len(list) > 0 {
			c = list[0]
		}
		return err
	}))
	return c
}

func (w *world) drain() {
	w.t.Helper()
	_, err := w.queue.Drain(w.t.Context())
	w.must(err)
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

// token reads the token of the newest link with that path that an address got.
func (w *world) token(address, path string) string {
	w.t.Helper()
	for _, m := range w.mails(address) {
		if l := linkForm.FindStringSubmatch(m.Text); l != nil && l[1] == path {
			return l[2]
		}
	}
	w.t.Fatalf("no link %s to %s", path, address)
	return ""
}

// proves confirms the new address by the mailed link.
func (w *world) proves() Proof {
	w.t.Helper()
	p, err := w.ConfirmLink(w.t.Context(), w.anon, w.token(newAddress, VerifyPath))
	w.must(err)
	w.drain()
	return p
}

// login returns the user name of Marlene's account, "" when it is closed.
func (w *world) login() (address string) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		l, _, err := w.Access.LoginByID(tx, o, "account1")
		address = l.Email
		return err
	}))
	return address
}

// holds returns what holds for Marlene.
func (w *world) holds() (m map[portfolio.ContactField]string, person portfolio.Person) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		list, err := portfolio.PersonsByID(tx, []string{"person1"})
		if err != nil {
			return err
		}
		person = list[0]
		all, err := portfolio.Contacts(tx, w.now().Format(time.DateOnly), "DE", list)
		m = all["person1"]
		return err
	}))
	return m, person
}

// listSays is an import that says something new of Marlene.
func (w *world) listSays(change func(p *portfolio.Person)) {
	w.t.Helper()
	_, p := w.holds()
	change(&p)
	w.write(func(tx *store.Tx) error { return portfolio.PutPersons(tx, w.now(), []portfolio.Person{p}) })
	w.must(w.ConfirmCarried(w.t.Context(), actor.NewOperator(storetest.Org)))
	w.drain()
}

func (w *world) manager(properties ...string) actor.Actor {
	return actor.NewStaff(storetest.Org, "account-s", "staff-s", "Jette Petersen", actor.Manager, len(properties) > 0, properties)
}

func (w *world) confirmsLast() {
	w.t.Helper()
	out, err := w.Confirm(w.t.Context(), w.manager(), []string{w.last().ID})
	w.must(err)
	if out.Confirmed != 1 {
		w.t.Fatalf("%+v", out)
	}
	w.drain()
}

// sweeps runs the job of this package.
func (w *world) sweeps() {
	w.t.Helper()
	w.must(w.sweep(w.t.Context(), actor.NewJob(storetest.Org, sweepJob), jobs.Job{}))
	w.drain()
}

// isState ends the test unless Marlene's newest change is in a state.
func (w *world) isState(want State, reason string) {
	w.t.Helper()
	if c := w.last(); c.State != want || c.Reason != reason {
		w.t.Fatalf("%s (%s), want %s (%s)", c.State, c.Reason, want, reason)
	}
}

// clean fails when a mail lacks a text or says something personal.
func (w *world) clean() {
	w.t.Helper()
	for _, c := range w.outbox.Messages() {
		m := c.Message
		for _, part := range []string{m.Subject, m.Text, m.HTML} {
			for _, bad := range []string{"[contactchanges.", "[access.", "Marlene", "Brandt", "39200", newAddress, oldAddress, "Via Esempio"} {
				if strings.Contains(part, bad) {
					w.t.Errorf("a mail has %q:\n%s", bad, m.Text)
				}
			}
		}
	}
}
