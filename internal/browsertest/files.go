package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Upload puts a file into the field with that label.
func (p *Page) Upload(label, path string) {
	p.t.Helper()
	p.Do("upload "+path, chromedp.SetUploadFiles(p.field(label), []string{path}))
}

// Download clicks the button or link with that name and returns the file that
// comes: its name and what is in it.
func (p *Page) Download(name string) (file string, data []byte) {
	p.t.Helper()
	sel, dir := p.control(name), p.t.TempDir()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	c := chromedp.FromContext(p.ctx)
	_, err := cdp.Call(ctx, c.Browser, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: c.BrowserContextID, DownloadPath: dir})
	if err != nil {
		p.t.Fatalf("allow a download: %v", err)
	}
	p.Do("click "+name, chromedp.Click(sel))
	for ctx.Err() == nil {
		list, err := os.ReadDir(dir)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, e := range list {
			if strings.HasSuffix(e.Name(), ".crdownload") || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			// Chromium first puts an empty file where the finished one will be.
			if data, err = os.ReadFile(filepath.Join(dir, e.Name())); err == nil && len(data) > 0 {
				return e.Name(), data
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("%q brings no file\n%s", name, p.where())
	return "", nil
}
