package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Page is one tab.
type Page struct {
	t          testing.TB
	ctx        context.Context
	window     Window
	status     int
	complaints complaints
}

// Status is the HTTP status of the page that was loaded last.
func (p *Page) Status() int { return p.status }

// Context is the tab for steps that this package lacks.
func (p *Page) Context() context.Context { return p.ctx }

// Step is one action in a tab that gives nothing back.
type Step = chromedp.Action[chromedp.Void]

// Do takes steps that this package lacks; what names them in a failure.
func (p *Page) Do(what string, steps ...Step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.where())
	}
}

// get takes one action that gives something back.
func get[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.where())
	}
	return out
}

// read evaluates an expression that changes nothing, again when the page was
// just being replaced by another.
func read[T any](p *Page, what, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
		if err == nil {
			return out
		}
		if ctx.Err() != nil || !replaced(err) {
			p.t.Fatalf("%s: %v\n%s", what, err, p.where())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// replaced tells whether an error says that the page went away meanwhile.
func replaced(err error) bool {
	for _, part := range []string{"navigated or closed", "context was destroyed", "Cannot find context", "Cannot find default execution context"} {
		if strings.Contains(err.Error(), part) {
			return true
		}
	}
	return false
}

// load runs steps that end in another page.
func (p *Page) load(what string, steps ...Step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.where())
	}
	if res != nil {
		p.status = int(res.Status)
	}
}

// where describes the page for a failure: address, title, text.
func (p *Page) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.title + "\n" + (document.body ? document.body.innerText : "").slice(0, 1500)`))
	if err != nil {
		return "(the page does not answer: " + err.Error() + ")"
	}
	return text
}

// Go loads an address.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.load("load "+url, chromedp.Navigate(url))
}

// Back goes back in the tab's history.
func (p *Page) Back() {
	p.t.Helper()
	p.load("go back", chromedp.NavigateBack())
}

// URL returns the address without scheme and host: "/anmelden?weiter=%2F".
func (p *Page) URL() string {
	p.t.Helper()
	return read[string](p, "address", "location.pathname + location.search")
}

// Title returns the page's title.
func (p *Page) Title() string {
	p.t.Helper()
	return read[string](p, "title", "document.title")
}

// Text returns the visible text of the first element that fits a CSS selector,
// of the whole page for "".
func (p *Page) Text(selector string) string {
	p.t.Helper()
	if selector == "" {
		selector = "body"
	}
	return read[string](p, "text of "+selector, fmt.Sprintf(`(document.querySelector(%q) || {innerText: ""}).innerText`, selector))
}

// Has tells whether the page shows a text.
func (p *Page) Has(text string) bool {
	p.t.Helper()
	return strings.Contains(p.Text(""), text)
}

// Shows ends the test unless the page shows each of the texts. What is still
// unfolding gets two seconds.
func (p *Page) Shows(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !p.comes(text) {
			p.t.Fatalf("the page does not show %q\n%s", text, p.where())
		}
	}
}

// comes waits until the page has a text, for two seconds at most.
func (p *Page) comes(text string) bool {
	p.t.Helper()
	for range 20 {
		if p.Has(text) {
			return true
		}
		p.Do("wait for "+text, chromedp.Sleep(100*time.Millisecond))
	}
	return p.Has(text)
}

// Count returns how many elements fit a CSS selector.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	return read[int](p, "count "+selector, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector))
}

// Eval evaluates an expression that gives a string.
func (p *Page) Eval(expression string) string {
	p.t.Helper()
	return get(p, "evaluate", chromedp.Evaluate[string](expression))
}

// Value returns what stands in the field with that label.
func (p *Page) Value(label string) string {
	p.t.Helper()
	return p.Eval(fmt.Sprintf(`document.querySelector(%q).value`, p.field(label)))
}

// Fill empties the field with that label and types.
func (p *Page) Fill(label, text string) {
	p.t.Helper()
	sel := p.field(label)
	p.Do("fill "+label, chromedp.Focus(sel))
	p.Eval(fmt.Sprintf(`document.querySelector(%q).select() || ""`, sel))
	p.Do("fill "+label, chromedp.KeyEvent(kb.Backspace))
	if text != "" {
		p.Do("fill "+label, chromedp.SendKeys(sel, text))
	}
}

// Choose takes the option with that text from the drop-down list with that
// label.
func (p *Page) Choose(label, option string) {
	p.t.Helper()
	if p.Eval(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		for (const o of e.options) if (o.text.trim() === %q) {
			e.value = o.value;
			e.dispatchEvent(new Event("change", {bubbles: true}));
			return "yes";
		}
		return "";
	})()`, p.field(label), option)) == "" {
		p.t.Fatalf("the list %q has no %q\n%s", label, option, p.where())
	}
}

// Follow clicks the button or link with that name and waits for the page that
// it loads.
func (p *Page) Follow(name string) {
	p.t.Helper()
	sel := p.control(name)
	p.load("follow "+name, chromedp.Click(sel))
}

// Tap clicks the button, box or link with that name; the page stays.
func (p *Page) Tap(name string) {
	p.t.Helper()
	sel := p.control(name)
	p.Do("tap "+name, chromedp.Click(sel))
}

// Press presses a key: "Tab", "Enter", "Escape", "ArrowDown" or a character.
func (p *Page) Press(key string) {
	p.t.Helper()
	p.Do("press "+key, chromedp.KeyEvent(keyCode(key)))
}

// Type types where the keyboard is.
func (p *Page) Type(text string) {
	p.t.Helper()
	p.Do("type", chromedp.KeyEvent(text))
}

// Enter presses the enter key and waits for the page that it loads.
func (p *Page) Enter() {
	p.t.Helper()
	p.load("press enter", chromedp.KeyEvent(kb.Enter))
}

func keyCode(key string) string {
	switch key {
	case "Tab":
		return kb.Tab
	case "Enter":
		return kb.Enter
	case "Escape":
		return kb.Escape
	case "ArrowDown":
		return kb.ArrowDown
	case "Space":
		return " "
	}
	return key
}

// Focused returns the name of what has the keyboard, as a screen reader would
// say it, "" for nothing.
func (p *Page) Focused() string {
	p.t.Helper()
	return p.Eval("(" + nameOf + ")(document.activeElement)")
}

// TabTo presses Tab until the control with that name has the keyboard; at most
// 80 times.
func (p *Page) TabTo(name string) {
	p.t.Helper()
	for range 80 {
		p.Press("Tab")
		if p.Focused() == name {
			return
		}
	}
	p.t.Fatalf("Tab never reaches %q\n%s", name, p.where())
}

// Cookies returns the names of all cookies of the page's site.
func (p *Page) Cookies() []string {
	p.t.Helper()
	var names []string
	for _, c := range call(p, network.GetCookies, network.GetCookiesParams{}).Cookies {
		names = append(names, c.Name)
	}
	return names
}

// nameOf is the accessible name of an element as far as our pages need it.
const nameOf = `e => {
	if (!e || e === document.body) return "";
	const said = e.getAttribute("aria-label");
	if (said) return said.trim();
	if (e.labels && e.labels.length) {
		const l = e.labels[0].cloneNode(true);
		l.querySelectorAll(".f-field__optional").forEach(x => x.remove());
		return l.textContent.trim().replace(/\s+/g, " ");
	}
	return (e.textContent || "").trim().replace(/\s+/g, " ");
}`

// mark gives the first visible element among candidates with a name an
// attribute of its own and returns the selector; "" when there is none.
func (p *Page) mark(candidates, name string) chromedp.CSS {
	p.t.Helper()
	return chromedp.CSS(p.Eval(fmt.Sprintf(`(() => {
		const name = %s;
		document.querySelectorAll("[data-looked-for]").forEach(e => e.removeAttribute("data-looked-for"));
		for (const e of document.querySelectorAll(%q)) {
			if (name(e) === %q && e.checkVisibility()) {
				e.setAttribute("data-looked-for", "");
				return "[data-looked-for]";
			}
		}
		return "";
	})()`, nameOf, candidates, name)))
}

// find is mark for what may still be unfolding.
func (p *Page) find(candidates, name string) (sel chromedp.CSS) {
	p.t.Helper()
	for range 20 {
		if sel = p.mark(candidates, name); sel != "" {
			break
		}
		p.Do("wait for "+name, chromedp.Sleep(100*time.Millisecond))
	}
	return sel
}

func (p *Page) field(label string) chromedp.CSS {
	p.t.Helper()
	sel := p.find("input, select, textarea", label)
	if sel == "" {
		p.t.Fatalf("no field %q\n%s", label, p.where())
	}
	return sel
}

func (p *Page) control(name string) chromedp.CSS {
	p.t.Helper()
	sel := p.find("button, a, summary, input[type=checkbox], input[type=radio]", name)
	if sel == "" {
		p.t.Fatalf("no button or link %q\n%s", name, p.where())
	}
	return sel
}

// Shot writes a picture of the whole page to FOYER_SHOTS, named after the page,
// the width, "dunkel" for dark and "ohne-script".
func (p *Page) Shot(name string) {
	p.t.Helper()
	dir := os.Getenv("FOYER_SHOTS")
	if dir == "" {
		return
	}
	name = fmt.Sprintf("%s-%d", name, p.window.Width)
	if p.window.Dark {
		name += "-dunkel"
	}
	if p.window.NoScript {
		name += "-ohne-script"
	}
	png := get(p, "take a picture", chromedp.FullScreenshot(100))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
