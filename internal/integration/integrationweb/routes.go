package integrationweb

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"foyer/internal/integration"
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Path is where the pages live.
const Path = web.StaffPrefix + "/import"

type pages struct{ s *integration.Service }

// Routes returns the pages.
func Routes(s *integration.Service) []web.Route {
	p := &pages{s}
	edit := func(pattern string, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.EditPortfolio, Handle: h}
	}
	return []web.Route{
		edit("GET "+Path, p.list),
		{Pattern: "POST " + Path, Right: actor.EditPortfolio, Handle: p.upload, Body: integration.MaxFile + 1<<20},
		edit("GET "+Path+"/{id}", p.run),
		edit("POST "+Path+"/{id}/pruefen", p.check).On(Path + "/{id}"),
		edit("POST "+Path+"/{id}/neu-pruefen", p.recheck).On(Path + "/{id}"),
		edit("POST "+Path+"/{id}/uebernehmen", p.apply).On(Path + "/{id}"),
		edit("POST "+Path+"/{id}/verwerfen", p.cancel).On(Path + "/{id}"),
		edit("GET "+Path+"/{id}/rueckgaengig", p.askUndo),
		edit("POST "+Path+"/{id}/rueckgaengig", p.undo),
		edit("GET "+Path+"/{id}/abgelehnt.csv", p.rejected),
	}
}

func at(id string) string { return Path + "/" + id }

// list shows the form for a file and the newest imports.
func (p *pages) list(c *web.Ctx) error { return p.listWith(c, nil) }

func (p *pages) listWith(c *web.Ctx, bad *fault.Invalid) error {
	runs, err := p.s.Runs(c, c.Actor, 20)
	if err != nil {
		return err
	}
	undo, err := p.s.Undoable(c, c.Actor)
	if err != nil {
		return err
	}
	page := listPage(listView{Runs: runs, Undoable: undo, Invalid: bad, At: c.Org.Zone})
	if bad != nil {
		return c.Again(ui.Head{Title: c.T("integrationweb.title")}, page)
	}
	return c.Page(ui.Head{Title: c.T("integrationweb.title")}, page)
}

func (p *pages) upload(c *web.Ctx) error {
	file, err := c.Upload("file")
	if err == nil {
		var id string
		if id, err = p.s.Start(c, c.Actor, file, file.Name); err == nil {
			return c.Redirect(at(id))
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		err = fault.Wrong("file", "import.file.too_large", "max", integration.MaxFile>>20)
	}
	if bad := fault.AsInvalid(err); bad != nil {
		return p.listWith(c, told(c, bad, func(name string) string { return name }))
	}
	return err
}

// run shows one import where it is.
func (p *pages) run(c *web.Ctx) error {
	r, err := p.s.Run(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	if r.State == integration.Columns {
		return c.Page(ui.Head{Title: c.T("integrationweb.columns")}, columnsPage(columnsView{Run: r, Mapping: r.Mapping}))
	}
	head := ui.Head{Title: c.T(stateKey(r))}
	if r.State.Busy() {
		return c.Page(head, busyPage(r))
	}
	if c.HTMX() && c.Query("stand") == "" { // the bar asked: it is over, so the whole page changes
		return c.Redirect(at(r.ID) + "?stand=" + string(r.State))
	}
	v, err := p.result(c, r)
	if err != nil {
		return err
	}
	return c.Page(head, resultPage(v))
}

func (p *pages) check(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	choice := integration.Choice{Mapping: residentlist.Mapping{}, Complete: f.On("complete")}
	for _, col := range residentlist.Columns() {
		if heading := f.Raw("c_" + string(col)); heading != "" {
			choice.Mapping[col] = heading
		}
	}
	id := c.Path("id")
	err = p.s.Check(c, c.Actor, id, choice)
	if bad := fault.AsInvalid(err); bad != nil {
		r, err := p.s.Run(c, c.Actor, id)
		if err != nil {
			return err
		}
		return c.Again(ui.Head{Title: c.T("integrationweb.columns")}, columnsPage(columnsView{Run: r, Mapping: choice.Mapping, Complete: choice.Complete,
			Invalid: told(c, bad, func(name string) string { return fieldName(residentlist.Column(name)) })}))
	}
	if err != nil {
		return err
	}
	return c.Redirect(at(id))
}

// told turns complaints of the service into those of a form: each with its
// advice, columns by the names of the form's fields.
func told(c *web.Ctx, bad *fault.Invalid, field func(string) string) *fault.Invalid {
	out := &fault.Invalid{}
	for _, f := range bad.Fields {
		args := slices.Clone(f.Args)
		for i := 1; i < len(args); i += 2 {
			if name, ok := args[i].(string); ok && args[i-1] == "column" {
				args[i] = labelOf(c.Printer(), name)
			}
		}
		fix := ""
		if c.Printer().Has(f.Key + ".fix") {
			fix = c.T(f.Key+".fix", args...)
		}
		out.Add(field(f.Name), "integrationweb.told", "text", c.T(f.Key, args...), "fix", fix)
	}
	return out
}

func (p *pages) apply(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	id := c.Path("id")
	outdated, err := p.s.Outdated(c, c.Actor, id)
	if err != nil {
		return err
	}
	if !outdated { // the page says so, and has the button that checks again
		if err := p.s.Apply(c, c.Actor, id, f.On("end_missing")); err != nil {
			return err
		}
	}
	return c.Redirect(at(id))
}

func (p *pages) recheck(c *web.Ctx) error {
	if err := p.s.Recheck(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(at(c.Path("id")))
}

func (p *pages) cancel(c *web.Ctx) error {
	if err := p.s.Cancel(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(Path)
}

func (p *pages) askUndo(c *web.Ctx) error {
	r, err := p.s.Run(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("integrationweb.undo"), Narrow: true}, ui.ConfirmPage(ui.ConfirmProps{Title: c.T("integrationweb.undo_title", "file", r.Name),
		Text: c.T("integrationweb.undo_text"), Verb: c.T("integrationweb.undo"), Action: at(r.ID) + "/rueckgaengig", CancelURL: at(r.ID), Danger: true}))
}

func (p *pages) undo(c *web.Ctx) error {
	if err := p.s.Undo(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(at(c.Path("id")))
}

func (p *pages) rejected(c *web.Ctx) error {
	var b bytes.Buffer
	if err := p.s.WriteRejected(c, c.Actor, c.Path("id"), c.Printer(), &b); err != nil {
		return err
	}
	return c.File(c.T("integrationweb.rejected_file"), "text/csv; charset=utf-8", b.Bytes())
}

// perPage is how many rows a table shows.
const perPage = 25

// result gathers what the page of a checked or applied run shows. One table is
// paged at a time; the others show their first rows.
func (p *pages) result(c *web.Ctx, r integration.Run) (v resultView, err error) {
	v = resultView{Run: r, List: c.Query("liste"), Page: 1}
	if n, err := strconv.Atoi(c.Query("seite")); err == nil && n > 1 && n < 1_000_000 {
		v.Page = n
	}
	offset := func(list string) int {
		if v.List == list {
			return (v.Page - 1) * perPage
		}
		return 0
	}
	id := r.ID
	if v.Outdated, err = p.s.Outdated(c, c.Actor, id); err != nil {
		return v, err
	}
	if v.Rejected, err = p.s.Lines(c, c.Actor, id, integration.LineRejected, offset("abgelehnt"), perPage); err != nil {
		return v, err
	}
	if v.Waiting, err = p.s.Lines(c, c.Actor, id, integration.LineWaits, offset("wartet"), perPage); err != nil {
		return v, err
	}
	if v.New, err = p.s.Lines(c, c.Actor, id, integration.LineNew, offset("neu"), perPage); err != nil {
		return v, err
	}
	if v.Changed, err = p.s.Lines(c, c.Actor, id, integration.LineChanged, offset("geaendert"), perPage); err != nil {
		return v, err
	}
	if v.Warnings, err = p.s.Warnings(c, c.Actor, id, offset("hinweise"), perPage); err != nil {
		return v, err
	}
	if v.Conflicts, err = p.s.Conflicts(c, c.Actor, id, offset("konflikte"), perPage); err != nil {
		return v, err
	}
	if v.Endings, err = p.s.Endings(c, c.Actor, id, offset("endet"), perPage); err != nil {
		return v, err
	}
	if v.Kept, err = p.s.Kept(c, c.Actor, id, offset("bleibt"), perPage); err != nil {
		return v, err
	}
	v.Undoable, err = p.s.Undoable(c, c.Actor)
	return v, err
}
