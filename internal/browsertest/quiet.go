package browsertest

import (
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// complaints are what a tab reported since somebody asked.
type complaints struct {
	mu   sync.Mutex
	said []string
}

func (c *complaints) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, text)
}

func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	said := c.said
	c.said = nil
	return said
}

// listen notes what the browser refuses to load or run (the content security
// policy), what it cannot find, and what a script trips over. The answer of a
// page itself is not among it: see Status.
func (p *Page) listen() {
	p.t.Helper()
	err := chromedp.Listen(p.ctx, func(ev any) {
		switch e := ev.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError && (e.Entry.Source != log.EntrySourceNetwork || strings.Contains(e.Entry.URL, "/assets/")) {
				p.complaints.add(e.Entry.Text + " " + e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			text := e.ExceptionDetails.Text
			if x := e.ExceptionDetails.Exception; x != nil {
				text += " " + x.Description
			}
			p.complaints.add(text)
		}
	})
	if err != nil {
		p.t.Fatalf("listen to the page: %v", err)
	}
	call(p, log.Enable, cdp.Empty{})
	call(p, runtime.Enable, cdp.Empty{})
}

// Quiet fails the test when the tab has reported anything since the last call:
// something that the content security policy refused, a file that is missing, an
// error in a script.
func (p *Page) Quiet() {
	p.t.Helper()
	for _, text := range p.complaints.take() {
		p.t.Errorf("%s: the browser reports %s", p.URL(), text)
	}
}
