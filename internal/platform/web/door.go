package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// Config is what the front door needs from the rest of the house.
type Config struct {
	Mux     *Mux
	Texts   *i18n.Bundle
	Log     *slog.Logger
	Now     func() time.Time
	Metrics prometheus.Registerer // may be nil
	Secure  bool                  // the base URL is https: Secure cookies, HSTS
	Proxies []netip.Prefix        // whose X-Forwarded-For is believed

	// Host finds the organisation of a Host header; fault.NotFound for an
	// unknown one.
	Host func(ctx context.Context, host string) (Org, error)
	// Session finds who holds a session token; fault.NotFound when nobody does.
	Session func(ctx context.Context, org string, site Site, token string) (actor.Actor, Session, error)
	// ResidentShell and StaffShell fill the layouts of signed-in visitors.
	ResidentShell func(c *Ctx) (ui.ResidentShell, error)
	StaffShell    func(c *Ctx) (ui.StaffShell, error)
	// Ready tells whether the process can serve: database reachable, schema
	// current, not shutting down.
	Ready func(ctx context.Context) error
	// Lost, if not nil, may keep what a visitor has sent whose session had ended.
	Lost func(c *Ctx) error
}

// Door is the handler of everything.
type Door struct {
	cfg    Config
	timing *prometheus.HistogramVec
}

// New builds the front door.
func New(cfg Config) (http.Handler, error) {
	d := &Door{cfg: cfg}
	d.timing = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "foyer_http_request_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.001, .005, .02, .1, .5, 2, 10}}, []string{"route", "status"})
	if cfg.Metrics != nil {
		if err := cfg.Metrics.Register(d.timing); err != nil {
			return nil, err
		}
	}
	for _, r := range slices.Concat(cfg.Mux.routes, cfg.Mux.forms) {
		cfg.Mux.mux.Handle(r.Pattern, d.handle(r))
	}
	cfg.Mux.mux.Handle("GET "+ui.AssetPath, http.HandlerFunc(d.assets))
	cfg.Mux.mux.Handle("/", d.handle(Route{Pattern: "GET /", Right: actor.Everyone, Handle: func(c *Ctx) error { return fault.NotFound("page") }}))
	cfg.Mux.mux.Handle(StaffPrefix+"/", d.handle(Route{Pattern: "GET " + StaffPrefix + "/", Right: actor.Everyone, Handle: func(c *Ctx) error { return fault.NotFound("page") }}))
	zip, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{"text/html", "text/css", "text/csv", "text/javascript", "application/json", "image/svg+xml"}))
	if err != nil {
		return nil, err
	}
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(d.denyCross))
	inner := cross.Handler(zip(http.HandlerFunc(d.byHost)))
	return d.guard(inner), nil
}

type stateKey struct{}

// state travels with a request before there is a Ctx.
type state struct {
	id    string
	org   Org
	found bool
	route string
}

func requestID(ctx context.Context) string {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s.id
	}
	return ""
}

// byHost chooses the organisation and refuses hosts that nobody configured.
func (d *Door) byHost(w http.ResponseWriter, r *http.Request) {
	s := r.Context().Value(stateKey{}).(*state)
	org, err := d.cfg.Host(r.Context(), r.Host)
	if errors.Is(err, fault.ErrNotFound) {
		d.fail(w, r, nil, http.StatusMisdirectedRequest, 0)
		return
	}
	if err != nil {
		d.cfg.Log.Error("find organisation", "request", s.id, "err", err)
		d.fail(w, r, nil, http.StatusServiceUnavailable, time.Minute)
		return
	}
	s.org, s.found = org, true
	d.cfg.Mux.mux.ServeHTTP(w, r)
}

// handle wraps a route's handler: who is it, may he, what if not.
func (d *Door) handle(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := r.Context().Value(stateKey{}).(*state)
		s.route = route.Pattern
		route := route // of this request
		if !readable(r) {
			route = Route{Pattern: route.Pattern, Right: actor.Everyone, Open: true, Handle: func(c *Ctx) error { return fault.NotFound("page") }}
		}
		limit := route.Body
		if limit == 0 {
			limit = 64 << 10
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		c := &Ctx{Context: r.Context(), W: w, R: r, Org: s.org, IP: d.clientIP(r), door: d, route: route}
		c.printer = d.cfg.Texts.Printer(d.chooseLang(c))
		c.Actor = actor.NewAnonymous(s.org.ID)
		w.Header().Set("Cache-Control", "no-store")
		if err := d.serve(c); err != nil {
			d.refuse(c, err)
		}
	})
}

// readable tells whether path and query are text. No address of ours holds NUL
// or broken UTF-8, and PostgreSQL would take neither for a value.
func readable(r *http.Request) bool {
	if !isText(r.URL.Path) {
		return false
	}
	for name, values := range r.URL.Query() {
		if !isText(name) || slices.ContainsFunc(values, func(v string) bool { return !isText(v) }) {
			return false
		}
	}
	return true
}

func (d *Door) serve(c *Ctx) error {
	if !slices.Contains(c.Org.Sites, c.route.Site()) {
		if c.R.URL.Path == "/" { // a host for staff only
			return c.Redirect(StaffPrefix)
		}
		return fault.NotFound("page")
	}
	if err := d.signIn(c); err != nil {
		return err
	}
	c.chooseAgain()
	if !c.Actor.Has(c.route.Right) {
		if !c.SignedIn() {
			return c.toSignIn()
		}
		return fault.Denied("right " + c.route.Right.String())
	}
	if c.Actor.Views() && !c.route.View && (c.route.Own || c.R.Method != http.MethodGet && c.R.Method != http.MethodHead) {
		return c.PageStatus(http.StatusForbidden, ui.Head{Title: c.T("web.view_title"), Narrow: true}, messagePage(c.T("web.view_title"), c.T("web.view_text"), c.T("web.view_back"), "/"))
	}
	if c.route.Site() == ResidentSite && !c.Org.PortalOn && !c.route.Open {
		return d.closed(c)
	}
	if c.route.Fresh && c.Now().Sub(c.Session.AuthAt) > FreshFor {
		return c.Redirect(c.reauthPath())
	}
	return c.route.Handle(c)
}

// FreshFor is how long a password counts as just given.
const FreshFor = 15 * time.Minute

// ReauthPath is where each site asks for the password again; ?weiter= leads
// back.
const (
	ResidentReauth = "/passwort-bestaetigen"
	StaffReauth    = StaffPrefix + "/passwort-bestaetigen"
	ResidentSignIn = "/anmelden"
	StaffSignIn    = StaffPrefix + "/anmelden"
)

// reauthPath leads back to the page that holds the form: the way itself for a
// GET, the page it came from for a POST.
func (c *Ctx) reauthPath() string {
	path := ResidentReauth
	if c.route.Site() == StaffSite {
		path = StaffReauth
	}
	return path + "?weiter=" + queryEscape(c.back())
}

func (c *Ctx) back() string {
	if c.R.Method == http.MethodGet {
		return c.R.URL.RequestURI()
	}
	if ref, ok := strings.CutPrefix(c.R.Referer(), c.Org.Origin); ok {
		return LocalPath(ref, c.shell().HomeURL)
	}
	return c.shell().HomeURL
}

func (c *Ctx) toSignIn() error {
	path := ResidentSignIn
	if c.route.Site() == StaffSite {
		path = StaffSignIn
	}
	if back := c.back(); back != "/" && back != StaffPrefix {
		path += "?weiter=" + queryEscape(back)
	}
	if c.R.Method == http.MethodPost && c.door.cfg.Lost != nil { // nothing typed is lost with a session
		if err := c.door.cfg.Lost(c); err != nil {
			c.Log().Warn("keep what was sent after a session", "route", c.route.Pattern, "err", err)
		}
	}
	if c.HTMX() { // the session ended while a page was open: load the sign-in page as a whole
		c.W.Header().Set("HX-Redirect", path)
		c.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	return c.Redirect(path)
}

func (d *Door) signIn(c *Ctx) error {
	token := c.SessionToken()
	if token == "" {
		return nil
	}
	a, s, err := d.cfg.Session(c.Context, c.Org.ID, c.route.Site(), token)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.Org() != c.Org.ID { // cannot be; if it could, nothing must follow from it
		return fault.NotFound("session")
	}
	c.Actor, c.Session = a, s
	return nil
}

// chooseLang finds the visitor's language: the page's own wish (kept in a
// cookie), the cookie, the browser, the organisation's first.
func (d *Door) chooseLang(c *Ctx) string {
	offered := c.Org.Langs
	if len(offered) == 0 {
		return i18n.Reference
	}
	if want := c.R.URL.Query().Get("lang"); want != "" && c.R.Method == http.MethodGet && slices.Contains(offered, want) {
		c.ChooseLang(want)
		return want
	}
	if ck := c.Cookie(langCookie); slices.Contains(offered, ck) {
		return ck
	}
	for part := range strings.SplitSeq(c.R.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(offered, base) {
			return base
		}
	}
	return offered[0]
}

// chooseAgain lets a signed-in account's own language win over the browser's.
func (c *Ctx) chooseAgain() {
	if slices.Contains(c.Org.Langs, c.Session.Lang) && c.R.URL.Query().Get("lang") == "" {
		c.printer = c.door.cfg.Texts.Printer(c.Session.Lang)
	}
}

// closed says that this organisation's portal is not open (E7).
func (d *Door) closed(c *Ctx) error {
	return c.Plain(http.StatusNotFound, ui.Head{Title: c.T("web.closed_title"), Calls: true}, closedPage(c.shell()))
}
