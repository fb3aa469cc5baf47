package app

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

var (
	allCodes  = store.Scoped(`SELECT count(*) FROM access_code WHERE org_id = $1`)
	liveCodes = store.Scoped(`SELECT count(DISTINCT person_id) FROM access_code WHERE org_id = $1 AND used_at = 0 AND revoked_at = 0 AND expires_at > $2`)
	openJobs  = store.Scoped(`SELECT count(*) FROM job WHERE org_id = $1 AND kind = 'access.letters'`)
	readyOnes = store.Scoped(`SELECT count(*) FROM letter_batch WHERE org_id = $1 AND state = 'ready'`)
)

// killLetters kills foyer letters, then foyer serve, while they write a batch;
// a server that is started again ends it.
func killLetters(t *testing.T, bin string, times int) {
	calm := newSite(t, bin, storetest.SQLite(t))
	calm.release()
	start := time.Now()
	calm.run("letters", "--org", "a", "--property", "P-1", "--out", calm.path("l.pdf"), "--manifest", calm.path("l.csv"))
	took := time.Since(start)
	text, err := os.ReadFile(calm.path("l.csv"))
	if err != nil {
		t.Fatal(err)
	}

	for left := times; left > 0; left -= killedRound {
		newSite(t, bin, storetest.SQLite(t)).killLetters(string(text), took, min(left, killedRound))
	}
}

// killBeforeSaving kills foyer letters when the batch is ready and its file not
// yet saved: nobody reads the pipe that it writes into. The next call hands the
// same letters out.
func (s *site) killBeforeSaving() {
	t := s.t
	t.Helper()
	s.release()
	pipe := s.path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if !s.kill(func() bool { return s.number(readyOnes) == 1 }, time.Minute, "letters", "--org", "a", "--property", "P-1", "--out", pipe) {
		t.Fatal("the command ended before it was killed")
	}
	codes := s.number(allCodes)
	out := s.run("letters", "--org", "a", "--property", "P-1", "--out", s.path("letters.pdf"), "--manifest", s.path("l.csv"))
	if !strings.Contains(out, "never fetched") || !strings.Contains(out, fmt.Sprintf("%d letters in ", killedLetters)) {
		t.Errorf("the letters of a killed command: %s", out)
	}
	if n := s.number(allCodes); n != codes || n != killedLetters {
		t.Errorf("%d codes, before %d", n, codes)
	}
	s.open(func(a *App) { s.checkPaper(a) })
	var log strings.Builder
	if err := s.command(&log, "letters", "--org", "a", "--property", "P-1", "--out", s.path("more.pdf")).Run(); err == nil {
		t.Errorf("handed out a second time: %s", log.String())
	}
}

// killLetters is one round.
func (s *site) killLetters(calm string, took time.Duration, times int) {
	t := s.t
	t.Helper()
	property := s.release()
	died := 0
	for k := range times {
		before := s.number(allCodes)
		ripe, latest := func() bool { return s.number(allCodes) > before }, 20*took
		if k%3 == 2 || before == killedLetters {
			ripe, latest = func() bool { return false }, rand.N(took)/2
		}
		if s.number(readyOnes) == 0 && s.kill(ripe, latest, "letters", "--org", "a", "--property", "P-1", "--out", s.path("x.pdf")) {
			died++
		}
	}
	if died == 0 || s.number(allCodes) == 0 {
		t.Errorf("killed %d times, %d codes: nothing was tried", died, s.number(allCodes))
	}
	first := s.serve()
	time.Sleep(rand.N(took) / 2)
	first.end(syscall.SIGKILL)
	s.silence()
	again := s.serve()
	for end := time.Now().Add(time.Minute); s.number(readyOnes) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the batch is not ready after a minute\n" + again.log.String())
		}
	}
	if r := again.get("/anmelden"); r.StatusCode != http.StatusOK {
		t.Errorf("the sign-in page answers %d", r.StatusCode)
	}
	if err := again.end(syscall.SIGTERM); err != nil {
		t.Errorf("the server did not stop in order: %v", err)
	}
	t.Logf("undisturbed %v; ready %v after the start, %v after kill -9", took, first.took, again.took)
	// Starting is opening a database and a port; a second is plenty, ten are
	// for a busy machine.
	if again.took > 10*time.Second {
		t.Errorf("ready only %v after kill -9", again.took)
	}
	s.checkLetters(property, calm)
}

// checkLetters compares with the manifest of an undisturbed run, and looks at
// every code on paper.
func (s *site) checkLetters(property, calm string) {
	t := s.t
	t.Helper()
	b := s.batch(property)
	if b.State != access.BatchReady || b.Total != killedLetters || b.Done != killedLetters || b.Failed != 0 {
		t.Errorf("batch %s: %d of %d, %d failed", b.State, b.Done, b.Total, b.Failed)
	}
	if all, live := s.number(allCodes), s.number(liveCodes, store.Micros(time.Now())); all != killedLetters || live != killedLetters {
		t.Errorf("%d codes, %d persons with a live one", all, live)
	}
	if n := s.number(openJobs); n != 0 {
		t.Errorf("%d jobs are left", n)
	}
	s.open(func(a *App) {
		manifest, err := a.Access.Manifest(t.Context(), s.by, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutBatch(t, strings.NewReader(calm)), withoutBatch(t, manifest.Body)); diff != "" {
			t.Errorf("not the letters of an undisturbed run (-want +got):\n%s", diff)
		}
		pdf, err := a.Access.Letters(t.Context(), s.by, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := save(s.path("letters.pdf"), pdf); err != nil {
			t.Fatal(err)
		}
		s.checkPaper(a)
	})
}

var printedCode = regexp.MustCompile(`\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b`)

// checkPaper looks for one page per person, each with a code that opens.
func (s *site) checkPaper(a *App) {
	t := s.t
	t.Helper()
	out, err := exec.Command("pdftotext", "-layout", s.path("letters.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	if len(pages) != killedLetters {
		t.Errorf("%d pages", len(pages))
	}
	seen := map[string]bool{}
	for i, page := range pages {
		code := printedCode.FindString(page)
		err := a.Access.LookAtLink(t.Context(), actor.NewAnonymous(storetest.Org),
			access.Entered{Code: code, Visit: access.Visit{IP: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})}})
		if code == "" || err != nil || seen[code] {
			t.Fatalf("page %d: the printed code does not open (%v), or stands twice", i+1, err)
		}
		seen[code] = true
	}
}

// withoutBatch reads a manifest, without the batch's id in the last column.
func withoutBatch(t *testing.T, r io.Reader) (out []string) {
	t.Helper()
	in := csv.NewReader(skipMark(r))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != killedLetters+1 {
		t.Errorf("the manifest has %d rows", len(rows))
	}
	for _, row := range rows {
		out = append(out, strings.Join(row[:len(row)-1], "|"))
	}
	return out
}

// skipMark leaves out a byte order mark.
func skipMark(r io.Reader) io.Reader {
	var mark [3]byte
	n, _ := io.ReadFull(r, mark[:])
	if string(mark[:n]) == "\ufeff" {
		return r
	}
	return io.MultiReader(strings.NewReader(string(mark[:n])), r)
}

// server is a running foyer serve.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	addr string
	log  *logBuffer
	took time.Duration // from the start until /readyz said so
}

// logBuffer collects a log while somebody reads it.
type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var listening = regexp.MustCompile(`msg=listening addr=(\S+)`)

// serve starts foyer serve and waits until /readyz says that it is ready.
func (s *site) serve() *server {
	s.t.Helper()
	v := &server{t: s.t, log: &logBuffer{}}
	v.cmd = s.command(v.log, "serve")
	start := time.Now()
	if err := v.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { v.cmd.Process.Kill() })
	for end := start.Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			v.end(syscall.SIGKILL)
			s.t.Fatalf("not ready after half a minute\n%s", v.log)
		}
		if m := listening.FindStringSubmatch(v.log.String()); m != nil {
			v.addr = m[1]
			if v.get("/readyz").StatusCode == http.StatusOK {
				break
			}
		}
	}
	v.took = time.Since(start)
	return v
}

func (v *server) get(path string) *http.Response {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, "http://"+v.addr+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Host = "a.example"
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		v.t.Fatal(fmt.Errorf("%w\n%s", err, v.log))
	}
	res.Body.Close()
	return res
}

// end sends a signal and waits for the end.
func (v *server) end(sig syscall.Signal) error {
	v.t.Helper()
	if err := v.cmd.Process.Signal(sig); err != nil {
		v.t.Fatal(err)
	}
	return v.cmd.Wait()
}
