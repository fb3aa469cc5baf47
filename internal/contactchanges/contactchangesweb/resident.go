package contactchangesweb

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"foyer/internal/access"
	"foyer/internal/contactchanges"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// mineView is the page Kontaktdaten.
type mineView struct {
	nav       []ui.NavItem
	shell     ui.Shell
	done      string // catalogue key of what has been done, "" for nothing
	locked    string // catalogue key of why nothing can be changed here, "" when it can
	message   string // where one writes to the organisation
	facts     []ui.Fact
	open      []pending
	ended     []line
	wish      contactchanges.Wish
	form      []hidden // what was typed, for the page that asks for the password
	key       string
	promise   string // how long it takes
	street    string // of the chosen lease
	countries []ui.Option
	bad       *fault.Invalid
}

// hidden is a field of the form that goes on to the next page.
type hidden struct{ name, value string }

// pending is a change that waits, as its person sees it.
type pending struct {
	id, title, text string
	resend          bool
}

// line is a change in one row.
type line struct {
	field, was, value string
	email             bool
	sub               string
	tone              ui.Tone
	icon              ui.IconName
	state             string
	text              string // why it ended
}

func mineHead(c *web.Ctx) ui.Head { return ui.Head{Title: c.T("contactchangesweb.title")} }

// person is whose contact data the page is about: of the chosen lease.
func (h *Handlers) person(c *web.Ctx) (string, portfolio.Tenancy, error) {
	m, t, err := h.Mine(c)
	if err != nil {
		return "", t, err
	}
	if t.PersonID == "" && len(m.Persons) > 0 {
		return m.Persons[0].ID, t, nil
	}
	return t.PersonID, t, nil
}

func (h *Handlers) mine(c *web.Ctx) error {
	v, err := h.mineView(c)
	if err != nil {
		return err
	}
	switch what := c.Query("ok"); what {
	case "gesendet", "link", "gilt", "gleich", "zurueck", "noch-einmal":
		v.done = "contactchangesweb.done." + what
	}
	return c.Page(mineHead(c), minePage(v))
}

func (h *Handlers) mineView(c *web.Ctx) (v mineView, err error) {
	person, t, err := h.person(c)
	if err != nil {
		return v, err
	}
	m, err := h.Contacts.Mine(c, c.Actor, person)
	if err != nil {
		return v, err
	}
	v = mineView{nav: h.SettingsNav(c), shell: c.Shell(), message: h.MessageURL, key: store.NewID(), street: t.Building.AddressLine()}
	v.wish = contactchanges.Wish{Person: person, Lease: t.Lease.ID, Email: m.Email, Mobile: m.Mobile, Phone: m.Phone, Post: m.Post}
	switch {
	case m.Mode == orgs.ChangeLocked:
		v.locked = "contactchangesweb.locked"
	case m.Ended:
		v.locked = "contactchangesweb.ended"
	}
	none := c.T("contactchangesweb.none")
	for _, f := range []struct {
		field contactchanges.Field
		value string
	}{{contactchanges.Email, m.Email}, {contactchanges.Mobile, m.Mobile}, {contactchanges.Phone, m.Phone}, {contactchanges.Post, m.Post.Value()}} {
		v.facts = append(v.facts, ui.Fact{Term: c.T("contactchangesweb.field." + string(f.field)), Text: cmp.Or(contactchanges.Show(c.Printer(), f.field, f.value), none)})
	}
	for _, x := range m.Open {
		v.open = append(v.open, pendingOf(c, x))
	}
	slices.SortStableFunc(v.open, func(a, b pending) int { // what is to be done first
		switch {
		case a.resend == b.resend:
			return 0
		case a.resend:
			return -1
		}
		return 1
	})
	v.ended = lines(c, m.Recent[:min(5, len(m.Recent))])
	v.promise = promise(c, m.Mode)
	v.countries = []ui.Option{{Label: c.T("contactchangesweb.country_same")}}
	for _, code := range orgs.Countries {
		v.countries = append(v.countries, ui.Option{Value: code, Label: c.T("portfolio.country." + strings.ToLower(code))})
	}
	return v, nil
}

// promise says how long a change takes, by the organisation's rule.
func promise(c *web.Ctx, mode orgs.EmailChange) string {
	if mode == orgs.ChangeAtOnce {
		return c.T("contactchangesweb.at_once")
	}
	return c.T("contactchangesweb.by_erp", "days", days(c))
}

// days is the promised span: "3–4 Werktage".
func days(c *web.Ctx) string {
	o, _ := c.Org.Value.(orgs.Org)
	p := contactchanges.PromiseOf(o)
	if p.Least == p.Most {
		return c.T("contactchangesweb.days", "count", p.Most)
	}
	return c.T("contactchangesweb.days_span", "least", p.Least, "most", p.Most)
}

func pendingOf(c *web.Ctx, x contactchanges.Change) pending {
	value := cmp.Or(contactchanges.Show(c.Printer(), x.Field, x.Value), c.T("contactchangesweb.none"))
	p := pending{id: x.ID}
	switch {
	case !x.Verified():
		p.resend = true
		p.title = c.T("contactchangesweb.pending.verify")
		p.text = c.T("contactchangesweb.pending.verify_text", "value", value, "clock", c.Printer().Clock(x.LinkUntil.In(c.Org.Zone)))
	case x.Field == contactchanges.Email:
		p.title = c.T("contactchangesweb.pending.email")
		p.text = c.T("contactchangesweb.pending.email_text", "value", value, "day", c.Printer().Day(x.DueOn))
	default:
		p.title = c.T("contactchangesweb.pending." + string(x.Field))
		p.text = c.T("contactchangesweb.pending.text", "value", value, "day", c.Printer().Day(x.DueOn))
	}
	return p
}

// typed reads the form.
func typed(f web.Form, w *contactchanges.Wish) {
	w.Key, w.Email, w.Mobile, w.Phone, w.PostOn = f.Text(ui.KeyField), f.Text("email"), f.Text("mobile"), f.Text("phone"), f.Text("post_on")
	w.Post = portfolio.PostAddress{Name: f.Text("post_name"), Street: f.Text("post_street"), Postcode: f.Text("post_postcode"), City: f.Text("post_city"), Country: f.Text("post_country")}
}

// change takes the form. Without a password of the last minutes it asks for it
// on a page that carries the form along.
func (h *Handlers) change(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v, err := h.mineView(c)
	if err != nil {
		return err
	}
	w := v.wish
	typed(f, &w)
	w.Session, w.AuthAt = c.Session.ID, c.Session.AuthAt
	checked := w
	n, err := h.Contacts.Check(c, c.Actor, checked)
	if bad := fault.AsInvalid(err); bad != nil {
		v.wish, v.bad, v.key = w, bad, cmp.Or(w.Key, v.key)
		return c.Again(mineHead(c), minePage(v))
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return c.Redirect(Path + "?ok=gleich")
	}
	if c.Now().Sub(w.AuthAt) > contactchanges.FreshFor {
		done, err := h.confirmPassword(c, f, v, &w)
		if err != nil || !done {
			return err
		}
	}
	if _, err := h.Contacts.Request(c, c.Actor, w); err != nil {
		return err
	}
	return c.Redirect(Path + "?ok=" + whatNext(c, v, w))
}

// whatNext is the code of what happens now.
func whatNext(c *web.Ctx, v mineView, w contactchanges.Wish) string {
	o, _ := c.Org.Value.(orgs.Org)
	switch {
	case w.Email != v.wish.Email:
		return "link"
	case o.Settings.EmailChange == orgs.ChangeAtOnce:
		return "gilt"
	}
	return "gesendet"
}

// confirmPassword takes the password of the second page, or shows that page.
func (h *Handlers) confirmPassword(c *web.Ctx, f web.Form, v mineView, w *contactchanges.Wish) (done bool, err error) {
	v.wish = *w
	for _, name := range []string{ui.KeyField, "email", "mobile", "phone", "post_name", "post_street", "post_postcode", "post_city", "post_country", "post_on"} {
		v.form = append(v.form, hidden{name, f.Text(name)})
	}
	head := ui.Head{Title: c.T("contactchangesweb.password"), Narrow: true}
	if !f.Has("password") {
		return false, c.Page(head, passwordPage(v))
	}
	in, err := h.Access.Reauthenticate(c, c.Actor, c.Session.ID, f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		v.bad = bad
		return false, c.Again(head, passwordPage(v))
	}
	if err != nil {
		return false, err
	}
	c.SignIn(in.Token, in.Life)
	if in.Known != "" {
		c.SetCookie(web.KnownCookie, in.Known, access.KnownLife)
	}
	w.AuthAt = in.Session.AuthAt
	return true, nil
}

func (h *Handlers) withdraw(c *web.Ctx) error {
	person, _, err := h.person(c)
	if err != nil {
		return err
	}
	m, err := h.Contacts.Mine(c, c.Actor, person)
	if err != nil {
		return err
	}
	for _, x := range m.Open {
		if x.ID == c.Path("id") {
			return c.Page(ui.Head{Title: c.T("contactchangesweb.withdraw"), Narrow: true}, ui.ConfirmPage(ui.ConfirmProps{Title: c.T("contactchangesweb.withdraw"),
				Text: c.T("contactchangesweb.withdraw_text", "value", cmp.Or(contactchanges.Show(c.Printer(), x.Field, x.Value), c.T("contactchangesweb.none"))),
				Verb: c.T("contactchangesweb.withdraw"), Action: Path + "/" + x.ID + "/zurueckziehen", CancelURL: Path}))
		}
	}
	return fault.NotFound("contact change")
}

func (h *Handlers) doWithdraw(c *web.Ctx) error {
	if err := h.Contacts.Withdraw(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(Path + "?ok=zurueck")
}

func (h *Handlers) resend(c *web.Ctx) error {
	if err := h.Contacts.Resend(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(Path + "?ok=noch-einmal")
}

// lines writes changes as rows, the newest first.
func lines(c *web.Ctx, list []contactchanges.Change) []line {
	out := make([]line, len(list))
	for i, x := range list {
		l := line{field: c.T("contactchangesweb.field." + string(x.Field)), email: x.Field == contactchanges.Email, state: c.T(x.State.Label()), sub: c.Printer().Day(local(c, x.AskedAt))}
		l.was, l.value = shown(c, x.Field, x.Was), shown(c, x.Field, x.Value)
		l.tone, l.icon = toneOf(x)
		switch {
		case x.Open() && !x.Verified():
			l.state = c.T("contactchangesweb.state.proving")
		case x.Open():
			l.text = c.T("contactchangesweb.due", "day", c.Printer().Day(x.DueOn))
		case x.Reason != "" && x.ReasonKey():
			l.text = c.T(x.Reason)
		default:
			l.text = x.Reason
		}
		out[i] = l
	}
	return out
}

func shown(c *web.Ctx, f contactchanges.Field, value string) string {
	return cmp.Or(contactchanges.Show(c.Printer(), f, value), c.T("contactchangesweb.none"))
}

func local(c *web.Ctx, t time.Time) string { return t.In(c.Org.Zone).Format(time.DateOnly) }

func toneOf(x contactchanges.Change) (ui.Tone, ui.IconName) {
	switch x.State {
	case contactchanges.Confirmed:
		return ui.Success, ui.IconCheck
	case contactchanges.Rejected:
		return ui.Danger, ui.IconCircleX
	case contactchanges.Requested, contactchanges.Exported:
		return ui.Warning, ui.IconHourglass
	}
	return ui.Neutral, ""
}
