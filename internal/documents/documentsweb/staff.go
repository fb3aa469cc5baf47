package documentsweb

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/documents"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Addresses of the pages of staff.
const (
	StaffPath = web.StaffPrefix + "/dokumente"
	Tab       = "/dokumente" // of a property, behind its address
	// PersonAction, followed by a person's id, begins a document for that person.
	PersonAction   = newPath + "?an=person&ziel="
	newPath        = StaffPath + "/neu"
	propertiesPath = web.StaffPrefix + "/liegenschaften/"
)

// listView is the list of documents, of all or of one property.
type listView struct {
	head       templ.Component // of a property's page, nil on the main place
	path       string
	property   string // id, "" for all
	properties []ui.Option
	filter     documents.Filter
	kinds      []ui.Option
	years      []ui.Option
	rows       []ui.Row
	pages      ui.Pages
	filtered   bool
	mayPublish bool
	batches    []batchLine
}

func (h *Handlers) list(c *web.Ctx) error { return h.showList(c, "") }

func (h *Handlers) propertyList(c *web.Ctx) error { return h.showList(c, c.Path("id")) }

func (h *Handlers) showList(c *web.Ctx, property string) error {
	v := listView{path: StaffPath, property: property, mayPublish: c.Actor.Has(actor.PublishDocuments)}
	title := c.T("documentsweb.s.title")
	if property != "" {
		var err error
		if v.head, err = h.PropertyHead(c, property, Tab); err != nil {
			return err
		}
		v.path = propertiesPath + property + Tab
	}
	if err := h.narrow(c, &v); err != nil {
		return err
	}
	if err := h.openBatches(c, &v); err != nil {
		return err
	}
	list, err := h.Documents.List(c, c.Actor, v.filter)
	if err != nil {
		return err
	}
	for _, r := range list.Rows {
		v.rows = append(v.rows, listRow(c, r, property == ""))
	}
	v.pages = ui.Pages{Page: list.Page, Of: list.Pages, Total: c.T("documentsweb.count", "count", list.Total)}
	if list.Page > 1 {
		v.pages.PrevURL = v.link(list.Page - 1)
	}
	if list.Page < list.Pages {
		v.pages.NextURL = v.link(list.Page + 1)
	}
	return c.Page(ui.Head{Title: title, Printed: c.Today()}, listPage(v))
}

// narrow reads the filters and fills their choices.
func (h *Handlers) narrow(c *web.Ctx, v *listView) error {
	page, _ := strconv.Atoi(c.Query("seite"))
	f := documents.Filter{PropertyID: v.property, Kind: documents.Kind(c.Query("art")), Year: yearOf(c.Query("jahr")), Words: cut(c.Query("q")), Withdrawn: c.Query("stand") == "zurueckgezogen", Page: page}
	if v.property == "" {
		f.PropertyID = c.Query("liegenschaft")
		list, err := h.Documents.Properties(c, c.Actor)
		if err != nil {
			return err
		}
		v.properties = []ui.Option{{Label: c.T("documentsweb.all")}}
		for _, p := range list {
			v.properties = append(v.properties, ui.Option{Value: p.ID, Label: p.Name})
		}
	}
	years, err := h.Documents.Years(c, c.Actor, v.property)
	if err != nil {
		return err
	}
	v.years = []ui.Option{{Label: c.T("documentsweb.all")}}
	for _, y := range years {
		v.years = append(v.years, ui.Option{Value: y, Label: y})
	}
	v.kinds = append([]ui.Option{{Label: c.T("documentsweb.all")}}, kindOptions(c)...)
	v.filter = f
	v.filtered = f.Kind != "" || f.Year != "" || f.Words != "" || f.Withdrawn || f.PropertyID != v.property
	return nil
}

func yearOf(s string) string {
	if n, err := strconv.Atoi(s); err != nil || n < 1900 || n > 2100 || len(s) != 4 {
		return ""
	}
	return s
}

func kindOptions(c *web.Ctx) (out []ui.Option) {
	for _, k := range documents.Kinds {
		out = append(out, ui.Option{Value: string(k), Label: c.T(k.Key())})
	}
	return out
}

func (v listView) link(page int) string {
	q := url.Values{}
	for k, s := range map[string]string{"art": string(v.filter.Kind), "jahr": v.filter.Year, "q": v.filter.Words} {
		if s != "" {
			q.Set(k, s)
		}
	}
	if v.filter.Withdrawn {
		q.Set("stand", "zurueckgezogen")
	}
	if v.filter.PropertyID != v.property {
		q.Set("liegenschaft", v.filter.PropertyID)
	}
	q.Set("seite", strconv.Itoa(page))
	return v.path + "?" + q.Encode()
}

func (v listView) reset() string {
	if v.filtered {
		return v.path
	}
	return ""
}

func (v listView) newURL() string {
	if id := v.filter.PropertyID; id != "" {
		return newPath + "?liegenschaft=" + url.QueryEscape(id)
	}
	return newPath
}

func (v listView) columns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: t(ctx, "s.document")}, {Label: t(ctx, "kind")}, {Label: t(ctx, "s.for")}, {Label: t(ctx, "s.day")}, {Label: t(ctx, "s.read"), Num: true}}
}

func listRow(c *web.Ctx, r documents.Row, withProperty bool) ui.Row {
	who := audienceText(c, r.Target, r.Gone)
	if withProperty && r.Target.Property != "" && !strings.Contains(who, r.Target.Property) {
		who += " · " + r.Target.Property
	}
	return ui.Row{ui.TitleCell(r.Title, StaffPath+"/"+r.ID, fileMeta(c, r.File)), ui.Text(c.T(r.Kind.Key())), ui.Text(who), ui.Nowrap(c.Printer().DayShort(r.Day)), ui.Text(c.Printer().Int(int64(r.Reads)))}
}

// audienceText says for whom a document is: "Vertrag: Whg 5 · Brandt · …".
func audienceText(c *web.Ctx, t documents.Target, gone bool) string {
	if gone {
		return c.T("documentsweb.s.gone")
	}
	if t.Kind == portfolio.ToProperty || t.Kind == portfolio.ToOwners {
		return c.T("documentsweb.to." + string(t.Kind))
	}
	return c.T("documentsweb.to."+string(t.Kind)) + ": " + t.Title()
}

// documentView is the page of one document.
type documentView struct {
	d          documents.Detail
	title      string
	kind       string
	who        string
	day        string
	url        string
	meta       string
	done       string
	mayPublish bool
	readers    []readerView
	history    []entryView
	old        []oldView
	kinds      []ui.Option
	form       formView
	bad        *fault.Invalid
	badFile    *fault.Invalid
	house      bool // the audience is a house: its day counts
}

type readerView struct{ name, url, when string }

type entryView struct{ what, who, when string }

type oldView struct{ name, url, when string }

// done are the results that a page may tell of.
var done = map[string]bool{"veroeffentlicht": true, "geaendert": true, "ersetzt": true, "zurueckgezogen": true, "angezeigt": true}

func (h *Handlers) document(c *web.Ctx) error { return h.showDocument(c, nil, nil) }

func (h *Handlers) showDocument(c *web.Ctx, typed *formView, badFile *fault.Invalid) error {
	d, err := h.Documents.Get(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	v := documentView{d: d, title: d.Title, kind: c.T(d.Kind.Key()), who: audienceText(c, d.Target, d.Gone), day: c.Printer().Day(d.Day), url: FilePath(web.StaffSite, d.FileID),
		meta: fileMeta(c, d.File) + " · " + d.File.SizeText(c.Lang()), mayPublish: c.Actor.Has(actor.PublishDocuments), kinds: kindOptions(c), badFile: badFile}
	v.house = d.Audience.Kind != portfolio.ToPerson && d.Audience.Kind != portfolio.ToLease
	if done[c.Query("ok")] {
		v.done = c.T("documentsweb.s.done." + c.Query("ok"))
	}
	for _, r := range d.Readers {
		line := readerView{name: r.Name, url: web.StaffPrefix + "/personen/" + r.PersonID}
		if r.ReadAt != 0 {
			line.when = c.Printer().Moment(store.Time(r.ReadAt).In(c.Org.Zone))
		}
		v.readers = append(v.readers, line)
	}
	for _, e := range d.History {
		if key := "documentsweb.did." + e.Action; c.Printer().Has(key) {
			v.history = append(v.history, entryView{what: c.T(key), when: c.Printer().Moment(e.At.In(c.Org.Zone))})
		}
	}
	for _, f := range d.Files {
		if f.ID != d.FileID {
			v.old = append(v.old, oldView{name: f.Name, url: FilePath(web.StaffSite, f.ID), when: c.Printer().Moment(store.Time(f.CreatedAt).In(c.Org.Zone))})
		}
	}
	v.form = formView{kind: string(d.Kind), title: d.Title, day: d.Day, standing: d.Audience.Day == "", hold: d.Hold}
	head := ui.Head{Title: d.Title, Printed: c.Today()}
	if typed != nil {
		v.form, v.bad = *typed, typed.bad
	}
	if typed != nil || badFile != nil {
		return c.Again(head, documentPage(v))
	}
	return c.Page(head, documentPage(v))
}

func (h *Handlers) describe(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in := readForm(f)
	err = h.Documents.Describe(c, c.Actor, c.Path("id"), in.facts())
	if in.bad = fault.AsInvalid(err); in.bad != nil {
		return h.showDocument(c, &in, nil)
	}
	return h.back(c, "geaendert", err)
}

// back leads to the document's page and tells what was done.
func (h *Handlers) back(c *web.Ctx, done string, err error) error {
	if err != nil {
		return err
	}
	return c.Redirect(StaffPath + "/" + c.Path("id") + "?ok=" + done)
}

func (h *Handlers) replace(c *web.Ctx) error {
	var kept documents.File
	f, err := c.Multipart(func(_ string, up web.Upload) error {
		var err error
		kept, err = h.Documents.Keep(c, c.Actor, "datei", up.Name, up)
		return err
	})
	if err == nil {
		err = h.Documents.Replace(c, c.Actor, c.Path("id"), kept.ID, f.On("still"))
	}
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showDocument(c, nil, bad)
	}
	return h.back(c, "ersetzt", err)
}

func (h *Handlers) askWithdraw(c *web.Ctx) error {
	if err := c.Actor.Must(actor.PublishDocuments); err != nil {
		return err
	}
	d, err := h.Documents.Get(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	title := c.T("documentsweb.s.withdraw_title")
	return c.Page(ui.Head{Title: title, Narrow: true}, ui.ConfirmPage(withdrawProps(c, d)))
}

func withdrawProps(ctx *web.Ctx, d documents.Detail) ui.ConfirmProps {
	return ui.ConfirmProps{ID: "zurueckziehen", Title: ctx.T("documentsweb.s.withdraw_title"), Text: ctx.T("documentsweb.s.withdraw_text", "title", d.Title), Verb: ctx.T("documentsweb.s.withdraw"),
		Action: StaffPath + "/" + d.ID + "/zurueckziehen", CancelURL: StaffPath + "/" + d.ID, Danger: true}
}

func (h *Handlers) withdraw(c *web.Ctx) error {
	return h.back(c, "zurueckgezogen", h.Documents.Withdraw(c, c.Actor, c.Path("id")))
}

func (h *Handlers) restore(c *web.Ctx) error {
	return h.back(c, "angezeigt", h.Documents.Restore(c, c.Actor, c.Path("id")))
}
