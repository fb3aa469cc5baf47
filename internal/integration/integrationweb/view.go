package integrationweb

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"foyer/internal/integration"
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

// resultView is the page of a checked or finished run.
type resultView struct {
	Run          integration.Run
	List         string // the table that is paged
	Page         int
	Rejected     []integration.Line
	Waiting      []integration.Line // for the end of somebody who is missing
	New, Changed []integration.Line
	Warnings     []integration.Note
	Conflicts    []integration.Note
	Endings      []integration.Ending
	Kept         []integration.Kept
	Undoable     string
	Outdated     bool // another import was applied or undone since the check
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

// progress marks the steps of a run, nil where it is on no way to its end any
// more. Done is only what has been applied.
func progress(ctx context.Context, r integration.Run) []ui.Step {
	switch r.State {
	case integration.Checking, integration.Checked, integration.Failed:
		return wizard(ctx, 2)
	case integration.Applied:
		return wizard(ctx, 3)
	case integration.Applying, integration.Stopped:
		if r.Step == "undo" {
			return nil
		}
		steps := wizard(ctx, 3)
		steps[3].Label = i18n.T(ctx, "integrationweb.step.apply")
		return steps
	}
	return nil
}

// label names a column or a field of a change.
func label(ctx context.Context, name string) string { return labelOf(i18n.From(ctx), name) }

func labelOf(p *i18n.Printer, name string) string {
	for _, key := range []string{"import.column." + name, "integrationweb.col." + name} {
		if p.Has(key) {
			return p.T(key)
		}
	}
	return name
}

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

// whatRow names a row by its unit and person.
func whatRow(place, who string) templ.Component {
	place, who = brief(place), brief(who)
	switch {
	case place == "":
		return foreign(who)
	case who == "":
		return foreign(place)
	}
	return foreign(place + " · " + who)
}

// mostShown is how many characters of a text from the file a cell shows: enough
// to find it again.
const mostShown = 120

func brief(s string) string {
	if r := []rune(s); len(r) > mostShown {
		return string(r[:mostShown-1]) + "…"
	}
	return s
}

// rowCell is the number of a row of the file.
func rowCell(ctx context.Context, row int) templ.Component {
	return ui.NumberCell(i18n.T(ctx, "integrationweb.head.row"), strconv.Itoa(row))
}

// wholeHeading is how many characters of a heading stand on one line.
const wholeHeading = 16

// columnCell names the column that a reason is about.
func columnCell(p *i18n.Printer, r integration.Reason) templ.Component {
	switch at := r.At(p); {
	case at == "":
	case len([]rune(at)) <= wholeHeading:
		return whole(at)
	default:
		return foreign(brief(at))
	}
	return ui.Text(p.T("import.rejected.whole"))
}

// lineRows are the rejected or waiting rows, one for each reason.
func lineRows(ctx context.Context, lines []integration.Line) (out []ui.Row) {
	p := i18n.From(ctx)
	for _, l := range lines {
		for _, r := range l.Reasons {
			out = append(out, ui.Row{rowCell(ctx, l.Row), whatRow(l.Place, l.Who), columnCell(p, r), foreign(r.Text(p)), ui.Text(r.Fix(p))})
		}
	}
	return out
}

// changeRows are the changed rows, one for each field.
func changeRows(ctx context.Context, lines []integration.Line) (out []ui.Row) {
	for _, l := range lines {
		for _, ch := range l.Changes {
			out = append(out, ui.Row{rowCell(ctx, l.Row), whatRow(l.Place, l.Who), ui.Text(label(ctx, ch.Field)),
				foreign(brief(value(ctx, ch.Field, ch.Before))), foreign(brief(value(ctx, ch.Field, ch.After)))})
		}
	}
	return out
}

// newRows are the new rows, one each: what they make, and what they change in
// what is there.
func newRows(ctx context.Context, lines []integration.Line) (out []ui.Row) {
	for _, l := range lines {
		made := make([]string, 0, len(l.Changes))
		for _, ch := range l.Changes {
			switch ch.Field {
			case "unit", "person", "membership": // they stand beside it
				made = append(made, label(ctx, ch.Field))
			case "property", "building", "lease":
				made = append(made, label(ctx, ch.Field)+" "+value(ctx, ch.Field, ch.After))
			default:
				made = append(made, i18n.T(ctx, "integrationweb.changes", "field", label(ctx, ch.Field), "before", brief(value(ctx, ch.Field, ch.Before)), "after", brief(value(ctx, ch.Field, ch.After))))
			}
		}
		out = append(out, ui.Row{rowCell(ctx, l.Row), whatRow(l.Place, l.Who), foreign(strings.Join(made, " · "))})
	}
	return out
}

func noteRows(ctx context.Context, notes []integration.Note) (out []ui.Row) {
	p := i18n.From(ctx)
	for _, n := range notes {
		out = append(out, ui.Row{rowCell(ctx, n.Row), whatRow(n.Place, n.Who), columnCell(p, n.Reason), foreign(n.Reason.Text(p)), ui.Text(n.Reason.Fix(p))})
	}
	return out
}

// endingColumns says on which day somebody is out, and after applying whether.
func endingColumns(r integration.Run) []string {
	if r.State == integration.Checked {
		return []string{"unit", "person", "until"}
	}
	return []string{"unit", "person", "until", "ended"}
}

func endingRows(ctx context.Context, v resultView) (out []ui.Row) {
	for _, e := range v.Endings {
		who := e.Who
		if who == "" {
			who = "–"
		}
		row := ui.Row{foreign(brief(e.Place)), foreign(brief(who)), ui.Text(i18n.DayShort(ctx, e.EndsOn))}
		if len(endingColumns(v.Run)) > len(row) {
			row = append(row, ui.Text(i18n.T(ctx, "integrationweb.ended."+e.State)))
		}
		out = append(out, row)
	}
	return out
}

func keptRows(ctx context.Context, list []integration.Kept) (out []ui.Row) {
	for _, k := range list {
		name := brief(k.Label)
		if k.Day != "" {
			name = strings.TrimSpace(name + " " + i18n.T(ctx, "integrationweb.lease_from", "day", i18n.DayShort(ctx, k.Day)))
		}
		out = append(out, ui.Row{ui.Text(label(ctx, k.Kind)), foreign(name), ui.Text(i18n.T(ctx, k.Reason)), ui.Text(i18n.T(ctx, k.Fix()))})
	}
	return out
}

// stateKey names where a run is; an undo that left something says so.
func stateKey(r integration.Run) string {
	switch {
	case r.State != integration.Undone || r.Counts.Kept == 0:
		return "integrationweb.state." + string(r.State)
	case r.Counts.Restored == 0:
		return "integrationweb.state.undone_nothing"
	}
	return "integrationweb.state.undone_part"
}

// stateMark shows where a run is.
func stateMark(ctx context.Context, r integration.Run) templ.Component {
	tone, icon := ui.Neutral, ui.IconName("")
	switch r.State {
	case integration.Applied:
		tone = ui.Success
	case integration.Checked, integration.Columns:
		tone = ui.Warning
	case integration.Checking, integration.Applying, integration.Undoing:
		tone = ui.Info
	case integration.Failed, integration.Stopped:
		tone = ui.Danger
	default:
		icon = ui.IconCircleDashed
	}
	return ui.Status(tone, icon, i18n.T(ctx, stateKey(r)))
}

func runRows(ctx context.Context, v listView) (out []ui.Row) {
	for _, r := range v.Runs {
		var undo templ.Component = ui.Text("")
		if r.ID == v.Undoable {
			undo = ui.PlainLink(i18n.T(ctx, "integrationweb.undo"), at(r.ID)+"/rueckgaengig")
		}
		rows := "–" // not read yet
		if r.Counts.Rows > 0 {
			rows = i18n.From(ctx).Int(int64(r.Counts.Rows))
		}
		out = append(out, ui.Row{ui.TitleCell(r.Name, at(r.ID), i18n.Moment(ctx, r.CreatedAt.In(v.At))), stateMark(ctx, r), ui.Text(rows), undo})
	}
	return out
}

// pager is the foot of the table named list.
func (v resultView) pager(ctx context.Context, list string, total int) ui.Pages {
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
	return ui.Pages{Total: i18n.T(ctx, "integrationweb.total", "count", total), Page: page, Of: of, PrevURL: link(page - 1), NextURL: link(page + 1)}
}

// columns are a table's headings by key.
func columns(ctx context.Context, keys ...string) (out []ui.Column) {
	for _, k := range keys {
		out = append(out, ui.Column{Label: i18n.T(ctx, "integrationweb.head."+k)})
	}
	return out
}

// lead is the sentence below the title; of a file that was not read, its name.
func lead(ctx context.Context, r integration.Run) string {
	if r.Counts.Rows == 0 {
		return r.Name
	}
	return i18n.T(ctx, "integrationweb.result_lead."+outcome(r), "file", r.Name, "count", r.Counts.Rows)
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

// something tells whether applying would do anything.
func (v resultView) something() bool {
	return v.Run.Counts.ToApply(true) > 0 || v.Run.Counts.Ending > 0
}

// applyLabel names the button that applies. Where all that is to do depends on
// the tick above it, it gives no number.
func (v resultView) applyLabel(ctx context.Context) string {
	if n := v.Run.Counts.ToApply(false); n > 0 {
		return i18n.T(ctx, "integrationweb.apply", "count", n)
	}
	return i18n.T(ctx, "integrationweb.apply_form")
}

// busyStep is the step that is shown: without somebody to end, a run applies.
func busyStep(r integration.Run) string {
	if r.Step == "end" && !r.EndMissing {
		return "apply"
	}
	return r.Step
}

// stats are the four tiles, two more where they say something. A tile leads to
// its list.
func stats(ctx context.Context, v resultView) []ui.Stat {
	c, p := v.Run.Counts, i18n.From(ctx)
	tense := "_note"
	if v.Run.State != integration.Checked && v.Run.State != integration.Stopped {
		tense = "_done"
	}
	tile := func(key string, n int, list string, rows int) ui.Stat {
		s := ui.Stat{Label: p.T("integrationweb.stat." + key), Value: p.Int(int64(n)), Note: p.T("integrationweb.stat." + key + tense)}
		if rows > 0 {
			s.URL = "#" + list
		}
		return s
	}
	out := []ui.Stat{tile("new", c.New, "neu", len(v.New)), tile("changed", c.Changed, "geaendert", len(v.Changed)), tile("unchanged", c.Unchanged, "", 0),
		tile("rejected", c.Rejected, "abgelehnt", len(v.Rejected))}
	if n := c.WaitingNew + c.WaitingChanged; n > 0 {
		out = append(out, tile("waiting", n, "wartet", len(v.Waiting)))
	}
	if v.Run.Complete {
		if tense == "_done" {
			out = append(out, tile("ending", c.Ended, "endet", len(v.Endings)))
		} else {
			out = append(out, tile("ending", c.Ending, "endet", len(v.Endings)))
		}
	}
	return out
}
