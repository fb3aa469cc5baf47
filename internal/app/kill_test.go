package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/access"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

const (
	killedRows    = 4000 // four transactions of an import
	killedHomes   = 700  // three of a batch of letters
	killedLetters = killedHomes * 9 / 10
	killedRound   = 6 // kills of one installation; more begin anew
)

// TestT36_T37_NothingIsLostOrDoubledByKill ends the built program with kill -9
// in the middle of its work, several times, lets it go on, and compares with
// what nobody disturbed. scripts/soak does it 200 times.
func TestT36_T37_NothingIsLostOrDoubledByKill(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "foyer")
	if out, err := exec.Command("go", "build", "-o", bin, "foyer/cmd/foyer").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Run("import on sqlite", func(t *testing.T) { killImport(t, bin, storetest.SQLite, kills(4)) })
	t.Run("import on postgres", func(t *testing.T) { killImport(t, bin, storetest.Postgres, kills(3)) })
	t.Run("import again at once", func(t *testing.T) {
		killAndAgain(t, bin, storetest.SQLite)
		killAndAgain(t, bin, storetest.Postgres)
	})
	t.Run("letters before they are saved", func(t *testing.T) { newSite(t, bin, storetest.SQLite(t)).killBeforeSaving() })
	t.Run("letters and server", func(t *testing.T) { killLetters(t, bin, kills(3)) })
}

// kills is how often a test kills: n, or FOYER_KILLS.
func kills(n int) int {
	if s := os.Getenv("FOYER_KILLS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			panic("FOYER_KILLS is not a number")
		}
	}
	return n
}

// site is an installation that a test runs commands in.
type site struct {
	t     *testing.T
	bin   string
	dir   string
	fresh storetest.Fresh
	by    actor.Actor
	real  bool // time passes as it does
}

func newSite(t *testing.T, bin string, fresh storetest.Fresh) *site {
	return &site{t: t, bin: bin, dir: t.TempDir(), fresh: fresh, by: actor.NewOperator(storetest.Org)}
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) command(out io.Writer, args ...string) *exec.Cmd {
	c := exec.Command(s.bin, args...)
	c.Env = append(os.Environ(), "FOYER_DATABASE="+s.fresh.URL, "FOYER_BLOBS="+s.path("blobs"), "FOYER_SECRET_FILE="+s.path("secret"),
		"FOYER_BASE_URL=https://a.example", "FOYER_LISTEN=127.0.0.1:0", "FOYER_SMTP_URL=", "FOYER_LOG_LEVEL=info", "FOYER_LOG_FORMAT=text")
	c.Stdout, c.Stderr = out, out
	return c
}

// run runs a command to its end and returns what it printed.
func (s *site) run(args ...string) string {
	s.t.Helper()
	var out strings.Builder
	if err := s.command(&out, args...).Run(); err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out.String())
	}
	return out.String()
}

// kill starts a command and kills it once ripe says so, or at the latest after
// a while; killed is false when it ended by itself before.
func (s *site) kill(ripe func() bool, latest time.Duration, args ...string) (killed bool) {
	s.t.Helper()
	var out strings.Builder
	c := s.command(&out, args...)
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for end := time.Now().Add(latest); time.Now().Before(end) && !ripe(); {
		select {
		case err := <-ended:
			if err != nil {
				s.t.Fatalf("%v: %v\n%s", args, err, out.String())
			}
			return false
		case <-time.After(2 * time.Millisecond):
		}
	}
	if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatal(err)
	}
	<-ended
	if !s.real {
		s.silence()
	}
	return c.ProcessState.Sys().(syscall.WaitStatus).Signaled()
}

var (
	silentRuns  = store.Scoped(`UPDATE import_run SET worked_at = worked_at - 300000000 WHERE org_id = $1 AND state IN ('applying', 'undoing')`)
	silentHolds = store.Scoped(`UPDATE import_hold SET till = 0 WHERE org_id = $1`)
	silentJobs  = store.Scoped(`UPDATE job SET lease_till = 0 WHERE org_id = $1 AND state = 'running'`)
)

// silence lets the minutes pass after which a worker that gives no sign of
// life counts as dead.
func (s *site) silence() {
	s.t.Helper()
	err := s.fresh.DB.Write(s.t.Context(), s.by.Scope(), func(_ context.Context, tx *store.Tx) error {
		for _, q := range []store.Query{silentRuns, silentHolds, silentJobs} {
			if _, err := store.Exec(tx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) number(q store.Query, args ...any) (n int) {
	s.t.Helper()
	err := s.fresh.DB.Read(s.t.Context(), s.by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		n, err = store.Value[int](tx, q, args...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// open opens the house over the same data, in this process.
func (s *site) open(fn func(a *App)) {
	s.t.Helper()
	cfg := Config{Database: s.fresh.URL, Blobs: s.path("blobs"), SecretFile: s.path("secret"), BaseURL: "https://a.example", LogLevel: "info", LogFormat: "text"}
	a, err := Open(s.t.Context(), cfg, Options{Log: io.Discard, Sender: mail.NewOutbox(time.Now), From: mail.Address{Addr: "portal@a.example"}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Close()
	fn(a)
}

// list writes a resident list: people of one property each, two to a lease
// every tenth time, with consents.
func (s *site) list(rows, perProperty int) string {
	var b strings.Builder
	b.WriteString("property_ref;property_name;street;house_number;postcode;city;unit_ref;unit_label;floor;usage;uvi_needed;lease_ref;lease_start;rent_net;person_ref;role;first_name;last_name;email;email_consent_on\n")
	for i := range rows {
		unit := i - i%10/9 // the tenth shares the ninth's home
		role := "Mieter"
		if unit != i {
			role = "Mitbewohner"
		}
		fmt.Fprintf(&b, "P-%[1]d;Anlage %[1]d;Ahornallee;%[2]d;01067;Dresden;U%[3]d;Whg %[3]d;%[4]d. OG;Wohnung;ja;V%[3]d;01.03.2024;%[5]d,50;M%[6]d;%[7]s;Petra;Sommer-%[6]d;p%[6]d@post.example;01.03.2024\n",
			i/perProperty+1, unit/20+1, unit, unit%5+1, 500+unit%300, i, role)
	}
	path := s.path("liste.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// contents are the rows of the portfolio by their natural keys.
var contents = []store.Query{
	store.Scoped(`SELECT p.ref || '|' || p.name || '|' || p.postcode || '|' || p.city FROM property p WHERE p.org_id = $1`),
	store.Scoped(`SELECT p.ref || '|' || b.street || '|' || b.house_number FROM building b JOIN property p ON p.org_id = b.org_id AND p.id = b.property_id WHERE b.org_id = $1`),
	store.Scoped(`SELECT p.ref || '|' || b.house_number || '|' || u.ref || '|' || u.label || '|' || u.floor || '|' || u.usage || '|' || CASE WHEN u.uvi_needed THEN 'y' ELSE 'n' END
		FROM unit u JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id JOIN building b ON b.org_id = u.org_id AND b.id = u.building_id WHERE u.org_id = $1`),
	store.Scoped(`SELECT pe.ref || '|' || pe.first_name || '|' || pe.last_name || '|' || pe.email FROM person pe WHERE pe.org_id = $1`),
	store.Scoped(`SELECT l.ref || '|' || u.ref || '|' || l.starts_on || '|' || l.until || '|' || l.rent_net
		FROM lease l JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id WHERE l.org_id = $1`),
	store.Scoped(`SELECT l.ref || '|' || pe.ref || '|' || lp.role || '|' || lp.from_day || '|' || lp.to_day FROM lease_person lp
		JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id JOIN person pe ON pe.org_id = lp.org_id AND pe.id = lp.person_id WHERE lp.org_id = $1`),
	store.Scoped(`SELECT pe.ref || '|' || c.address || '|' || c.given_on || '|' || c.withdrawn_at
		FROM consent c JOIN person pe ON pe.org_id = c.org_id AND pe.id = c.person_id WHERE c.org_id = $1`),
}

func (s *site) contents() (out [][]string) {
	s.t.Helper()
	err := s.fresh.DB.Read(s.t.Context(), s.by.Scope(), func(_ context.Context, tx *store.Tx) error {
		for _, q := range contents {
			list, err := store.List[string](tx, q)
			if err != nil {
				return err
			}
			out = append(out, sorted(list))
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

var persons = store.Scoped(`SELECT count(*) FROM person WHERE org_id = $1`)

// killImport kills two times of three as soon as another batch of rows is in,
// else at any moment.
func killImport(t *testing.T, bin string, fresh func(testing.TB) storetest.Fresh, times int) {
	calm := newSite(t, bin, fresh(t))
	start := time.Now()
	calm.run("import", "residents", "--org", "a", calm.list(killedRows, 400))
	took := time.Since(start)
	want := calm.contents()
	if n := len(want[3]); n != killedRows {
		t.Fatalf("%d persons", n)
	}

	for left := times; left > 0; left -= killedRound {
		newSite(t, bin, fresh(t)).killImport(want, took, min(left, killedRound))
	}
}

// killImport is one round: it kills and lets the import go on to its end.
func (s *site) killImport(want [][]string, took time.Duration, times int) {
	t := s.t
	t.Helper()
	twin := s.fresh.Digest(t, storetest.Twin)
	file := s.list(killedRows, 400)
	died, halfway := 0, false
	for k := range times {
		before := s.number(persons)
		ripe, latest := func() bool { return s.number(persons) > before }, 20*took
		if k%3 == 2 || before == killedRows {
			ripe, latest = func() bool { return false }, rand.N(took)/2
		}
		if s.kill(ripe, latest, "import", "residents", "--org", "a", file) {
			died++
		}
		n := s.number(persons)
		halfway = halfway || n > 0 && n < killedRows
	}
	if died == 0 || !halfway {
		t.Errorf("killed %d times, halfway %v: nothing was tried", died, halfway)
	}
	start := time.Now()
	out := s.run("import", "residents", "--org", "a", "--json", file)
	t.Logf("undisturbed %v, the rest after %d kills %v: %s", took, died, time.Since(start), out)
	if diff := cmp.Diff(want, s.contents()); diff != "" {
		t.Errorf("not what an undisturbed import makes (-want +got):\n%s", diff)
	}
	if out := s.run("import", "residents", "--org", "a", "--json", file); !strings.Contains(out, fmt.Sprintf(`"unchanged":%d,`, killedRows)) {
		t.Errorf("the same list again: %s", out)
	}
	s.fresh.SameTwin(t, twin)
}

// killAndAgain kills an import and starts the same at once, with no clock moved:
// it waits some seconds, says so, and brings in the rest.
func killAndAgain(t *testing.T, bin string, fresh func(testing.TB) storetest.Fresh) {
	s := newSite(t, bin, fresh(t))
	s.real = true
	file := s.list(killedRows, 400)
	if !s.kill(func() bool { return s.number(persons) > 0 }, time.Minute, "import", "residents", "--org", "a", file) || s.number(persons) == killedRows {
		t.Fatalf("%d persons: the import was not killed on its way", s.number(persons))
	}
	start := time.Now()
	out := s.run("import", "residents", "--org", "a", file)
	took := time.Since(start)
	t.Logf("again in %v", took)
	if took > 40*time.Second || !strings.Contains(out, "Another import is being applied or undone, or has just died.") {
		t.Errorf("again after %v:\n%s", took, out)
	}
	if n := s.number(persons); n != killedRows {
		t.Errorf("%d persons", n)
	}
}

// release opens the only property, which plans its letters (A4).
func (s *site) release() (property string) {
	s.t.Helper()
	s.run("import", "residents", "--org", "a", s.list(killedHomes, killedHomes))
	s.open(func(a *App) {
		seed := &seeder{demoRun: &demoRun{App: a}, by: s.by}
		if err := seed.release([]string{"P-1"})(s.t.Context()); err != nil {
			s.t.Fatal(a.plain(err))
		}
		p, err := seed.property(s.t.Context(), "P-1")
		if err != nil {
			s.t.Fatal(err)
		}
		property = p.ID
	})
	return property
}

// batch returns the only batch of letters.
func (s *site) batch(property string) (b access.Batch) {
	s.t.Helper()
	s.open(func(a *App) {
		list, err := a.Access.Batches(s.t.Context(), s.by, property, 10)
		if err != nil || len(list) != 1 {
			s.t.Fatalf("%d batches, %v", len(list), err)
		}
		b = list[0]
	})
	return b
}
