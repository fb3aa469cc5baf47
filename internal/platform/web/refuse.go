package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/ui"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

// refuse turns an error into a status and a page. Denied looks like not found:
// whoever asks for something foreign learns nothing.
func (d *Door) refuse(c *Ctx, err error) {
	status, after := http.StatusInternalServerError, time.Duration(0)
	var many *fault.TooMany
	var conflict *fault.Conflict
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, fault.ErrNotFound), errors.Is(err, fault.ErrDenied):
		status = http.StatusNotFound
	case errors.Is(err, fault.ErrGone):
		status = http.StatusGone
	case errors.As(err, &many):
		status, after = http.StatusTooManyRequests, many.After
	case errors.As(err, &conflict):
		status = http.StatusConflict
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
	case fault.AsInvalid(err) != nil:
		status = http.StatusUnprocessableEntity
	case errors.Is(err, fault.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		status, after = http.StatusServiceUnavailable, 10*time.Second
	case errors.Is(err, context.Canceled):
		return // the visitor has gone
	}
	if status == http.StatusInternalServerError {
		c.Log().Error("request failed", "route", c.route.Pattern, "err", err)
	}
	switch inv := fault.AsInvalid(err); {
	case conflict != nil:
		d.message(c, status, c.T("web.conflict_title"), c.T(conflict.Key, conflict.Args...))
	case large != nil:
		d.message(c, status, c.T("web.conflict_title"), c.T("web.too_large", "megabytes", int(c.route.Body>>20)))
	case inv != nil && len(inv.Fields) > 0:
		d.message(c, status, c.T("web.conflict_title"), c.T(inv.Fields[0].Key, inv.Fields[0].Args...))
	default:
		d.fail(c.W, c.R, c, status, after)
	}
}

// message shows why a step was not done, and the way back.
func (d *Door) message(c *Ctx, status int, title, text string) {
	if err := c.PageStatus(status, ui.Head{Title: title, Narrow: true}, messagePage(title, text, c.T("web.back"), c.back())); err != nil {
		c.Log().Error("error page", "err", err)
	}
}

// fail shows one of the fixed error pages. c is nil before the organisation is
// known.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, c *Ctx, status int, after time.Duration) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	}
	info := ui.ErrorInfo{Status: status}
	if c == nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		ctx := i18n.With(r.Context(), d.cfg.Texts.Printer(i18n.Reference))
		if err := ui.ErrorPage(ui.Shell{}, info).Render(ctx, w); err != nil {
			d.cfg.Log.Debug("answer not taken", "err", err)
		}
		return
	}
	info.After = c.Wait(after)
	page := ui.ErrorPage(c.shell(), info)
	if c.SignedIn() && status != http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		if err := c.PageStatus(status, ui.Head{Title: c.T("web.error_title"), Narrow: true}, ui.ErrorBody(c.shell(), info)); err == nil {
			return
		}
	}
	if err := c.write(c.render(), status, page); err != nil {
		c.Log().Error("error page", "err", err)
	}
}

// denyCross answers a request that another site has sent in a visitor's name.
func (d *Door) denyCross(w http.ResponseWriter, r *http.Request) {
	d.fail(w, r, nil, http.StatusForbidden, 0)
}

// guard is the outermost layer: request id, log line, panic, headers, health.
func (d *Door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &state{id: seal.Token()}
		ctx := context.WithValue(r.Context(), stateKey{}, s)
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		d.headers(rec.Header())
		start := d.cfg.Now()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				d.cfg.Log.Error("panic", "request", s.id, "route", s.route, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				if !rec.wrote {
					d.fail(rec, r.WithContext(ctx), nil, http.StatusInternalServerError, 0)
				}
			}
			took := d.cfg.Now().Sub(start)
			route := s.route
			if route == "" {
				route = "none"
			}
			d.timing.WithLabelValues(route, strconv.Itoa(rec.status)).Observe(took.Seconds())
			d.cfg.Log.Info("request", "request", s.id, "org", s.org.ID, "method", r.Method, "route", route, "status", rec.status, "us", took.Microseconds())
		}()
		switch r.URL.Path {
		case "/healthz":
			fmt.Fprintln(rec, "ok")
		case "/readyz":
			d.ready(rec, r)
		default:
			next.ServeHTTP(rec, r.WithContext(ctx))
		}
	})
}

func (d *Door) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := d.cfg.Ready(ctx); err != nil {
		d.cfg.Log.Warn("not ready", "err", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types foyer"

// headers stand on every response. Referrer-Policy is same-origin, not
// no-referrer: with the latter browsers send "Origin: null" on our own forms,
// and links to other sites get no referrer either way.
func (d *Door) headers(h http.Header) {
	h.Set("Content-Security-Policy", csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if d.cfg.Secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// recorder remembers the status for log and metrics.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write notes that the answer has begun.
func (r *recorder) Write(p []byte) (int, error) {
	r.wrote = true
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// clientIP is the peer, or behind trusted proxies the last address of
// X-Forwarded-For that is not a proxy of ours.
func (d *Door) clientIP(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := ap.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && d.trusted(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = next.Unmap()
	}
	return ip
}

func (d *Door) trusted(ip netip.Addr) bool {
	for _, p := range d.cfg.Proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// assets serves the fingerprinted files of the kit, in the best encoding that
// is there, and the brand's stylesheet.
func (d *Door) assets(w http.ResponseWriter, r *http.Request) {
	s := r.Context().Value(stateKey{}).(*state)
	s.route = "GET " + ui.AssetPath
	name := strings.TrimPrefix(r.URL.Path, ui.AssetPath)
	if hex, ok := strings.CutPrefix(name, "brand-"); ok {
		css, err := ui.BrandCSS("#" + strings.TrimSuffix(hex, ".css"))
		if err != nil || !strings.HasSuffix(hex, ".css") {
			d.fail(w, r, nil, http.StatusNotFound, 0)
			return
		}
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		if _, err := w.Write(css); err != nil {
			d.cfg.Log.Debug("answer not taken", "err", err)
		}
		return
	}
	d.file(w, r, name)
}

// file serves one bundled file, compressed beforehand where the browser takes
// it. The name holds the content's fingerprint, so it may be kept for ever.
func (d *Door) file(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	kind := mime.TypeByExtension(path.Ext(name))
	data, err := fs.ReadFile(ui.AssetFS, name)
	if err != nil || kind == "" || strings.HasSuffix(name, ".json") {
		d.fail(w, r, nil, http.StatusNotFound, 0)
		return
	}
	for _, enc := range []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), enc.name) {
			continue
		}
		if packed, err := fs.ReadFile(ui.AssetFS, name+enc.ext); err == nil {
			h.Set("Content-Encoding", enc.name)
			h.Add("Vary", "Accept-Encoding")
			data = packed
			break
		}
	}
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if _, err := w.Write(data); err != nil {
		d.cfg.Log.Debug("answer not taken", "err", err)
	}
}

// Wait says when to try again, "in 30 Sekunden"; "" when that is now.
func (c *Ctx) Wait(after time.Duration) string {
	switch {
	case after <= 0:
		return ""
	case after < 90*time.Second:
		return c.T("web.in_seconds", "count", int(math.Ceil(after.Seconds())))
	}
	return c.T("web.in_minutes", "count", int(math.Ceil(after.Minutes())))
}
