package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `<!doctype html><html lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Gut</title></head>
<body><main><h1>Guten Tag</h1><form action="/zwei"><label for="a">Name</label> <input id="a" name="name"> <label for="b">Land</label> <select id="b" name="land"><option value="de">Deutschland<option value="dk">Dänemark</select> <button>Weiter</button></form><p id="s">ohne</p></main><script>document.getElementById("s").textContent = "mit"</script></body></html>`

const bad = `<!doctype html><html><head><meta name="viewport" content="width=device-width, initial-scale=1"><title>Schlecht</title></head><body><main><h1 style="width:900px">Breit</h1><img src="data:," width=5><input></main><script src="/assets/fehlt.js"></script><script>kein.Wort()</script></body></html>`

func server(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, good) })
	mux.HandleFunc("/schlecht", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, bad) })
	mux.HandleFunc("/streng", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'none'")
		fmt.Fprint(w, good)
	})
	mux.HandleFunc("/datei", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="brief.pdf"`)
		fmt.Fprint(w, "%PDF")
	})
	mux.HandleFunc("/bringen", func(w http.ResponseWriter, r *http.Request) {
		if f, head, err := r.FormFile("liste"); err == nil {
			data, _ := io.ReadAll(f)
			fmt.Fprintf(w, "<!doctype html><p>%s: %s</p>", head.Filename, data)
			return
		}
		fmt.Fprint(w, `<!doctype html><form method="post" enctype="multipart/form-data"><label for="l">Liste</label><input id="l" type="file" name="liste"><button>Senden</button></form><a href="/datei">Holen</a>`)
	})
	mux.HandleFunc("/zwei", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "keks", Value: "1"})
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, "<!doctype html><title>Zwei</title><p>%s, %s</p>", r.FormValue("name"), r.Header.Get("Accept-Language"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// hears collects what a page reports instead of failing the test around it.
type hears struct {
	testing.TB
	said []string
}

func (h *hears) Helper() {}

func (h *hears) Errorf(format string, args ...any) {
	h.said = append(h.said, fmt.Sprintf(format, args...))
}

func TestAPageIsUsedLikeAPersonDoes(t *testing.T) {
	url, b := server(t), Start(t)
	for _, noScript := range []bool{false, true} {
		p := b.Open(Window{Width: 320, NoScript: noScript, Lang: "da"})
		p.Go(url)
		want := "mit"
		if noScript {
			want = "ohne"
		}
		if got := p.Text("#s"); got != want || p.Status() != 200 || p.Title() != "Gut" {
			t.Errorf("script off %v: %q, status %d", noScript, got, p.Status())
		}
		p.Fits()
		p.Axe()
		if p.Text("#s") != want {
			t.Error("a check let the page's scripts run")
		}
		p.TabTo("Weiter")
		p.Fill("Name", "Irrtum")
		p.Fill("Name", "Marlene")
		p.Choose("Land", "Dänemark")
		if p.Value("Name") != "Marlene" {
			t.Errorf("typed, but the field holds %q", p.Value("Name"))
		}
		p.Follow("Weiter")
		p.Shows("Marlene, da")
		if p.URL() != "/zwei?name=Marlene&land=dk" || p.Status() != 422 || len(p.Cookies()) != 1 {
			t.Errorf("%s %d %v", p.URL(), p.Status(), p.Cookies())
		}
	}
	if n := len(b.Open(Window{}).Cookies()); n != 0 {
		t.Errorf("a new page begins with %d cookies", n)
	}
}

func TestFaultsAreFound(t *testing.T) {
	url, b := server(t), Start(t)
	ear := &hears{TB: t}
	p := b.OpenFor(ear, Window{Width: 320})
	p.Go(url + "/schlecht")
	p.Quiet()
	p.Axe()
	p.Fits()
	p.Go(url + "/streng")
	p.Quiet()
	p.Quiet()
	all := strings.Join(ear.said, "\n")
	for _, want := range []string{"image-alt", "html-has-lang", "label", "908 px wide", "fehlt.js", "kein is not defined", "/streng: the browser reports"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not reported:\n%s", want, all)
		}
	}
	if n := strings.Count(all, "/streng:"); n != 1 {
		t.Errorf("what a page reports is told %d times", n)
	}
}

func TestFilesGoUpAndComeDown(t *testing.T) {
	url, b := server(t), Start(t)
	list := filepath.Join(t.TempDir(), "mieter.csv")
	if err := os.WriteFile(list, []byte("Nachname"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, noScript := range []bool{false, true} {
		p := b.Open(Window{NoScript: noScript})
		p.Go(url + "/bringen")
		if name, data := p.Download("Holen"); name != "brief.pdf" || string(data) != "%PDF" {
			t.Errorf("script off %v: got %q with %q", noScript, name, data)
		}
		p.Upload("Liste", list)
		p.Follow("Senden")
		p.Shows("mieter.csv: Nachname")
		p.Quiet()
	}
}

func TestPicturesAreWrittenWhereAsked(t *testing.T) {
	url, b := server(t), Start(t)
	t.Setenv("FOYER_SHOTS", filepath.Join(t.TempDir(), "neu"))
	p := b.Open(Window{Width: 640, Dark: true})
	p.Go(url)
	p.Shot("gut")
	if _, err := os.Stat(filepath.Join(os.Getenv("FOYER_SHOTS"), "gut-640-dunkel.png")); err != nil {
		t.Error(err)
	}
}
