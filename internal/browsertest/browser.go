package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patience is how long one step of a page may take.
const patience = 20 * time.Second

// Browser is a running Chromium that ends with the test.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Start runs a Chromium with an empty profile. It is the test's failure when
// there is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("headless", "new"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	if path := os.Getenv("FOYER_CHROMIUM"); path != "" {
		opts = append(opts, chromedp.ExecPath(path))
	}
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	ctx, quit := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		quit()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &Browser{t: t, ctx: ctx}
}

// Window is how a visitor sees a page.
type Window struct {
	Width    int    // CSS pixels; 390 when 0
	Height   int    // 844 when 0
	Dark     bool   // prefers-color-scheme
	NoScript bool   // scripts of the page do not run
	Lang     string // Accept-Language; "de" when empty
}

// Open returns an empty page in a profile of its own: nothing is signed in.
func (b *Browser) Open(w Window) *Page {
	b.t.Helper()
	return b.OpenFor(b.t, w)
}

// OpenFor is Open for a subtest, which then owns the page.
func (b *Browser) OpenFor(t testing.TB, w Window) *Page {
	t.Helper()
	ctx, closePage := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closePage)
	if err := chromedp.Do(ctx); err != nil { // without a deadline: the tab lives as long as the context of its first step
		t.Fatalf("open a page: %v", err)
	}
	p := &Page{t: t, ctx: ctx}
	call(p, network.Enable, network.EnableParams{})
	p.listen()
	p.Look(w)
	return p
}

// Look changes the window of an open page; a page that is shown stays.
func (p *Page) Look(w Window) {
	p.t.Helper()
	if w.Width == 0 {
		w.Width = 390
	}
	if w.Height == 0 {
		w.Height = 844
	}
	if w.Lang == "" {
		w.Lang = "de"
	}
	scheme := "light"
	if w.Dark {
		scheme = "dark"
	}
	p.window = w
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(w.Width), Height: int64(w.Height), DeviceScaleFactor: 1, Mobile: w.Width < 600})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: w.NoScript})
	call(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": w.Lang}})
	p.settle()
}

// settle waits until the page is drawn in its window, so that a click meets
// what it aims at. Without script a page cannot tell; then it gets some time.
func (p *Page) settle() {
	p.t.Helper()
	if p.window.NoScript {
		p.Do("settle", chromedp.Sleep(50*time.Millisecond))
		return
	}
	get(p, "settle", chromedp.Evaluate[bool](`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, chromedp.EvalAwaitPromise))
}

// call sends one command of the DevTools protocol.
func call[P, R any](p *Page, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		p.t.Fatalf("%s: %v", cmd.Method, err)
	}
	return out
}
