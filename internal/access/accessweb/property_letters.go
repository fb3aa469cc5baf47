package accessweb

import (
	"net/url"

	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// batchPath is the page of a batch of letters.
func batchPath(id string) string { return lettersPath + "/" + url.PathEscape(id) }

// startLetters begins a property's letters (K15) and leads to their progress.
func (h *Handlers) startLetters(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	id, err := h.Access.StartLetters(c, c.Actor, c.Path("id"), f.On("ausstehend"))
	if err != nil {
		return err
	}
	return c.Redirect(batchPath(id))
}

// batchView is a batch on its way: progress, then the files.
type batchView struct {
	id, property, propertyURL string
	lead                      string
	progress                  ui.ProgressProps
	state                     access.BatchState
	hasFile                   bool
	done, failed              int
	until                     string // when the file is erased
	printed                   string // when it was marked as printed
	fetched                   bool
	mayFetch                  bool
	justPrinted               bool
}

func (h *Handlers) letters(c *web.Ctx) error {
	b, err := h.Access.Batch(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	v := batchView{id: b.ID, property: b.Property, propertyURL: propertyPath(b.PropertyID), state: b.State, hasFile: b.HasFile(), done: b.Done, failed: b.Failed,
		until: moment(c, b.EraseAt), printed: moment(c, b.PrintedAt), fetched: !b.FetchedAt.IsZero(), mayFetch: c.Actor.Has(actor.IssueAccess),
		justPrinted: c.Query("ok") == "gedruckt"}
	v.lead = b.Property + " · " + c.T("accessweb.s.letters.reason."+string(b.Reason)) + " · " + moment(c, b.CreatedAt)
	v.progress = ui.ProgressProps{ID: "fortschritt", Done: b.Done + b.Failed, Total: b.Total, Finished: b.State != access.BatchQueued && b.State != access.BatchRunning,
		PollURL: batchPath(b.ID), Label: c.T("accessweb.s.letters.state." + string(b.State))}
	head := ui.Head{Title: c.T("accessweb.s.letters.title"), Narrow: true}
	return c.Page(head, lettersPage(v))
}

func (h *Handlers) lettersPDF(c *web.Ctx) error {
	f, err := h.Access.Letters(c, c.Actor, c.Path("id"))
	return h.sendFile(c, f, err)
}

func (h *Handlers) lettersList(c *web.Ctx) error {
	f, err := h.Access.Manifest(c, c.Actor, c.Path("id"))
	return h.sendFile(c, f, err)
}

func (h *Handlers) sendFile(c *web.Ctx, f access.LetterFile, err error) error {
	if err != nil {
		return err
	}
	return c.Stream(f.Name, f.Type, f.Body)
}

func (h *Handlers) lettersPrinted(c *web.Ctx) error {
	if err := h.Access.MarkPrinted(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	if f.Text("von") == "heute" {
		return c.Redirect(web.StaffPrefix + "?ok=gedruckt")
	}
	return c.Redirect(batchPath(c.Path("id")) + "?ok=gedruckt")
}

func (h *Handlers) dismissLetter(c *web.Ctx) error {
	if err := h.Access.DismissLetter(c, c.Actor, c.Path("id"), c.Path("person")); err != nil {
		return err
	}
	return c.Redirect(web.StaffPrefix + "?ok=erledigt")
}
