package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
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
	}
	if c.Err() != nil && errors.Is(err, context.Canceled) { // the visitor has gone
		c.W.WriteHeader(statusGone)
		return
	}
	switch status {
	case http.StatusInternalServerError:
		c.Log().Error("request failed", "route", c.route.Pattern, "err", err)
	case http.StatusServiceUnavailable:
		c.Log().Warn("unavailable", "route", c.route.Pattern, "err", err)
	}
	plainHeaders(c.W.Header())
	switch inv := fault.AsInvalid(err); {
	case conflict != nil:
		d.message(c, status, c.T("web.conflict_title"), c.T(conflict.Key, conflict.Args...))
	case large != nil:
		d.message(c, status, c.T("web.conflict_title"), c.T("web.too_large", "size", size(large.Limit)))
	case inv != nil && len(inv.Fields) > 0:
		d.message(c, status, c.T("web.conflict_title"), c.T(inv.Fields[0].Key, inv.Fields[0].Args...))
	default:
		d.fail(c.W, c.R, c, status, after)
	}
}

// statusGone is what log and metrics show for a visitor who did not wait. Nobody
// reads it.
const statusGone = 499

// size writes a limit as people read it.
func size(limit int64) string {
	if limit < 1<<20 {
		return strconv.FormatInt(limit>>10, 10) + " KB"
	}
	return strconv.FormatInt(limit>>20, 10) + " MB"
}

// plainHeaders takes back what a handler has said about an answer that now
// becomes an error page.
func plainHeaders(h http.Header) {
	for _, name := range []string{"Content-Disposition", "Content-Encoding", "Content-Length", "Content-Type", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", csp)
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
		if err := c.PageStatus(status, ui.Head{Title: c.errorTitle(status), Narrow: true}, ui.ErrorBody(c.shell(), info)); err == nil {
			return
		}
	}
	if err := c.write(c.render(), status, page); err != nil {
		c.Log().Error("error page", "err", err)
	}
}

// errorTitle is the heading of the kit's error page for a status; those that
// have no page of their own read like 500.
func (c *Ctx) errorTitle(status int) string {
	if key := "ui.error." + strconv.Itoa(status) + ".title"; c.printer.Has(key) {
		return c.T(key)
	}
	return c.T("ui.error.500.title")
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
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				d.cfg.Log.Error("panic", "request", s.id, "route", s.route, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				if !rec.wrote {
					plainHeaders(rec.Header())
					d.fail(rec, r.WithContext(ctx), nil, http.StatusInternalServerError, 0)
					p = nil
				}
			}
			d.note(r, s, rec.status, d.cfg.Now().Sub(start))
			if p != nil { // the answer has begun: break it off, so that it does not look whole
				panic(http.ErrAbortHandler)
			}
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

// note writes the log line and the measure of one request.
func (d *Door) note(r *http.Request, s *state, status int, took time.Duration) {
	route := s.route
	if route == "" {
		route = "none"
	}
	d.timing.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
	d.cfg.Log.Info("request", "request", s.id, "org", s.org.ID, "method", method(r), "route", route, "status", status, "us", took.Microseconds())
}

// method is a request's method for the log, where any word may stand in it.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return r.Method
	}
	return "other"
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
