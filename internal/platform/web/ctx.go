package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/a-h/templ"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// Org is what the front door knows of the organisation that a host chose.
type Org struct {
	ID       string
	Origin   string         // canonical "https://portal.lindhof.example"; every absolute URL starts with it
	Langs    []string       // offered, the first is the default
	Zone     *time.Location // for moments and days
	PortalOn bool           // false: the residents' side shows only that it is closed
	Sites    []Site         // what this host serves
	Shell    ui.Shell       // name, brand, numbers, links of every page
	Value    any            // the capability's own value (orgs.Org)
}

// Session is what the front door knows of a signed-in visitor.
type Session struct {
	ID     string
	Lang   string    // the account's language, "" = not chosen
	AuthAt time.Time // when the password was last given
	Ends   time.Time // unless it is used before
	Choice string    // what the visitor has chosen to look at: a resident's lease, "" = nothing
}

// Ctx is one request on its way through the house.
type Ctx struct {
	context.Context
	W       http.ResponseWriter
	R       *http.Request
	Org     Org
	Actor   actor.Actor
	Session Session
	IP      netip.Addr
	door    *Door
	route   Route
	printer *i18n.Printer
	form    Form
}

// Now returns the product's clock.
func (c *Ctx) Now() time.Time { return c.door.cfg.Now() }

// Today returns the organisation's current day.
func (c *Ctx) Today() string { return c.Now().In(c.Org.Zone).Format(time.DateOnly) }

// T translates for this visitor.
func (c *Ctx) T(key string, args ...any) string { return c.printer.T(key, args...) }

// Printer returns this visitor's printer, for days, moments and numbers.
func (c *Ctx) Printer() *i18n.Printer { return c.printer }

// Lang returns this visitor's language.
func (c *Ctx) Lang() string { return c.printer.Lang() }

// Path returns a wildcard of the route's pattern.
func (c *Ctx) Path(name string) string { return c.R.PathValue(name) }

// Query returns a query parameter, "" when it is missing.
func (c *Ctx) Query(name string) string { return c.R.URL.Query().Get(name) }

// HTMX tells whether htmx asks for a part of a page.
func (c *Ctx) HTMX() bool { return c.R.Header.Get("HX-Request") == "true" }

// SignedIn tells whether somebody is signed in on this site.
func (c *Ctx) SignedIn() bool { return c.Actor.Account() != "" }

// Log returns the request's logger: request, organisation and actor by id.
func (c *Ctx) Log() *slog.Logger {
	return c.door.cfg.Log.With("request", requestID(c.Context), "org", c.Org.ID, "actor", c.Actor.Label())
}

// Redirect answers 303 to a path of this host.
func (c *Ctx) Redirect(path string) error {
	http.Redirect(c.W, c.R, LocalPath(path, "/"), http.StatusSeeOther)
	return nil
}

// LocalPath returns path when it is a path on this host, else fallback: what a
// "weiter" parameter says may never lead to another site.
func LocalPath(path, fallback string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return fallback
	}
	return path
}

// Page answers 200 with a whole page in the layout of the visitor's site.
func (c *Ctx) Page(h ui.Head, body templ.Component) error {
	return c.PageStatus(http.StatusOK, h, body)
}

// Again answers 422 with the form's page once more: what was typed is kept,
// the complaints stand at the fields.
func (c *Ctx) Again(h ui.Head, body templ.Component) error {
	h.Invalid = true
	return c.PageStatus(http.StatusUnprocessableEntity, h, body)
}

// PageStatus answers with a whole page.
func (c *Ctx) PageStatus(status int, h ui.Head, body templ.Component) error {
	layout, err := c.layout(h)
	if err != nil {
		return err
	}
	ctx := templ.WithChildren(c.render(), body)
	return c.write(ctx, status, layout)
}

// Plain answers with a page in the layout for visitors who are not signed in.
func (c *Ctx) Plain(status int, h ui.Head, body templ.Component) error {
	ctx := templ.WithChildren(c.render(), body)
	return c.write(ctx, status, ui.AuthLayout(c.shell(), h))
}

// Part answers 200 with a piece of a page, for htmx.
func (c *Ctx) Part(body templ.Component) error { return c.write(c.render(), http.StatusOK, body) }

func (c *Ctx) render() context.Context {
	return actor.With(i18n.With(c.Context, c.printer), c.Actor)
}

func (c *Ctx) layout(h ui.Head) (templ.Component, error) {
	switch c.Actor.Kind() {
	case actor.Staff:
		s, err := c.door.cfg.StaffShell(c)
		return ui.StaffLayout(s, h), err
	case actor.Resident:
		s, err := c.door.cfg.ResidentShell(c)
		return ui.ResidentLayout(s, h), err
	}
	return ui.AuthLayout(c.shell(), h), nil
}

// shell returns the organisation's shell with the language links of this page.
func (c *Ctx) shell() ui.Shell {
	s := c.Org.Shell
	s.HomeURL = "/"
	if c.route.Site() == StaffSite {
		s.HomeURL = StaffPrefix
	}
	if len(c.Org.Langs) < 2 {
		return s
	}
	query := c.R.URL.Query()
	s.Langs = nil
	for _, l := range c.Org.Langs {
		if l != c.Lang() {
			query.Set("lang", l)
			s.Langs = append(s.Langs, ui.Lang{Code: l, Name: c.T("i18n.language." + l), URL: "?" + query.Encode()})
		}
	}
	return s
}

// Shell is the shell for the layouts that app fills in.
func (c *Ctx) Shell() ui.Shell { return c.shell() }

func (c *Ctx) write(ctx context.Context, status int, body templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := body.Render(ctx, buf); err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", c.Lang())
	c.W.WriteHeader(status)
	_, err := c.W.Write(buf.Bytes())
	if err != nil {
		c.Log().Debug("answer not taken", "err", err) // the visitor has gone
	}
	return nil
}

// File answers with a file to save. name is put into the header per RFC 6266;
// nothing of it is interpreted.
func (c *Ctx) File(name, contentType string, data []byte) error {
	h := c.W.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	c.W.WriteHeader(http.StatusOK)
	if _, err := c.W.Write(data); err != nil {
		c.Log().Debug("answer not taken", "err", err)
	}
	return nil
}

// Stream is File for what is too large to hold: it copies body to the visitor
// and closes it. An error after the first byte breaks the connection off, so
// that a shortened file never looks whole.
func (c *Ctx) Stream(name, contentType string, body io.ReadCloser) error {
	return c.stream(disposition(name), contentType, body)
}

func (c *Ctx) stream(disposed, contentType string, body io.ReadCloser) error {
	defer body.Close()
	head := make([]byte, 32<<10)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposed)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	c.W.WriteHeader(http.StatusOK)
	if _, err := c.W.Write(head[:n]); err != nil {
		c.Log().Debug("answer not taken", "err", err)
		return nil
	}
	if _, err := io.Copy(c.W, body); err != nil {
		c.Log().Warn("file broken off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// Show is Stream for what the browser may show itself: pictures that we encoded
// and PDFs. It runs in a sandbox, as an origin of its own.
func (c *Ctx) Show(name, contentType string, body io.ReadCloser) error {
	return c.stream(strings.Replace(disposition(name), "attachment", "inline", 1), contentType, body)
}

// Form returns the posted form. A broken body fails with fault.Invalid, one that
// is too large with *http.MaxBytesError: hand both on.
func (c *Ctx) Form() (Form, error) {
	if c.form.values != nil {
		return c.form, nil
	}
	var large *http.MaxBytesError
	if err := c.R.ParseForm(); errors.As(err, &large) {
		return Form{}, err
	} else if err != nil {
		return Form{}, fault.Wrong("", "web.form_broken")
	}
	c.form = Form{values: c.R.PostForm}
	return c.form, nil
}

// Whole answers with a component that is a whole page by itself.
func (c *Ctx) Whole(status int, page templ.Component) error { return c.write(c.render(), status, page) }
