package notificationsweb

import (
	"slices"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// OutboxPath is the print outbox.
const OutboxPath = web.StaffPrefix + "/druckausgang"

func (h *Handlers) outboxRoutes() []web.Route {
	send := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.IssueAccess, Handle: handle}
	}
	return []web.Route{
		send("GET "+OutboxPath, h.outbox),
		send("POST "+OutboxPath, h.print),
		send("GET "+OutboxPath+"/{id}", h.run),
		send("POST "+OutboxPath+"/{id}/pdf", func(c *web.Ctx) error { return h.file(c, false) }).On(OutboxPath),
		send("POST "+OutboxPath+"/{id}/liste", func(c *web.Ctx) error { return h.file(c, true) }).On(OutboxPath),
		send("POST "+OutboxPath+"/{id}/versendet", h.posted).On(OutboxPath),
		send("POST "+OutboxPath+"/fehler/{id}/nochmal", h.again).On(OutboxPath),
		send("POST "+OutboxPath+"/fehler/{id}/erledigt", h.dismiss).On(OutboxPath),
	}
}

// outboxView is the page "Druckausgang".
type outboxView struct {
	done    string
	waiting []waitingView
	total   int
	failed  []failedView
	runs    []runView
	bad     *fault.Invalid
}

type waitingView struct {
	property, name, since string
	count                 int
	ticked                bool
}

type failedView struct{ id, name, property, reason string }

type runView struct {
	id, when, by, state    string
	tone                   ui.Tone
	letters, failed        int
	available, ready, busy bool
	posted, until          string
	progress               ui.ProgressProps
}

func outboxHead(c *web.Ctx) ui.Head { return ui.Head{Title: c.T("notificationsweb.outbox.title")} }

func (h *Handlers) outbox(c *web.Ctx) error {
	v, err := h.outboxView(c, nil)
	if err != nil {
		return err
	}
	switch what := c.Query("ok"); what {
	case "nochmal", "erledigt":
		v.done = "notificationsweb.outbox.done." + what
	}
	return c.Page(outboxHead(c), outboxPage(v))
}

// outboxView reads the page; without ticks all properties are ticked.
func (h *Handlers) outboxView(c *web.Ctx, ticked []string) (outboxView, error) {
	o, err := h.Notifications.Outbox(c, c.Actor)
	if err != nil {
		return outboxView{}, err
	}
	names, err := h.names(c, o)
	if err != nil {
		return outboxView{}, err
	}
	var v outboxView
	for _, w := range o.Waiting {
		v.waiting = append(v.waiting, waitingView{property: w.PropertyID, name: names(w.PropertyID), since: c.Printer().Day(day(c, w.Since)), count: w.Count,
			ticked: ticked == nil || slices.Contains(ticked, w.PropertyID)})
		v.total += w.Count
	}
	for _, f := range o.Failed {
		x := failedView{id: f.DeliveryID, name: f.Name, property: names(f.PropertyID), reason: c.T(f.Key, "char", f.Char)}
		if x.name == "" {
			x.name = c.T("notificationsweb.outbox.unknown")
		}
		v.failed = append(v.failed, x)
	}
	for _, r := range o.Runs {
		v.runs = append(v.runs, runOf(c, r))
	}
	return v, nil
}

// names returns the function that names properties.
func (h *Handlers) names(c *web.Ctx, o notifications.Outbox) (func(id string) string, error) {
	var ids []string
	for _, w := range o.Waiting {
		ids = append(ids, w.PropertyID)
	}
	for _, f := range o.Failed {
		ids = append(ids, f.PropertyID)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	slices.Sort(ids)
	list, err := h.PropertyNames(c, slices.Compact(ids))
	return func(id string) string {
		if name := list[id]; name != "" {
			return name
		}
		return c.T("notificationsweb.outbox.no_property")
	}, err
}

func day(c *web.Ctx, at time.Time) string { return at.In(c.Org.Zone).Format(time.DateOnly) }

func runOf(c *web.Ctx, r notifications.PrintRun) runView {
	v := runView{id: r.ID, when: c.Printer().Moment(r.CreatedAt.In(c.Org.Zone)), letters: r.Total - r.Failed, failed: r.Failed, available: r.Available(),
		ready: r.State == notifications.RunReady, busy: r.State == notifications.RunQueued, state: c.T("notificationsweb.outbox.state." + string(r.State)), tone: ui.Neutral}
	switch r.State {
	case notifications.RunReady:
		v.tone = ui.Warning
	case notifications.RunPosted:
		v.tone = ui.Success
		v.posted = c.Printer().Moment(r.PostedAt.In(c.Org.Zone))
	case notifications.RunFailed:
		v.tone = ui.Danger
	case notifications.RunQueued:
		v.tone = ui.Info
	}
	v.progress = ui.ProgressProps{ID: "fortschritt", Label: v.state, Total: r.Total, Finished: !v.busy, PollURL: OutboxPath + "/" + r.ID}
	if v.progress.Finished {
		v.progress.Done = r.Total
	}
	return v
}

func (h *Handlers) print(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	ticked := f.List("property")
	for i, p := range ticked {
		if p == noProperty {
			ticked[i] = ""
		}
	}
	if len(ticked) == 0 {
		v, err := h.outboxView(c, []string{})
		if err != nil {
			return err
		}
		v.bad = &fault.Invalid{Fields: []fault.Field{{Name: "which", Key: "notificationsweb.outbox.choose"}}}
		return c.Again(outboxHead(c), outboxPage(v))
	}
	id, err := h.Notifications.PrintLetters(c, c.Actor, ticked)
	if err != nil {
		return err
	}
	return c.Redirect(OutboxPath + "/" + id)
}

// noProperty stands for letters of no property in the form.
const noProperty = "-"

func (h *Handlers) run(c *web.Ctx) error {
	o, err := h.Notifications.Outbox(c, c.Actor)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(o.Runs, func(r notifications.PrintRun) bool { return r.ID == c.Path("id") })
	if i < 0 {
		return fault.NotFound("print run")
	}
	v := runOf(c, o.Runs[i])
	return c.Page(ui.Head{Title: c.T("notificationsweb.outbox.run")}, runPage(v, c.Query("ok") == "versendet"))
}

func (h *Handlers) file(c *web.Ctx, list bool) error {
	f, err := h.Notifications.PrintFile(c, c.Actor, c.Path("id"), list)
	if err != nil {
		return err
	}
	return c.Stream(f.Name, f.Type, f.Body)
}

func (h *Handlers) posted(c *web.Ctx) error {
	if err := h.Notifications.Posted(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(OutboxPath + "/" + c.Path("id") + "?ok=versendet")
}

func (h *Handlers) again(c *web.Ctx) error {
	if err := h.Notifications.PrintAgain(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(OutboxPath + "?ok=nochmal")
}

func (h *Handlers) dismiss(c *web.Ctx) error {
	if err := h.Notifications.DismissLetter(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(OutboxPath + "?ok=erledigt")
}

// Waiting counts the letters that wait and those that failed, for the
// navigation; 0 for who may not send letters.
func (h *Handlers) Waiting(c *web.Ctx) (int, error) {
	if !c.Actor.Has(actor.IssueAccess) {
		return 0, nil
	}
	return h.Notifications.OutboxCount(c, c.Actor)
}

// TodayCount counts what Today lists: however many letters wait, printing them is
// one thing to do.
func (h *Handlers) TodayCount(c *web.Ctx) (int, error) {
	n, err := h.Waiting(c)
	return min(n, 1), err
}

// Today is what waits on Heute: letters to print, files to post, letters that
// could not be written.
func (h *Handlers) Today(c *web.Ctx) (items []ui.TodayItem, err error) {
	if !c.Actor.Has(actor.IssueAccess) {
		return nil, nil
	}
	v, err := h.outboxView(c, nil)
	if err != nil {
		return nil, err
	}
	for _, f := range v.failed {
		items = append(items, ui.TodayItem{Group: ui.TodayTodo, Icon: ui.IconTriangleAlert, Title: c.T("notificationsweb.today.failed", "name", f.name), URL: OutboxPath, Text: f.reason,
			Meta: []string{f.property}, Dismiss: OutboxPath + "/fehler/" + f.id + "/erledigt", MayClose: true})
	}
	if v.total > 0 {
		items = append(items, ui.TodayItem{Group: ui.TodayTodo, Icon: ui.IconPrinter, Title: c.T("notificationsweb.today.waiting", "count", v.total), URL: OutboxPath,
			Text: c.T("notificationsweb.today.waiting_text")})
	}
	for _, r := range v.runs {
		if r.ready {
			items = append(items, ui.TodayItem{Group: ui.TodayTodo, Icon: ui.IconPrinter, Title: c.T("notificationsweb.today.post", "count", r.letters), URL: OutboxPath + "/" + r.id,
				Meta: []string{r.when}})
		}
	}
	return items, nil
}
