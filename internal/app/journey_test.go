package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
)

// TestJourneys goes through the main job as people do, in the demo that
// everybody can start: a manager with a wide screen, a resident with a phone and
// no script.
func TestJourneys(t *testing.T) {
	for name, w := range map[string]browsertest.Window{
		"wide with script":     {Width: 1280, Height: 900},
		"phone without script": {Width: 390, NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &journey{file: startDemo(t), browser: browsertest.Start(t), window: w, seen: map[string]bool{}}
			t.Run("1 demo", j.demo)
			t.Run("2 import", j.importList)
			t.Run("3 property", j.property)
			t.Run("3 letters", j.letters)
			t.Run("3 release", j.release)
			t.Run("4 register", j.register)
			t.Run("4 leases", j.leases)
			t.Run("4 password and devices", j.ownAccess)
			t.Run("4 forgotten password", j.forgotten)
			t.Run("5 today", j.today)
		})
	}
}

// journey is one demo and one kind of visitor. Its steps build on each other.
type journey struct {
	file    demoFile
	browser *browsertest.Browser
	window  browsertest.Window
	seen    map[string]bool // pages that were looked at
}

// startDemo runs the demo until the test ends.
func startDemo(t *testing.T) (file demoFile) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	dir, up, end := t.TempDir(), make(chan string, 1), make(chan error, 1)
	go func() {
		end <- Demo(ctx, DemoOptions{Listen: "127.0.0.1:0", Dir: dir, Out: io.Discard, Err: t.Output(), Ready: func(base string) { up <- base }})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-end; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the demo ends with %v", err)
		}
	})
	select {
	case <-up:
	case err := <-end:
		end <- err
		t.Fatalf("the demo does not start: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// lindhof is the organisation that the journeys are about.
func (j *journey) lindhof() demoOrg { return j.file.Organisations[0] }

// origin is where an organisation's pages begin.
func origin(o demoOrg) string { return strings.TrimSuffix(o.URL, "/anmelden") }

// visit opens a tab of its own, as the journey's visitor sees it.
func (j *journey) visit(t *testing.T) *browsertest.Page {
	t.Helper()
	return j.browser.OpenFor(t, j.window)
}

// look checks a page once under its name: nothing refused or broken, no barrier,
// nothing cut off on small screens. With FOYER_SHOTS it takes pictures too.
func (j *journey) look(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	p.Quiet()
	if j.seen[name] {
		return
	}
	j.seen[name] = true
	if key := lacking.FindString(p.Text("")); key != "" {
		t.Errorf("%s lacks the text %s", name, key)
	}
	p.Axe()
	p.Quiet() // what the check itself trips over belongs to this page
	widths := []int{320, 390, 1280}
	for _, width := range widths {
		w := j.window
		w.Width = width
		p.Look(w)
		p.Fits()
		if width == 320 || os.Getenv("FOYER_SHOTS") == "" {
			continue
		}
		p.Shot(name)
		w.Dark = true
		p.Look(w)
		p.Shot(name)
	}
	p.Look(j.window)
}

// lacking is how a sentence without text looks.
var lacking = regexp.MustCompile(`\[[a-z]+(\.[a-z_0-9-]+)+\]`)

// signIn signs in at a sign-in form.
func signIn(p *browsertest.Page, url, email, password string) {
	p.Go(url)
	p.Fill("E-Mail-Adresse", email)
	p.Fill("Passwort", password)
	p.Follow("Anmelden")
}

// mail waits for the newest mail to an address with that subject and opens it.
func (j *journey) mail(t *testing.T, to, subject string) *browsertest.Page {
	t.Helper()
	p, box := j.visit(t), origin(j.lindhof())+"/demo/outbox"
	for range 300 {
		p.Go(box)
		if href := p.Eval(fmt.Sprintf(`(() => {
			for (const e of document.querySelectorAll("main li"))
				if (e.textContent.includes(%q) && e.textContent.includes(%q)) return e.querySelector("a").href;
			return "";
		})()`, to, subject)); href != "" {
			j.look(t, p, "demo-postausgang")
			p.Go(href)
			j.look(t, p, "demo-mail")
			return p
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("no mail %q for %s", subject, to)
	return nil
}

// link is the address in an opened mail that holds a part.
func link(p *browsertest.Page, part string) string {
	return p.Eval(fmt.Sprintf(`([...document.querySelectorAll("main a")].map(a => a.href).find(h => h.includes(%q)) || "")`, part))
}

// demo proves point 1: addresses and logins of demo.json lead inside.
func (j *journey) demo(t *testing.T) {
	if len(j.file.Organisations) != 2 {
		t.Fatalf("the demo has %d organisations", len(j.file.Organisations))
	}
	for _, o := range j.file.Organisations {
		p := j.visit(t)
		p.Go(o.URL)
		j.look(t, p, "anmelden")
		p.Follow("Anmelden")
		p.Shows("Geben Sie Ihr Passwort ein")
		j.look(t, p, "anmelden-fehler")
		for _, l := range o.Residents {
			p := j.visit(t)
			signIn(p, o.URL, l.Email, l.Password)
			p.Shows("Guten Tag", "Ihre Verwaltung", l.Email)
			j.look(t, p, "start-"+o.Slug)
		}
		for _, l := range o.Staff {
			p := j.visit(t)
			p.Go(o.StaffURL)
			j.look(t, p, "verwaltung-anmelden")
			signIn(p, o.StaffURL, l.Email, l.Password)
			if !strings.HasPrefix(p.URL(), "/verwaltung") || p.Status() != 200 || p.Has("Passwort vergessen?") {
				t.Errorf("%s comes to %s, status %d", l.Email, p.URL(), p.Status())
			}
			j.look(t, p, "verwaltung-heute-"+o.Slug)
		}
	}
	p := j.visit(t)
	p.Go(origin(j.lindhof()) + "/gibt-es-nicht")
	if p.Status() != 404 {
		t.Errorf("an unknown address answers %d", p.Status())
	}
	p.Shows("030 23125 900")
	j.look(t, p, "fehler-404")
}
