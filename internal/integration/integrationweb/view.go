package integrationweb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"foyer/internal/integration"
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// listView is the page with the form for a file.
type listView struct {
	Runs     []integration.Run
	Undoable string
	Invalid  *fault.Invalid
	At       *time.Location
}

// columnsView is the choice of columns.
type columnsView struct {
	Run      integration.Run
	Mapping  residentlist.Mapping
	Complete bool
	Invalid  *fault.Invalid
}

// resultView is the page of a checked or finished run.
type resultView struct {
	Run          integration.Run
	List         string // the table that is paged
	Page         int
	Rejected     []integration.Line
	New, Changed []integration.Line
	Warnings     []integration.Note
	Conflicts    []integration.Note
	Endings      []integration.Ending
	Kept         []integration.Kept
	Undoable     string
}

// wizard marks the steps of a list on its way.
func wizard(ctx context.Context, now int) []ui.Step {
	names := []string{"integrationweb.step.file", "integrationweb.step.columns", "integrationweb.step.check", "integrationweb.step.done"}
	out := make([]ui.Step, len(names))
	for i, n := range names {
		out[i] = ui.Step{Label: i18n.T(ctx, n), State: ui.StepAhead}
		switch {
		case i < now:
			out[i].State = ui.StepDone
		case i == now:
			out[i].State = ui.StepNow
		}
	}
	return out
}

// step tells how far a run is: 2 while it is checked, 3 when it is over.
func step(s integration.State) int {
	switch s {
	case integration.Checking, integration.Checked, integration.Failed:
		return 2
	}
	return 3
}

// Columns that the form asks for first, the others are behind "Weitere".
var usual = []residentlist.Column{"property_ref", "property_name", "street", "house_number", "postcode", "city", "stairwell", "unit_ref", "unit_label", "floor",
	"uvi_needed", "lease_ref", "lease_start", "lease_end", "person_ref", "role", "salutation", "first_name", "last_name", "company", "email", "email_consent_on"}

func rare() (out []residentlist.Column) {
	for _, c := range residentlist.Columns() {
		if !slices.Contains(usual, c) {
			out = append(out, c)
		}
	}
	return out
}

// label names a column or a field of a change.
func label(ctx context.Context, name string) string {
	if key := "integrationweb.col." + name; i18n.From(ctx).Has(key) {
		return i18n.T(ctx, key)
	}
	return name
}

func (v columnsView) options(ctx context.Context) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "integrationweb.col_none")}}
	seen := map[string]bool{}
	for _, h := range v.Run.Headings {
		if h != "" && !seen[h] {
			seen[h] = true
			out = append(out, ui.Option{Value: h, Label: h})
		}
	}
	return out
}

// sample is the first value that stands below a column's heading.
func (v columnsView) sample(ctx context.Context, c residentlist.Column) string {
	i := slices.Index(v.Run.Headings, v.Mapping[c])
	if v.Mapping[c] == "" || i < 0 {
		return ""
	}
	for _, row := range v.Run.Samples {
		if i < len(row) && row[i] != "" {
			return i18n.T(ctx, "integrationweb.sample", "value", row[i])
		}
	}
	return ""
}

func fieldName(c residentlist.Column) string { return "c_" + string(c) }

// value shows a field's value as people write it.
func value(ctx context.Context, field, v string) string {
	p := i18n.From(ctx)
	if v == "" {
		return "–"
	}
	switch field {
	case "area_m2":
		return p.Decimal(number(v), 2, 0) + "\u00a0m²"
	case "rooms":
		return p.Decimal(number(v), 1, 0)
	case "rent_net", "rent_service", "rent_heating", "deposit":
		return p.Decimal(number(v), 2, 2)
	case "lease_start", "lease_end", "lease_signed_on", "from_day", "to_day", "email_consent_on":
		return p.DayShort(v)
	case "lease": // the days of a lease: "2021-03-01/", "2021-03-01/2023-02-28"
		from, until, _ := strings.Cut(v, "/")
		if until == "" {
			return p.T("integrationweb.lease_from", "day", p.DayShort(from))
		}
		return p.T("integrationweb.lease_span", "day", p.DayShort(from), "until", p.DayShort(until))
	}
	if key := "integrationweb.value." + v; p.Has(key) {
		return p.T(key)
	}
	return v
}

func number(v string) (n int64) {
	if _, err := fmt.Sscan(v, &n); err != nil {
		return 0
	}
	return n
}

func whatRow(place, who string) string {
	switch {
	case place == "":
		return who
	case who == "":
		return place
	}
	return place + " · " + who
}

func rejectedRows(ctx context.Context, lines []integration.Line) (out []ui.Row) {
	p := i18n.From(ctx)
	for _, l := range lines {
		for i, r := range l.Reasons {
			first := ui.Text(fmt.Sprint(l.Row))
			if i > 0 {
				first = ui.Quiet(fmt.Sprint(l.Row))
			}
			out = append(out, ui.Row{first, ui.Text(whatRow(l.Place, l.Who)), ui.Text(r.Text(p)), ui.Text(r.Fix(p))})
		}
	}
	return out
}

// changeRows are the new and changed rows, one line per field.
func changeRows(ctx context.Context, lines []integration.Line) (out []ui.Row) {
	for _, l := range lines {
		kind := ui.Status(ui.Info, ui.IconPencil, i18n.T(ctx, "integrationweb.changed"))
		if l.State == integration.LineNew {
			kind = ui.Status(ui.Success, ui.IconPlus, i18n.T(ctx, "integrationweb.new"))
		}
		if len(l.Changes) == 0 {
			out = append(out, ui.Row{ui.Text(fmt.Sprint(l.Row)), kind, ui.Text(whatRow(l.Place, l.Who)), ui.Text("–"), ui.Text("–"), ui.Text("–")})
		}
		for _, ch := range l.Changes {
			out = append(out, ui.Row{ui.Text(fmt.Sprint(l.Row)), kind, ui.Text(whatRow(l.Place, l.Who)), ui.Text(label(ctx, ch.Field)),
				ui.Text(value(ctx, ch.Field, ch.Before)), ui.Text(value(ctx, ch.Field, ch.After))})
		}
	}
	return out
}

func noteRows(ctx context.Context, notes []integration.Note) (out []ui.Row) {
	p := i18n.From(ctx)
	for _, n := range notes {
		out = append(out, ui.Row{ui.Text(fmt.Sprint(n.Row)), ui.Text(whatRow(n.Place, n.Who)), ui.Text(n.Reason.Text(p)), ui.Text(n.Reason.Fix(p))})
	}
	return out
}

func endingRows(ctx context.Context, list []integration.Ending) (out []ui.Row) {
	for _, e := range list {
		out = append(out, ui.Row{ui.Text(e.Place), ui.Text(e.Who), ui.Text(i18n.DayShort(ctx, e.EndsOn))})
	}
	return out
}

func keptRows(ctx context.Context, list []integration.Kept) (out []ui.Row) {
	for _, k := range list {
		out = append(out, ui.Row{ui.Text(label(ctx, k.Kind)), ui.Text(k.Label), ui.Text(i18n.T(ctx, k.Reason))})
	}
	return out
}

func runRows(ctx context.Context, v listView) (out []ui.Row) {
	for _, r := range v.Runs {
		var undo templ.Component = ui.Text("")
		if r.ID == v.Undoable {
			undo = ui.PlainLink(i18n.T(ctx, "integrationweb.undo"), at(r.ID)+"/rueckgaengig")
		}
		out = append(out, ui.Row{ui.TitleCell(r.Name, at(r.ID), i18n.Moment(ctx, r.CreatedAt.In(v.At))), ui.Text(i18n.T(ctx, "integrationweb.state."+string(r.State))),
			ui.Text(i18n.From(ctx).Int(int64(r.Counts.Rows))), undo})
	}
	return out
}

// pager is the foot of the table named list.
func (v resultView) pager(list string, total int) ui.Pages {
	page := 1
	if v.List == list {
		page = v.Page
	}
	of := (total + perPage - 1) / perPage
	link := func(n int) string {
		if n < 1 || n > of {
			return ""
		}
		return fmt.Sprintf("%s?liste=%s&seite=%d#%s", at(v.Run.ID), list, n, list)
	}
	return ui.Pages{Page: page, Of: of, PrevURL: link(page - 1), NextURL: link(page + 1)}
}

// columns are a table's headings by key.
func columns(ctx context.Context, keys ...string) (out []ui.Column) {
	for _, k := range keys {
		out = append(out, ui.Column{Label: i18n.T(ctx, "integrationweb.head."+k)})
	}
	return out
}

// outcome chooses the sentence below the title.
func outcome(r integration.Run) string {
	switch r.State {
	case integration.Checked:
		return "dry"
	case integration.Applied:
		return "applied"
	}
	return "other"
}

// stats are the four tiles, two more where they say something. What will become
// of the rows is said as long as it is to come.
func stats(ctx context.Context, v resultView) []ui.Stat {
	c, p := v.Run.Counts, i18n.From(ctx)
	tile := func(key string, n int) ui.Stat {
		s := ui.Stat{Label: p.T("integrationweb.stat." + key), Value: p.Int(int64(n))}
		if v.Run.State == integration.Checked {
			s.Note = p.T("integrationweb.stat." + key + "_note")
		}
		return s
	}
	out := []ui.Stat{tile("new", c.New), tile("changed", c.Changed), tile("unchanged", c.Unchanged), tile("rejected", c.Rejected)}
	if n := c.WaitingNew + c.WaitingChanged; n > 0 {
		out = append(out, tile("waiting", n))
	}
	if v.Run.Complete {
		out = append(out, tile("ending", c.Ending))
	}
	return out
}
