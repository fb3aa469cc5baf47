package documentsweb

import (
	"net/url"

	"foyer/internal/documents"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// formView is what is typed about a document.
type formView struct {
	kind, title, day string
	standing         bool
	hold             bool
	quiet            bool
	target           string
	fileID, fileName string
	key              string
	bad              *fault.Invalid
}

func readForm(f web.Form) formView {
	return formView{kind: f.Text("art"), title: f.Text("titel"), day: f.Text("datum"), standing: f.On("dauerhaft"), hold: f.On("behalten"), quiet: f.On("still"),
		target: f.Text("ziel"), fileID: f.Text("datei_id"), key: f.Text(ui.KeyField)}
}

func (v formView) facts() documents.Facts {
	return documents.Facts{Kind: documents.Kind(v.kind), Title: v.title, Day: v.day, Standing: v.standing, Hold: v.hold}
}

// audiences are the kinds to choose from, from the large to the small.
var audiences = []portfolio.Kind{portfolio.ToProperty, portfolio.ToBuilding, portfolio.ToStairwell, portfolio.ToUnit, portfolio.ToLease, portfolio.ToPerson, portfolio.ToOwners}

// newView is the way to a new document: first for whom, then what.
type newView struct {
	properties []ui.Option
	property   string
	kind       portfolio.Kind // "" = still to choose
	targets    []ui.Option
	fixed      string // the only target, in words
	kinds      []ui.Option
	house      bool
	form       formView
	again      string // back to the first step
}

func (h *Handlers) begin(c *web.Ctx) error {
	if err := c.Actor.Must(actor.PublishDocuments); err != nil {
		return err
	}
	v := newView{property: c.Query("liegenschaft"), kind: portfolio.Kind(c.Query("an")), form: formView{target: c.Query("ziel"), day: c.Today(), key: store.NewID()}}
	return h.showNew(c, v)
}

// showNew shows the step that the view stands at.
func (h *Handlers) showNew(c *web.Ctx, v newView) error {
	v.kinds = kindOptions(c)
	v.house = v.kind != portfolio.ToPerson && v.kind != portfolio.ToLease
	head := ui.Head{Title: c.T("documentsweb.s.new"), Narrow: true}
	if known(v.kind) && v.form.target != "" && v.property == "" { // from a person's or a flat's page
		t, err := h.Documents.Target(c, c.Actor, v.kind, v.form.target)
		if err != nil {
			return err
		}
		v.targets = []ui.Option{{Value: t.ID, Label: t.Title()}}
	} else if known(v.kind) && v.property != "" {
		list, err := h.Documents.Targets(c, c.Actor, v.property, v.kind)
		if err != nil {
			return err
		}
		for _, t := range list {
			v.targets = append(v.targets, ui.Option{Value: t.ID, Label: targetLabel(c, t)})
		}
	} else {
		v.kind = ""
		list, err := h.Documents.Properties(c, c.Actor)
		if err != nil {
			return err
		}
		for _, p := range list {
			v.properties = append(v.properties, ui.Option{Value: p.ID, Label: p.Name})
		}
	}
	v.again = newPath + "?liegenschaft=" + url.QueryEscape(v.property)
	if len(v.targets) == 1 {
		v.form.target, v.fixed = v.targets[0].Value, v.targets[0].Label
	}
	if v.form.fileID != "" {
		if list, err := h.Documents.Drafts(c, c.Actor, []string{v.form.fileID}); err != nil {
			return err
		} else if len(list) == 1 {
			v.form.fileName = list[0].Name
		} else {
			v.form.fileID = ""
		}
	}
	if v.form.bad != nil {
		return c.Again(head, newPage(v))
	}
	return c.Page(head, newPage(v))
}

func known(k portfolio.Kind) bool {
	for _, a := range audiences {
		if a == k {
			return true
		}
	}
	return false
}

// targetLabel names a target in a list; a lease says when it was.
func targetLabel(c *web.Ctx, t documents.Target) string {
	label := t.Title()
	if t.Kind != portfolio.ToLease {
		return label
	}
	if t.Lease.EndsOn == "" {
		return label + " · " + c.T("documentsweb.s.since", "day", c.Printer().DayShort(t.Lease.StartsOn))
	}
	return label + " · " + c.Printer().DayShort(t.Lease.StartsOn) + " – " + c.Printer().DayShort(t.Lease.EndsOn)
}

func (h *Handlers) publish(c *web.Ctx) error {
	var kept documents.File
	var refused *fault.Invalid
	f, err := c.Multipart(func(_ string, up web.Upload) error {
		if kept.ID != "" {
			return nil
		}
		var err error
		kept, err = h.Documents.Keep(c, c.Actor, "datei", up.Name, up)
		if refused = fault.AsInvalid(err); refused != nil {
			return nil // what is typed is read on, and kept
		}
		return err
	})
	if err != nil {
		return err
	}
	v := newView{property: f.Text("liegenschaft"), kind: portfolio.Kind(f.Text("an")), form: readForm(f)}
	if kept.ID != "" {
		v.form.fileID = kept.ID
	}
	if refused != nil {
		v.form.bad = refused
		return h.showNew(c, v)
	}
	d, err := h.Documents.Publish(c, c.Actor, documents.Draft{Key: v.form.key, FileID: v.form.fileID, Facts: v.form.facts(), Audience: v.kind, TargetID: v.form.target, Quiet: v.form.quiet})
	if v.form.bad = fault.AsInvalid(err); v.form.bad != nil {
		return h.showNew(c, v)
	}
	if err != nil {
		return err
	}
	return c.Redirect(StaffPath + "/" + d.ID + "?ok=veroeffentlicht")
}
