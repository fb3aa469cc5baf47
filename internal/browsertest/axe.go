package browsertest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axeSource string

// axeRun checks the whole page against the rules that we promise.
const axeRun = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})
	.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.html.slice(0, 200) + "\n      " + n.failureSummary.replace(/\n/g, "\n      "))}))))`

type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// Axe fails the test when axe-core finds a violation of WCAG 2.0 to 2.2, A and
// AA, or of its best practices.
func (p *Page) Axe() {
	p.t.Helper()
	found := p.violations()
	if len(found) == 0 {
		return
	}
	var b strings.Builder
	for _, v := range found {
		fmt.Fprintf(&b, "  %s: %s\n", v.ID, v.Help)
		for _, n := range v.Nodes {
			fmt.Fprintf(&b, "    %s\n", n)
		}
	}
	p.t.Errorf("axe finds violations on %s at %d px%s\n%s", p.URL(), p.window.Width, map[bool]string{true: ", dark"}[p.window.Dark], b.String())
}

func (p *Page) violations() []violation {
	p.t.Helper()
	if p.window.NoScript { // axe needs timers; the page's own scripts were left out when it was loaded and stay so
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	get(p, "load axe", chromedp.Evaluate[bool](axeSource+"\n;true"))
	answer := get(p, "run axe", chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	var found []violation
	if err := json.Unmarshal([]byte(answer), &found); err != nil {
		p.t.Fatalf("axe answered %q: %v", answer, err)
	}
	return found
}

// Fits fails the test when the page scrolls sideways, and says what is too wide.
func (p *Page) Fits() {
	p.t.Helper()
	wide := p.Eval(`(() => {
		const w = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= w) return "";
		const out = [];
		for (const e of document.querySelectorAll("body *")) {
			const r = e.getBoundingClientRect();
			if (r.right > w + 0.5 && r.width > 0 && out.length < 5) out.push(e.tagName + "." + e.className + " ends at " + Math.round(r.right));
		}
		return document.documentElement.scrollWidth + " px wide: " + out.join(", ");
	})()`)
	if wide != "" {
		p.t.Errorf("%s scrolls sideways in %d px: %s", p.URL(), p.window.Width, wide)
	}
}
