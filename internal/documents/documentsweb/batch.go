package documentsweb

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"foyer/internal/documents"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// batchPath is where many files at once are handled.
const batchPath = web.StaffPrefix + "/dokumentenstapel"

// batchLine is an open batch in the list of documents.
type batchLine struct{ title, url, meta string }

func (h *Handlers) batchRoutes() []web.Route {
	write := func(pattern string, body int64, fn web.Handler) web.Route {
		return web.Route{Pattern: "POST " + pattern, Right: actor.PublishDocuments, Handle: fn, Body: body}
	}
	read := func(pattern string, fn web.Handler) web.Route {
		return web.Route{Pattern: "GET " + pattern, Right: actor.ReadDocuments, Handle: fn}
	}
	return []web.Route{
		read(batchPath, h.askBatch),
		write(batchPath, 0, h.beginBatch),
		read(batchPath+"/{id}", h.batch),
		from(batchPath+"/{id}", write(batchPath+"/{id}/dateien", maxFiles, h.fillBatch)).On(batchPath + "/{id}"),
		read(batchPath+"/{id}/zeilen/{item}", h.askMatch),
		write(batchPath+"/{id}/zeilen/{item}", 0, h.match),
		from(batchPath+"/{id}", write(batchPath+"/{id}/veroeffentlichen", 0, h.publishBatch)).On(batchPath + "/{id}"),
		read(batchPath+"/{id}/verwerfen", h.askDrop),
		write(batchPath+"/{id}/verwerfen", 0, h.dropBatch),
	}
}

func (h *Handlers) openBatches(c *web.Ctx, v *listView) error {
	if !v.mayPublish {
		return nil
	}
	list, err := h.Documents.Batches(c, c.Actor)
	for _, b := range list {
		if v.property == "" || b.PropertyID == v.property {
			v.batches = append(v.batches, batchLine{b.Title, batchPath + "/" + b.ID, c.Printer().Moment(store.Time(b.CreatedAt).In(c.Org.Zone))})
		}
	}
	return err
}

func (v listView) batchURL() string {
	if id := v.filter.PropertyID; id != "" {
		return batchPath + "?liegenschaft=" + url.QueryEscape(id)
	}
	return batchPath
}

// batchForm is the first step: what all documents have in common.
type batchForm struct {
	form       formView
	property   string
	to         string
	properties []ui.Option
	kinds      []ui.Option
}

func (h *Handlers) askBatch(c *web.Ctx) error {
	if err := c.Actor.Must(actor.PublishDocuments); err != nil {
		return err
	}
	return h.showBatchForm(c, batchForm{form: formView{day: c.Today(), key: store.NewID()}, property: c.Query("liegenschaft"), to: string(portfolio.ToLease)})
}

func (h *Handlers) showBatchForm(c *web.Ctx, v batchForm) error {
	list, err := h.Documents.Properties(c, c.Actor)
	if err != nil {
		return err
	}
	for _, p := range list {
		v.properties = append(v.properties, ui.Option{Value: p.ID, Label: p.Name})
	}
	v.kinds = kindOptions(c)
	head := ui.Head{Title: c.T("documentsweb.b.new"), Narrow: true}
	if v.form.bad != nil {
		return c.Again(head, batchFormPage(v))
	}
	return c.Page(head, batchFormPage(v))
}

func (h *Handlers) beginBatch(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := batchForm{form: readForm(f), property: f.Text("liegenschaft"), to: f.Text("fuer")}
	b, err := h.Documents.BeginBatch(c, c.Actor, v.form.key, documents.Batch{PropertyID: v.property, Kind: documents.Kind(v.form.kind), Title: v.form.title, Day: v.form.day, Target: portfolio.Kind(v.to)})
	if v.form.bad = fault.AsInvalid(err); v.form.bad != nil {
		return h.showBatchForm(c, v)
	}
	if err != nil {
		return err
	}
	return c.Redirect(batchPath + "/" + b.ID)
}

// batchView is the page of a batch: upload, preview, publish.
type batchView struct {
	b       documents.BatchView
	lead    string
	stats   []ui.Stat
	rows    []ui.Row
	pages   ui.Pages
	ready   int
	open    int
	refused int
	done    string
	bad     *fault.Invalid
}

// batchDone are the results that the page tells of.
var batchDone = map[string]bool{"geladen": true, "zugeordnet": true, "veroeffentlicht": true, "weggelassen": true}

func (h *Handlers) batch(c *web.Ctx) error { return h.showBatch(c, nil) }

func (h *Handlers) showBatch(c *web.Ctx, bad *fault.Invalid) error {
	b, err := h.Documents.Batch(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	v := batchView{b: b, bad: bad}
	v.lead = b.Property + " · " + c.T(b.Kind.Key()) + " · " + c.Printer().Day(b.Day)
	v.ready = b.Count(documents.BatchItem.Ready)
	v.open = b.Count(func(i documents.BatchItem) bool { return rank(i) == needsHand })
	v.refused = b.Count(func(i documents.BatchItem) bool { return rank(i) == wasRefused })
	v.stats = []ui.Stat{{Label: c.T("documentsweb.b.files"), Value: c.Printer().Int(int64(len(b.Items)))}, {Label: c.T("documentsweb.b.ready"), Value: c.Printer().Int(int64(v.ready))},
		{Label: c.T("documentsweb.b.needs_hand"), Value: c.Printer().Int(int64(v.open))}, {Label: c.T("documentsweb.b.refused"), Value: c.Printer().Int(int64(v.refused))}}
	if batchDone[c.Query("ok")] {
		v.done = c.T("documentsweb.b.done." + c.Query("ok"))
	}
	h.itemRows(c, &v)
	head := ui.Head{Title: b.Title, Printed: c.Today()}
	if bad != nil {
		return c.Again(head, batchPage(v))
	}
	return c.Page(head, batchPage(v))
}

// The order of the preview: what was refused, what needs a hand, what is
// ready, what is done.
const (
	wasRefused = iota
	needsHand
	isReady
	isOut
	isDone
)

func rank(i documents.BatchItem) int {
	switch {
	case i.DocumentID != "":
		return isDone
	case i.LeftOut:
		return isOut
	case i.FileID == "":
		return wasRefused
	case i.MatchID == "":
		return needsHand
	}
	return isReady
}

// itemsPerPage is how many files the preview shows at once.
const itemsPerPage = 50

func (h *Handlers) itemRows(c *web.Ctx, v *batchView) {
	items := slices.Clone(v.b.Items)
	slices.SortStableFunc(items, func(a, b documents.BatchItem) int { return rank(a) - rank(b) })
	page, _ := strconv.Atoi(c.Query("seite"))
	of := max(1, (len(items)+itemsPerPage-1)/itemsPerPage)
	page = min(max(1, page), of)
	at := batchPath + "/" + v.b.ID
	v.pages = ui.Pages{Page: page, Of: of, Total: c.T("documentsweb.b.count", "count", len(items))}
	if page > 1 {
		v.pages.PrevURL = at + "?seite=" + strconv.Itoa(page-1)
	}
	if page < of {
		v.pages.NextURL = at + "?seite=" + strconv.Itoa(page+1)
	}
	for _, i := range items[(page-1)*itemsPerPage : min(len(items), page*itemsPerPage)] {
		v.rows = append(v.rows, itemRow(c, at, i))
	}
}

func itemRow(c *web.Ctx, at string, i documents.BatchItem) ui.Row {
	who := ui.Quiet("–")
	if i.MatchID != "" {
		who = ui.Text(targetLabel(c, i.Target))
	}
	status := ui.Status(ui.Success, "", c.T("documentsweb.b.is.ready"))
	change := ui.Link(c.T("documentsweb.b.change"), at+"/zeilen/"+i.ID)
	switch rank(i) {
	case wasRefused:
		status, who, change = ui.Status(ui.Danger, "", c.T("documentsweb.b.is.refused")), ui.Small(c.T(i.Problem, "size", 20)), ui.Quiet("")
	case needsHand:
		status = ui.Status(ui.Warning, "", c.T("documentsweb.b.is.open"))
		if i.How == documents.HowSeveral {
			who = ui.Small(c.T("documentsweb.b.several"))
		}
		change = ui.Link(c.T("documentsweb.b.choose"), at+"/zeilen/"+i.ID)
	case isOut:
		status = ui.Status(ui.Neutral, "", c.T("documentsweb.b.is.out"))
	case isDone:
		status, change = ui.Status(ui.Success, "", c.T("documentsweb.b.is.done")), ui.Link(c.T("documentsweb.b.look"), StaffPath+"/"+i.DocumentID)
	}
	return ui.Row{ui.Text(i.Name), who, status, change}
}

func batchColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: t(ctx, "b.file")}, {Label: t(ctx, "s.for")}, {Label: t(ctx, "s.state")}, {Label: t(ctx, "b.action")}}
}

// fillBatch takes the files in, one after the other as they arrive. With script
// each comes in a request of its own.
func (h *Handlers) fillBatch(c *web.Ctx) error {
	n := 0
	_, err := c.Multipart(func(_ string, up web.Upload) error {
		n++
		_, err := h.Documents.AddToBatch(c, c.Actor, c.Path("id"), up.Name, up)
		return err
	})
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	if err == nil && n == 0 {
		err = fault.Wrong("dateien", "web.file_missing")
	}
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showBatch(c, bad)
	}
	if err != nil {
		return err
	}
	return c.Redirect(batchPath + "/" + c.Path("id") + "?ok=geladen")
}

// matchView is the page where a file gets its place by hand.
type matchView struct {
	id, name, batch, title string
	url                    string
	targets                []ui.Option
	value                  string
	kind                   portfolio.Kind
	leftOut                bool
	bad                    *fault.Invalid
}

func (h *Handlers) askMatch(c *web.Ctx) error { return h.showMatch(c, nil) }

func (h *Handlers) showMatch(c *web.Ctx, bad *fault.Invalid) error {
	b, err := h.Documents.Batch(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(b.Items, func(i documents.BatchItem) bool {
		return i.ID == c.Path("item") && i.FileID != "" && i.DocumentID == ""
	})
	if at < 0 {
		return fault.NotFound("file of the batch")
	}
	i := b.Items[at]
	list, err := h.Documents.Targets(c, c.Actor, b.PropertyID, b.Target)
	if err != nil {
		return err
	}
	v := matchView{id: i.ID, name: i.Name, batch: b.ID, title: b.Title, url: FilePath(web.StaffSite, i.FileID), value: i.MatchID, kind: b.Target, leftOut: i.LeftOut, bad: bad}
	for _, t := range list {
		v.targets = append(v.targets, ui.Option{Value: t.ID, Label: targetLabel(c, t)})
	}
	head := ui.Head{Title: c.T("documentsweb.b.match"), Narrow: true}
	if bad != nil {
		return c.Again(head, matchPage(v))
	}
	return c.Page(head, matchPage(v))
}

func (h *Handlers) match(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	out := f.On("weglassen")
	err = h.Documents.MatchItem(c, c.Actor, c.Path("id"), c.Path("item"), f.Text("ziel"), out)
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showMatch(c, bad)
	}
	if err != nil {
		return err
	}
	done := "zugeordnet"
	if out {
		done = "weggelassen"
	}
	return c.Redirect(batchPath + "/" + c.Path("id") + "?ok=" + done)
}

func (h *Handlers) publishBatch(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if _, err := h.Documents.PublishBatch(c, c.Actor, c.Path("id"), f.On("still")); err != nil {
		return err
	}
	return c.Redirect(batchPath + "/" + c.Path("id") + "?ok=veroeffentlicht")
}

func (h *Handlers) askDrop(c *web.Ctx) error {
	b, err := h.Documents.Batch(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	title := c.T("documentsweb.b.drop_title")
	return c.Page(ui.Head{Title: title, Narrow: true}, ui.ConfirmPage(ui.ConfirmProps{ID: "verwerfen", Title: title, Text: c.T("documentsweb.b.drop_text", "title", b.Title), Verb: c.T("documentsweb.b.drop"),
		Action: batchPath + "/" + b.ID + "/verwerfen", CancelURL: batchPath + "/" + b.ID, Danger: true}))
}

func (h *Handlers) dropBatch(c *web.Ctx) error {
	if err := h.Documents.DropBatch(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(StaffPath)
}
