package accessweb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"foyer/internal/platform/store/storetest"
)

// visitor is a browser without script: it keeps cookies and sends forms.
type visitor struct {
	h       *house
	cookies map[string]string
	set     []*http.Cookie // by the last answer
	lang    string
	ip      string
	agent   string
}

func (h *house) visitor() *visitor {
	return &visitor{h: h, cookies: map[string]string{}, ip: "192.0.2.7:1", agent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}
}

// answer is a page as it came.
type answer struct {
	*httptest.ResponseRecorder
	t    testing.TB
	what string
	text string // the body
}

func (v *visitor) do(method, path string, form url.Values) answer {
	v.h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = "a.example", v.ip
	r.Header.Set("User-Agent", v.agent)
	if v.lang != "" {
		r.Header.Set("Accept-Language", v.lang)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	v.set = w.Result().Cookies()
	for _, c := range v.set {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	a := answer{ResponseRecorder: w, t: v.h.t, what: method + " " + path, text: w.Body.String()}
	if strings.Contains(a.text, storetest.TwinMark) {
		v.h.t.Errorf("%s shows the other organisation", a.what)
	}
	if strings.Contains(a.text, "[accessweb.") || strings.Contains(a.text, "[access.") || strings.Contains(a.text, "[ui.") {
		v.h.t.Errorf("%s lacks a text:\n%s", a.what, a.text[strings.Index(a.text, "[a"):][:min(80, len(a.text))])
	}
	return a
}

func (v *visitor) get(path string) answer {
	v.h.t.Helper()
	return v.do("GET", path, nil)
}

// post sends a form of alternating names and values.
func (v *visitor) post(path string, pairs ...string) answer {
	v.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do("POST", path, form)
}

// signIn signs in, or ends the test.
func (v *visitor) signIn(address, password string) {
	v.h.t.Helper()
	v.post("/anmelden", "email", address, "password", password).goes("/")
}

// shows fails unless the answer has the status and holds each text.
func (a answer) shows(status int, texts ...string) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Errorf("%s: %d, want %d\n%s", a.what, a.Code, status, a.words())
	}
	for _, s := range texts {
		if !strings.Contains(a.words(), s) && !strings.Contains(a.text, s) {
			a.t.Errorf("%s does not show %q:\n%s", a.what, s, a.words())
		}
	}
	return a
}

// hides fails when the answer holds one of the texts.
func (a answer) hides(texts ...string) answer {
	a.t.Helper()
	for _, s := range texts {
		if strings.Contains(a.text, s) || strings.Contains(a.words(), s) {
			a.t.Errorf("%s shows %q", a.what, s)
		}
	}
	return a
}

// goes fails unless the answer leads to an address.
func (a answer) goes(path string) answer {
	a.t.Helper()
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != path {
		a.t.Fatalf("%s: %d %q, want 303 %q\n%s", a.what, a.Code, a.Header().Get("Location"), path, a.words())
	}
	return a
}

// elements are the elements of a page, those in noscript too.
func (a answer) elements() (list []*html.Node) {
	a.t.Helper()
	root, err := html.ParseWithOptions(strings.NewReader(a.text), html.ParseOptionEnableScripting(false))
	check(a.t, err)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

// words is the text of a page.
func (a answer) words() string {
	var b strings.Builder
	root, err := html.Parse(strings.NewReader(a.text))
	check(a.t, err)
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// value is what stands in the field with that name.
func (a answer) value(name string) string {
	for _, n := range a.elements() {
		if attr(n, "name") == name {
			return attr(n, "value")
		}
	}
	a.t.Errorf("%s has no field %s", a.what, name)
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// suggestion is the passphrase that a page offers, another one each time.
var suggestion = regexp.MustCompile(`[A-ZÄÖÜ][a-zäöüß]+-[A-ZÄÖÜ][a-zäöüß]+-[A-ZÄÖÜ][a-zäöüß]+-[A-ZÄÖÜ][a-zäöüß]+-[0-9]{3}`)
