package noticeboardweb

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"foyer/internal/noticeboard"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// listView is the staff's list of notices, of one property or of all.
type listView struct {
	rows           []ui.Row
	pages          ui.Pages
	mayWrite       bool
	newURL         string
	done, doneText string
	property       bool
}

// done translates what has just been done, from a fixed list.
var done = map[string]string{"entwurf": "noticeboardweb.done.draft", "frei": "noticeboardweb.done.released", "weg": "noticeboardweb.done.withdrawn",
	"verworfen": "noticeboardweb.done.discarded", "bleibt": "noticeboardweb.done.kept", "faellt": "noticeboardweb.done.free"}

func doneOf(c *web.Ctx) (title, text string) {
	key := done[c.Query("ok")]
	if key == "" {
		return "", ""
	}
	return c.T(key), c.T(key + "_text")
}

func (h *Handlers) list(c *web.Ctx) error {
	v, err := h.listView(c, "", StaffPath)
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("noticeboardweb.s.title"), Printed: c.Today()}, listPage(v))
}

func (h *Handlers) ofProperty(c *web.Ctx) error {
	id := c.Path("id")
	head, err := h.PropertyHead(c, id, TabPath)
	if err != nil {
		return err
	}
	v, err := h.listView(c, id, web.StaffPrefix+"/liegenschaften/"+id+TabPath)
	if err != nil {
		return err
	}
	v.newURL += "?liegenschaft=" + url.QueryEscape(id)
	return c.Page(ui.Head{Title: c.T("noticeboardweb.s.title"), Printed: c.Today()}, propertyPage(head, v))
}

func (h *Handlers) listView(c *web.Ctx, property, path string) (listView, error) {
	list, err := h.Board.List(c, c.Actor, property, c.Query("nach"))
	if err != nil {
		return listView{}, err
	}
	v := listView{mayWrite: c.Actor.Has(actor.PublishNotices), newURL: StaffPath + "/neu", property: property != ""}
	v.done, v.doneText = doneOf(c)
	for _, n := range list.Rows {
		v.rows = append(v.rows, row(c, n))
	}
	if list.Next != "" {
		v.pages.NextURL = path + "?nach=" + url.QueryEscape(list.Next)
	}
	if c.Query("nach") != "" {
		v.pages.PrevURL = path
	}
	return v, nil
}

func row(c *web.Ctx, n noticeboard.Notice) ui.Row {
	read := ui.Quiet("–")
	if n.State == noticeboard.Published || n.State == noticeboard.Withdrawn {
		read = ui.ShareCell(n.Read, n.Reach)
	}
	return ui.Row{ui.TitleCell(n.Title, StaffPath+"/"+n.ID, n.Where), ui.Text(c.Printer().DayShort(n.From) + " – " + c.Printer().DayShort(n.Until)), mark(c, n), read}
}

// mark is the state of a notice in a word.
func mark(c *web.Ctx, n noticeboard.Notice) templ.Component {
	switch today := c.Today(); {
	case n.State == noticeboard.Draft:
		return ui.Status(ui.Neutral, ui.IconPencil, c.T("noticeboardweb.s.state.draft"))
	case n.State == noticeboard.Planned:
		return ui.Status(ui.Info, ui.IconCalendarClock, c.T("noticeboardweb.s.state.planned"))
	case n.State == noticeboard.Withdrawn:
		return ui.Status(ui.Neutral, ui.IconBan, c.T("noticeboardweb.s.state.withdrawn"))
	case n.Hangs(today) && n.Urgent:
		return ui.Status(ui.Danger, ui.IconTriangleAlert, c.T("noticeboardweb.s.state.urgent"))
	case n.Hangs(today):
		return ui.Status(ui.Success, ui.IconCheck, c.T("noticeboardweb.s.state.hangs"))
	}
	return ui.Status(ui.Neutral, ui.IconHistory, c.T("noticeboardweb.s.state.over"))
}

// oneView is one notice for staff.
type oneView struct {
	n              noticeboard.Notice
	facts          []ui.Fact
	state          templ.Component
	done, doneText string
	mayWrite       bool
	base           string
	figures        string
}

func (h *Handlers) one(c *web.Ctx) error {
	n, err := h.Board.One(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	v := oneView{n: n, facts: facts(c, n), state: mark(c, n), mayWrite: c.Actor.Has(actor.PublishNotices), base: StaffPath + "/" + n.ID}
	v.done, v.doneText = doneOf(c)
	v.facts = append(v.facts, ui.Fact{Term: c.T("noticeboardweb.s.author"), Text: n.Author})
	switch n.State {
	case noticeboard.Draft, noticeboard.Planned:
		v.figures = c.T("noticeboardweb.s.would_reach", "count", n.Reach)
	default:
		v.figures = c.T("noticeboardweb.s.read", "count", n.Reach, "read", n.Read)
	}
	return c.Page(ui.Head{Title: n.Title, Printed: c.Today()}, onePage(v))
}

// formView is the form of a notice.
type formView struct {
	property portfolio.Overview
	places   []ui.Option
	kinds    []ui.Option
	in       noticeboard.Input
	bad      *fault.Invalid
	action   string
	key      string
	version  int // 0 for a new notice
	back     string
}

func (h *Handlers) newNotice(c *web.Ctx) error {
	if !c.Actor.Has(actor.PublishNotices) {
		return fault.Denied("publish notices")
	}
	id := c.Query("liegenschaft")
	if id == "" {
		return h.pick(c)
	}
	v, err := h.form(c, id)
	if err != nil {
		return err
	}
	v.in = noticeboard.Input{PropertyID: id, Place: "property", From: c.Today()}
	return c.Page(ui.Head{Title: c.T("noticeboardweb.s.new")}, formPage(v))
}

// pickView is the choice of a property.
type pickView struct {
	text string
	rows []portfolio.PropertyRow
	more bool
}

// pick asks for the property of a new notice.
func (h *Handlers) pick(c *web.Ctx) error {
	list, err := h.Portfolio.Properties(c, c.Actor, portfolio.Filter{Text: c.Query("q")})
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("noticeboardweb.s.new"), Narrow: true}, pickPage(pickView{text: c.Query("q"), rows: list.Rows, more: list.Next != ""}))
}

func (h *Handlers) form(c *web.Ctx, property string) (formView, error) {
	v := formView{action: StaffPath + "/neu", key: rand.Text(), back: web.StaffPrefix + "/liegenschaften/" + property + TabPath}
	places, err := h.Board.Places(c, c.Actor, property)
	if err != nil {
		return v, err
	}
	if v.property, err = h.Portfolio.Head(c, c.Actor, property); err != nil {
		return v, err
	}
	for _, p := range places {
		v.places = append(v.places, ui.Option{Value: p.Value, Label: placeName(c, v.property, p)})
	}
	v.kinds = []ui.Option{{Value: "", Label: c.T("noticeboardweb.s.no_outage")}}
	for _, k := range noticeboard.OutageKinds {
		v.kinds = append(v.kinds, ui.Option{Value: string(k), Label: c.T(outageTexts[k])})
	}
	return v, nil
}

func placeName(c *web.Ctx, p portfolio.Overview, at noticeboard.Place) string {
	switch {
	case at.Address == "":
		return c.T("noticeboardweb.s.whole", "property", p.Name)
	case at.Stairwell == "":
		return at.Address
	}
	return c.T("noticeboardweb.s.stairwell", "address", at.Address, "stairwell", at.Stairwell)
}

func input(f web.Form, property string) noticeboard.Input {
	return noticeboard.Input{PropertyID: property, Place: f.Text("place"), Title: f.Text("title"), Body: f.Long("body"), Urgent: f.On("urgent"), From: f.Text("from"), Until: f.Text("until"),
		Outage: noticeboard.OutageKind(f.Text("outage")), OutageFrom: f.Text("outage_from"), OutageTo: f.Text("outage_to")}
}

func (h *Handlers) writeNotice(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in := input(f, f.Text("property"))
	id, err := h.Board.Write(c, c.Actor, f.Text(ui.KeyField), in)
	if err != nil {
		return h.again(c, err, in, func(v *formView) { v.key = f.Text(ui.KeyField) })
	}
	return h.saved(c, id, f)
}

// saved goes on after a notice was written: to be released at once, or kept as
// a draft.
func (h *Handlers) saved(c *web.Ctx, id string, f web.Form) error {
	if f.Text("dann") != "frei" {
		return c.Redirect(StaffPath + "/" + id + "?ok=entwurf")
	}
	if err := h.Board.Release(c, c.Actor, id); err != nil {
		return err
	}
	return c.Redirect(StaffPath + "/" + id + "?ok=frei")
}

func (h *Handlers) editNotice(c *web.Ctx) error {
	if !c.Actor.Has(actor.PublishNotices) {
		return fault.Denied("publish notices")
	}
	n, err := h.Board.One(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	if n.Locked() {
		return fault.Conflicting("noticeboard.locked")
	}
	v, err := h.form(c, n.PropertyID)
	if err != nil {
		return err
	}
	v.in = noticeboard.Input{PropertyID: n.PropertyID, Place: noticeboard.PlaceOf(n.Audience), Title: n.Title, Body: n.Body, Urgent: n.Urgent, From: n.From, Until: n.Until,
		Outage: n.Outage.Kind, OutageFrom: noticeboard.Clock(n.Outage.From, c.Org.Zone), OutageTo: noticeboard.Clock(n.Outage.To, c.Org.Zone)}
	v.action, v.version, v.back = StaffPath+"/"+n.ID+"/aendern", n.Version, StaffPath+"/"+n.ID
	return c.Page(ui.Head{Title: c.T("noticeboardweb.s.edit")}, formPage(v))
}

func (h *Handlers) changeNotice(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	id, in := c.Path("id"), input(f, f.Text("property"))
	version, _ := strconv.Atoi(f.Text("version")) // none is no version that exists
	if err := h.Board.Change(c, c.Actor, id, version, in); err != nil {
		return h.again(c, err, in, func(v *formView) {
			v.action, v.version, v.back = StaffPath+"/"+id+"/aendern", cmp.Or(version, 1), StaffPath+"/"+id
		})
	}
	return h.saved(c, id, f)
}

// again shows the form with what was typed: after a mistake, and when somebody
// else was faster.
func (h *Handlers) again(c *web.Ctx, err error, in noticeboard.Input, set func(*formView)) error {
	bad := fault.AsInvalid(err)
	var conflict *fault.Conflict
	if bad == nil && errors.As(err, &conflict) {
		bad = fault.AsInvalid(fault.Wrong("title", conflict.Key, conflict.Args...))
	}
	if bad == nil {
		return err
	}
	v, err := h.form(c, in.PropertyID)
	if err != nil {
		return err
	}
	v.in, v.bad = in, bad
	set(&v)
	title := c.T("noticeboardweb.s.new")
	if v.version > 0 {
		title = c.T("noticeboardweb.s.edit")
	}
	return c.Again(ui.Head{Title: title}, formPage(v))
}

func (h *Handlers) release(c *web.Ctx) error {
	if err := h.Board.Release(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(StaffPath + "/" + c.Path("id") + "?ok=frei")
}

func (h *Handlers) askWithdraw(c *web.Ctx) error {
	return h.ask(c, "noticeboardweb.s.withdraw", "/zurueckziehen")
}

func (h *Handlers) askDiscard(c *web.Ctx) error {
	return h.ask(c, "noticeboardweb.s.discard", "/verwerfen")
}

// ask is the question before something that cannot be taken back.
func (h *Handlers) ask(c *web.Ctx, key, path string) error {
	n, err := h.Board.One(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	at := StaffPath + "/" + n.ID
	return c.Page(ui.Head{Title: c.T(key + ".title"), Narrow: true}, ui.ConfirmPage(ui.ConfirmProps{Title: c.T(key + ".title"), Text: c.T(key+".text", "title", n.Title),
		Verb: c.T(key + ".verb"), Action: at + path, Danger: true, CancelURL: at}))
}

func (h *Handlers) withdraw(c *web.Ctx) error {
	if err := h.Board.Withdraw(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(StaffPath + "/" + c.Path("id") + "?ok=weg")
}

func (h *Handlers) discard(c *web.Ctx) error {
	if err := h.Board.Discard(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(StaffPath + "?ok=verworfen")
}

func (h *Handlers) keep(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	on := f.Text("sperre") == "an"
	if err := h.Board.Keep(c, c.Actor, c.Path("id"), on); err != nil {
		return err
	}
	if on {
		return c.Redirect(StaffPath + "/" + c.Path("id") + "?ok=bleibt")
	}
	return c.Redirect(StaffPath + "/" + c.Path("id") + "?ok=faellt")
}

func title(ctx context.Context, v formView) string {
	if v.version > 0 {
		return i18n.T(ctx, "noticeboardweb.s.edit")
	}
	return i18n.T(ctx, "noticeboardweb.s.new")
}
