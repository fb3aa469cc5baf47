package casesweb

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/cases"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// rowView is a case in a list.
type rowView struct {
	icon               ui.IconName
	title, url, urgent string
	meta               []string
	tone               ui.Tone
	mark               ui.IconName
	status             string
	unread             bool
}

type listView struct {
	open, done []rowView
	older      string
	mayReport  bool
}

func (h *Handlers) list(c *web.Ctx) error {
	m, chosen, err := h.Mine(c)
	if err != nil {
		return err
	}
	lease := ""
	if len(m.Tenancies) > 1 {
		lease = chosen.Lease.ID
	}
	tree, err := h.Cases.Tree(c, c.Actor)
	if err != nil {
		return err
	}
	v := listView{mayReport: mayReport(m)}
	after := cases.Cursor{}
	if at, id, ok := strings.Cut(c.Query("nach"), "-"); ok {
		after = cases.Cursor{At: at, ID: id}
	}
	open, err := h.Cases.Mine(c, c.Actor, lease, false, cases.Cursor{})
	if err != nil {
		return err
	}
	done, err := h.Cases.Mine(c, c.Actor, lease, true, after)
	if err != nil {
		return err
	}
	if after.ID == "" {
		v.open = rowViews(c, tree, open.Rows)
	}
	v.done = rowViews(c, tree, done.Rows)
	if done.Next.ID != "" {
		v.older = path + "?nach=" + url.QueryEscape(done.Next.At+"-"+done.Next.ID)
	}
	return c.Page(ui.Head{Title: c.T("casesweb.title"), Narrow: true, Printed: c.Today()}, listPage(v))
}

// mayReport tells whether there is a lease that one may report about (X14).
func mayReport(m portfolio.Mine) bool {
	for _, x := range m.Tenancies {
		if x.State != portfolio.Ended {
			return true
		}
	}
	return false
}

func rowViews(c *web.Ctx, tree cases.Tree, list []cases.Row) (out []rowView) {
	for _, r := range list {
		v := rowView{icon: iconFor(tree, r.Case), title: r.Subject, url: path + "/" + r.ID, status: c.T(r.Status.Key()), unread: r.OutAt.After(r.SeenAt)}
		v.tone, v.mark = toneOf(r.Status)
		v.meta = []string{c.T("casesweb.number", "number", r.Number())}
		switch {
		case v.unread:
			v.meta = append(v.meta, c.T("casesweb.fresh_answer", "when", when(c, r.OutAt)))
		case r.Status == cases.Done:
			v.meta = append(v.meta, c.T("casesweb.done_on", "day", dayOf(c, r.DoneAt)))
		default:
			v.meta = append(v.meta, c.T("casesweb.reported_on", "day", dayOf(c, r.CreatedAt)))
		}
		out = append(out, v)
	}
	return out
}

type caseView struct {
	id, title, lead, number     string
	done                        string
	steps                       []ui.Step
	entries                     []entryView
	meetings                    []meetingView
	facts                       []ui.Fact
	mayReply, finish, open      bool
	rate                        bool
	why                         string
	rating                      int
	ratingText, reason          string
	key, text, phone, reach     string
	release                     bool
	kept                        []fileView
	invalid, badRate, badReopen *fault.Invalid
	badPhone, badMeeting        *fault.Invalid
}

var done = map[string]string{"gemeldet": "casesweb.done.reported", "gesendet": "casesweb.done.sent", "erledigt": "casesweb.done.finished", "offen": "casesweb.done.reopened",
	"bewertet": "casesweb.done.rated", "telefon": "casesweb.done.phone", "abgesagt": "casesweb.done.declined"}

func (h *Handlers) show(c *web.Ctx) error {
	v, head, err := h.load(c, true)
	if err != nil {
		return err
	}
	return c.Page(head, casePage(v))
}

func (h *Handlers) load(c *web.Ctx, look bool) (v caseView, head ui.Head, err error) {
	f, err := h.Cases.Read(c, c.Actor, c.Path("id"))
	if err != nil {
		return v, head, err
	}
	if look {
		if err := h.Cases.Look(c, c.Actor, f); err != nil {
			return v, head, err
		}
	}
	v = caseView{id: f.ID, title: f.Subject, number: f.Number(), steps: steps(c, f.Case), entries: timeline(c, f), meetings: meetings(c, f.Appointments), mayReply: f.MayReply,
		finish: f.MayFinish, open: f.MayReopen, rate: f.MayRate, rating: f.Rating, ratingText: f.RatingText, key: store.NewID(), phone: f.Phone, reach: f.Reach, release: f.Release}
	v.lead = strings.Join(compact(c.T("casesweb.case", "number", f.Number()), f.Tree.Name(f.CategoryID, c.Lang()), f.Place), " · ")
	if f.Why != "" {
		v.why = c.T(f.Why)
	}
	if key := done[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	add := func(key, text string) {
		if text != "" {
			v.facts = append(v.facts, ui.Fact{Term: c.T("casesweb.fact." + key), Text: text})
		}
	}
	add("who", f.Who+", "+c.Printer().Day(f.CreatedAt.In(c.Org.Zone).Format("2006-01-02")))
	add("spot", f.Spot)
	add("urgency", c.T(f.Urgency.Key()))
	cat, _ := f.Tree.Effective(f.CategoryID)
	for _, x := range cat.Fields {
		if a := f.Fields[x.Key]; a != "" {
			v.facts = append(v.facts, ui.Fact{Term: x.Label(c.Lang()), Text: answerText(c, x, a)})
		}
	}
	add("assignee", f.Assignee)
	add("provider", f.Provider.Name)
	return v, ui.Head{Title: f.Subject, Printed: c.Today()}, nil
}

func answerText(c *web.Ctx, f cases.Field, a string) string {
	switch f.Kind {
	case cases.FieldDay:
		return c.Printer().Day(a)
	case cases.FieldYesNo:
		return c.T("casesweb.yes")
	}
	return a
}

// again shows a case once more with what was wrong in one of its forms.
func (h *Handlers) again(c *web.Ctx, set func(v *caseView)) error {
	v, head, err := h.load(c, false)
	if err != nil {
		return err
	}
	set(&v)
	return c.Again(head, casePage(v))
}

func (h *Handlers) reply(c *web.Ctx) error {
	if _, err := h.Cases.Read(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	f, err := h.receive(c)
	if err != nil {
		return err
	}
	text, bad := f.Long("text"), f.bad
	if bad == nil {
		err = h.Cases.Reply(c, c.Actor, c.Path("id"), cases.Reply{Key: f.Text(ui.KeyField), Text: text, Files: f.files})
		bad = fault.AsInvalid(err)
	}
	if bad != nil {
		kept, err := h.Documents.Drafts(c, c.Actor, f.files)
		if err != nil {
			return err
		}
		return h.again(c, func(v *caseView) {
			v.invalid, v.text, v.key, v.kept = bad, text, f.Text(ui.KeyField), fileViews(c, kept)
		})
	}
	if err != nil {
		return err
	}
	return c.Redirect(path + "/" + c.Path("id") + "?ok=gesendet")
}

func (h *Handlers) finish(c *web.Ctx) error {
	if err := h.Cases.Finish(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(path + "/" + c.Path("id") + "?ok=erledigt")
}

func (h *Handlers) reopen(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Cases.Reopen(c, c.Actor, c.Path("id"), f.Text(ui.KeyField), f.Long("text"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.again(c, func(v *caseView) { v.badReopen, v.reason = bad, f.Long("text") })
	}
	if err != nil {
		return err
	}
	return c.Redirect(path + "/" + c.Path("id") + "?ok=offen")
}

func (h *Handlers) rate(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	stars, _ := strconv.Atoi(f.Text("rating")) // what is no number is no rating
	err = h.Cases.Rate(c, c.Actor, c.Path("id"), stars, f.Long("text"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.again(c, func(v *caseView) { v.badRate, v.rating, v.ratingText = bad, stars, f.Long("text") })
	}
	if err != nil {
		return err
	}
	return c.Redirect(path + "/" + c.Path("id") + "?ok=bewertet")
}

func (h *Handlers) phone(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Cases.SetPhone(c, c.Actor, c.Path("id"), f.Text("phone"), f.Text("reach"), f.On("release"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.again(c, func(v *caseView) {
			v.badPhone, v.phone, v.reach, v.release = bad, f.Text("phone"), f.Text("reach"), f.On("release")
		})
	}
	if err != nil {
		return err
	}
	return c.Redirect(path + "/" + c.Path("id") + "?ok=telefon")
}

func (h *Handlers) calendar(c *web.Ctx) error {
	data, err := h.Cases.Calendar(c, c.Actor, c.Path("id"), c.Path("termin"))
	if err != nil {
		return err
	}
	return c.File(c.T("casesweb.meeting.file")+".ics", "text/calendar; charset=utf-8", data)
}

func (h *Handlers) decline(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Cases.Decline(c, c.Actor, c.Path("id"), c.Path("termin"), f.Long("text"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.again(c, func(v *caseView) { v.badMeeting = bad })
	}
	if err != nil {
		return err
	}
	return c.Redirect(path + "/" + c.Path("id") + "?ok=abgesagt")
}

// Panel is what is not done, on the residents' home page, of all leases.
func (h *Handlers) Panel(c *web.Ctx, m portfolio.Mine, _ portfolio.Tenancy) (templ.Component, error) {
	l, err := h.Cases.Mine(c, c.Actor, "", false, cases.Cursor{})
	if err != nil || len(l.Rows) == 0 {
		return nil, err
	}
	tree, err := h.Cases.Tree(c, c.Actor)
	if err != nil {
		return nil, err
	}
	return openPanel(rowViews(c, tree, l.Rows[:min(len(l.Rows), 5)])), nil
}

// Buttons are the two ways to the management, on the residents' home page.
func (h *Handlers) Buttons(c *web.Ctx, m portfolio.Mine, _ portfolio.Tenancy) (templ.Component, error) {
	if !mayReport(m) {
		return nil, nil
	}
	return buttonsPanel(), nil
}
