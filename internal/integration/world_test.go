package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/contactchanges"
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

var noon = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

// testWorld is the service over a database, with its queue and clock.
type testWorld struct {
	*Service
	t     testing.TB
	db    *store.DB
	queue *jobs.Queue
	mu    sync.Mutex
	clock time.Time

	contacts *contactchanges.Service
	outbox   *mail.Outbox
}

func newTest(t testing.TB, db *store.DB) *testWorld {
	t.Helper()
	w := &testWorld{t: t, db: db, clock: noon}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.New(i18n.Texts, Texts, email.Texts, portfolio.Texts, orgs.Texts, notifications.Texts, access.Texts, contactchanges.Texts)
	if err != nil {
		t.Fatal(err)
	}
	w.queue = jobs.New(db, w.now, slog.New(slog.DiscardHandler))
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	o, err := orgs.New(orgs.Deps{DB: db, Now: w.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: access.EndStaffSessions})
	if err != nil {
		t.Fatal(err)
	}
	in := access.New(access.Deps{DB: db, Now: w.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: o, Sender: mail.Address{Addr: "portal@foyer.example"}})
	w.contacts = contactchanges.New(contactchanges.Deps{DB: db, Now: w.now, Keys: keys, Texts: texts, Orgs: o, Access: in})
	w.outbox = mail.NewOutbox(w.now)
	told := notifications.New(db, w.now, w.outbox, w.queue)
	w.contacts.Register(w.queue, told)
	w.Service = New(Deps{DB: db, Now: w.now, Blobs: blobs, Texts: texts, Contacts: w.contacts}, w.queue)
	return w
}

func (w *testWorld) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *testWorld) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

var operator = actor.NewOperator(storetest.Org)

// outcome is what the command prints.
type outcome struct {
	Result
	Rejections  []Rejection  `json:"rejections"`
	WarningList []Rejection  `json:"warning_list"`
	EndingList  []EndingLine `json:"ending_list"`
	run         Run
}

// list imports a text file and returns what the command would report.
func (w *testWorld) list(text string, o Options) outcome {
	w.t.Helper()
	return w.bytes([]byte(text), o)
}

func (w *testWorld) bytes(data []byte, o Options) outcome {
	w.t.Helper()
	r, err := w.ImportFile(w.t.Context(), operator, bytes.NewReader(data), "liste.csv", o)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.outcome(r)
}

func (w *testWorld) outcome(r Run) (out outcome) {
	w.t.Helper()
	var b bytes.Buffer
	if err := w.WriteJSON(w.t.Context(), operator, r, w.texts.Printer("en"), &b); err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		w.t.Fatalf("%v in %s", err, b.Bytes())
	}
	if len(out.Rejections) != out.Rejected || len(out.WarningList) != out.Warnings || len(out.EndingList) != out.Ending {
		w.t.Errorf("lists of %d, %d and %d for %+v", len(out.Rejections), len(out.WarningList), len(out.EndingList), out.Result)
	}
	out.run = r
	return out
}

// counts is the short form that tests compare: new, changed, unchanged,
// rejected.
func (o outcome) counts() string {
	return fmt.Sprintf("%d+%d~%d=%d-", o.New, o.Changed, o.Unchanged, o.Rejected)
}

func (w *testWorld) want(what string, got outcome, want string) {
	w.t.Helper()
	if got.counts() != want {
		w.t.Errorf("%s: %s, want %s; rejected: %v", what, got.counts(), want, got.Rejections)
	}
}

// exec runs a statement of a test's own.
func (w *testWorld) exec(q store.Query, args ...any) {
	w.t.Helper()
	err := w.db.Write(w.t.Context(), operator.Scope(), func(_ context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, q, args...)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *testWorld) strings(q store.Query, args ...any) (out []string) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), operator.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		out, err = store.List[string](tx, q, args...)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// everything is the organisation's portfolio as text, without ids and times.
func (w *testWorld) everything() string {
	w.t.Helper()
	var b strings.Builder
	for _, q := range []store.Query{dumpProperties, dumpUnits, dumpPersons, dumpLeases, dumpConsents} {
		for _, s := range w.strings(q) {
			b.WriteString(s + "\n")
		}
	}
	return b.String()
}

var (
	dumpProperties = store.Scoped(`SELECT 'property|' || p.ref || '|' || p.name || '|' || b.street || '|' || b.house_number || '|' || b.postcode || '|' || b.city || '|' || b.country
		FROM property p JOIN building b ON b.org_id = p.org_id AND b.property_id = p.id WHERE p.org_id = $1 ORDER BY 1`)
	dumpUnits = store.Scoped(`SELECT 'unit|' || p.ref || '|' || b.street || ' ' || b.house_number || '|' || u.ref || '|' || u.label || '|' || u.stairwell || '|' || u.floor || '|' || u.usage || '|' || u.area_cm2 || '|' || u.rooms_tenth || '|' || u.match_key
		FROM unit u JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id JOIN building b ON b.org_id = u.org_id AND b.id = u.building_id WHERE u.org_id = $1 ORDER BY 1`)
	dumpPersons = store.Scoped(`SELECT 'person|' || ref || '|' || salutation || '|' || title || '|' || first_name || '|' || last_name || '|' || company || '|' || language || '|' || email || '|' || phone || '|' || post_name || '|' || post_street
		FROM person WHERE org_id = $1 ORDER BY 1`)
	dumpLeases = store.Scoped(`SELECT 'lease|' || u.ref || u.label || '|' || l.kind || '|' || l.ref || '|' || l.starts_on || '|' || l.ends_on || '|' || l.until || '|' || l.rent_net || '|' || l.currency || '|' || coalesce(p.first_name || ' ' || p.last_name || p.company, '-') || '|' || coalesce(lp.role || '|' || lp.from_day || '|' || lp.to_day, '-')
		FROM lease l JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id LEFT JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id
		LEFT JOIN person p ON p.org_id = l.org_id AND p.id = lp.person_id WHERE l.org_id = $1 ORDER BY 1`)
	dumpConsents = store.Scoped(`SELECT 'consent|' || p.last_name || '|' || c.address || '|' || c.given_on || '|' || CASE WHEN c.withdrawn_at > 0 THEN 'withdrawn' ELSE 'in force' END
		FROM consent c JOIN person p ON p.org_id = c.org_id AND p.id = c.person_id WHERE c.org_id = $1 ORDER BY 1`)
)

// csv joins cells to a file with canonical headings.
func csv(header string, rows ...string) string {
	return header + "\n" + strings.Join(rows, "\n") + "\n"
}

const small = "property_ref;property_name;street;house_number;postcode;city;unit_ref;unit_label;floor;area_m2;lease_ref;lease_start;lease_end;rent_net;person_ref;role;first_name;last_name;email;phone"

// house12 is a list of four persons in three units.
func house12() []string {
	return []string{
		"P1;Ahornallee 10–16;Ahornallee;12;12623;Berlin;12-01;Whg 1;EG;54,5;L1;01.02.2020;;812,50;M1;contract_party;Marlene;Brandt;marlene@post.example;030 1234567",
		"P1;Ahornallee 10–16;Ahornallee;12;12623;Berlin;12-01;Whg 1;EG;54,5;L1;01.02.2020;;812,50;M2;co_resident;Jonas;Brandt;;",
		"P1;Ahornallee 10–16;Ahornallee;14;12623;Berlin;14-06;Whg 6;2. OG;71;L2;15.06.2021;;1.004,00;M3;contract_party;Aaron;Feld;aaron@post.example;",
		"P1;Ahornallee 10–16;Ahornallee;14;12623;Berlin;14-P3;Stellplatz 3;;;L3;15.06.2021;;45,00;M3;contract_party;Aaron;Feld;;",
	}
}
