package accessweb

import (
	"slices"

	"foyer/internal/access"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// sendView is a form about one person's access: the e-mail with access data, or
// the consent to e-mails.
type sendView struct {
	title, lead string
	verb        string
	action      string
	cancel      string
	fields      map[string]string // what stands in the fields
	agreed      bool              // the box is ticked
	withBox     bool              // sending needs the box, recording does not
	consent     *consentView      // what is on record; nil for nothing
	replaces    bool              // a code is out that becomes void
	asPost      string            // where the letter is made instead
	bad         *fault.Invalid
}

// forPerson loads the person of the path, the lease and the way back that the
// address names.
func (h *Handlers) forPerson(c *web.Ctx) (card access.PersonCard, w who, err error) {
	card, err = h.Access.Person(c, c.Actor, c.Path("id"))
	w = who{person: card.Person.ID, lease: c.Query("vertrag"), state: card.State, back: c.Query("von")}
	if w.back == "" || staffNext(w.back) != w.back {
		w.back = personPath(card.Person.ID)
	}
	if err == nil && w.lease != "" && !slices.ContainsFunc(card.Leases, func(l access.PersonLease) bool { return l.LeaseID == w.lease }) {
		err = fault.NotFound("lease")
	}
	return card, w, err
}

// place says whom a step is about: name, house and unit.
func placeOf(c *web.Ctx, card access.PersonCard, leaseID string) string {
	l := bestLease(card)
	for i := range card.Leases {
		if card.Leases[i].LeaseID == leaseID {
			l = &card.Leases[i]
		}
	}
	name := card.Person.DisplayName()
	if l == nil {
		return name
	}
	return c.T("accessweb.s.send.place", "name", name, "address", l.Building.AddressLine(), "unit", l.Unit.Location(c.Printer()))
}

func (h *Handlers) askEmail(c *web.Ctx) error {
	card, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	if err := h.Access.MayInvite(c, c.Actor, w.person, w.lease); err != nil {
		return err // nobody fills in a form in vain
	}
	v := h.emailView(c, card, w)
	v.fields["email"] = card.Person.Email
	if card.Consent != nil {
		v.fields["email"] = card.Consent.Address
	}
	return c.Page(ui.Head{Title: v.title, Narrow: true}, sendPage(v))
}

// emailView is the form for access data by e-mail (K10–K12).
func (h *Handlers) emailView(c *web.Ctx, card access.PersonCard, w who) sendView {
	v := sendView{title: c.T("accessweb.s.send.title"), lead: placeOf(c, card, w.lease), verb: c.T("accessweb.s.send.verb"), action: w.path("einladen"), cancel: w.back,
		fields: map[string]string{}, withBox: true, replaces: card.State == access.Pending, asPost: w.path("brief")}
	if k := card.Consent; k != nil {
		v.consent = &consentView{address: k.Address, given: c.Printer().Day(k.GivenOn), wording: k.Wording}
	}
	return v
}

func (h *Handlers) sendEmail(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	card, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	in := access.ByMail{PersonID: w.person, LeaseID: w.lease, Address: f.Text("email")}
	if f.On("consent") {
		in.Consent = &access.ConsentGiven{On: f.Text("consent_on"), Wording: f.Text("wording")}
	}
	err = h.Access.Invite(c, c.Actor, in)
	if bad := fault.AsInvalid(err); bad != nil {
		v := h.emailView(c, card, w)
		v.typed(f, bad)
		return c.Again(ui.Head{Title: v.title, Narrow: true}, sendPage(v))
	}
	if err != nil {
		return err
	}
	return c.Redirect(doneAt(w.back, "email"))
}

// typed puts back what was typed.
func (v *sendView) typed(f web.Form, bad *fault.Invalid) {
	for _, name := range []string{"email", "consent_on", "wording"} {
		v.fields[name] = f.Text(name)
	}
	v.agreed, v.bad = f.On("consent"), bad
}

func (h *Handlers) askConsent(c *web.Ctx) error {
	card, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	v := consentForm(c, card, w)
	v.fields["email"] = card.Person.Email
	return c.Page(ui.Head{Title: v.title, Narrow: true}, sendPage(v))
}

func consentForm(c *web.Ctx, card access.PersonCard, w who) sendView {
	return sendView{title: c.T("accessweb.s.consent.record"), lead: placeOf(c, card, ""), verb: c.T("accessweb.s.consent.verb"),
		action: w.path("einverstaendnis"), cancel: w.back, fields: map[string]string{}}
}

func (h *Handlers) recordConsent(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	card, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	err = h.Access.RecordConsent(c, c.Actor, w.person, f.Text("email"), access.ConsentGiven{On: f.Text("consent_on"), Wording: f.Text("wording")})
	if bad := fault.AsInvalid(err); bad != nil {
		v := consentForm(c, card, w)
		v.typed(f, bad)
		return c.Again(ui.Head{Title: v.title, Narrow: true}, sendPage(v))
	}
	if err != nil {
		return err
	}
	return c.Redirect(doneAt(w.back, "einverstaendnis"))
}

// question is a step about a person that is asked before it is done.
type question struct {
	key    string // of its texts: title, text, verb
	action string // last part of its address
	danger bool
	file   string // what was done, when the answer is a file
}

var (
	askLetter   = question{key: "accessweb.s.letter", action: "brief", file: "brief"}
	askReset    = question{key: "accessweb.s.reset_access", action: "zuruecksetzen", file: "zurueckgesetzt", danger: true}
	askRevoke   = question{key: "accessweb.s.revoke", action: "entziehen", danger: true}
	askWithdraw = question{key: "accessweb.s.withdraw", action: "einverstaendnis/zuruecknehmen", danger: true}
)

// ask shows a question as a page of its own.
func (h *Handlers) ask(q question) web.Handler {
	return func(c *web.Ctx) error {
		card, w, err := h.forPerson(c)
		if err != nil {
			return err
		}
		v := askView{title: c.T(q.key+".title", "name", card.Person.DisplayName()), lead: placeOf(c, card, w.lease), text: c.T(questionText(q, card.State)),
			verb: c.T(q.key + ".verb"), action: w.path(q.action), cancel: w.back, danger: q.danger}
		if q.file != "" {
			v.after, v.icon = doneAt(w.back, q.file), ui.IconDownload
		}
		return c.Page(ui.Head{Title: v.title, Narrow: true}, askPage(v))
	}
}

// questionText says what the step does in the person's state: a letter to
// somebody whose code runs makes that code void.
func questionText(q question, s access.State) string {
	if q.action == askLetter.action && s != access.Pending || q.action == askRevoke.action && s != access.Confirmed {
		return q.key + ".text_plain"
	}
	return q.key + ".text"
}

// askView is a question with its effect.
type askView struct {
	title, lead, text, verb, action, cancel, after string
	icon                                           ui.IconName
	danger                                         bool
}

func (h *Handlers) makeLetter(c *web.Ctx) error {
	return h.answerFile(c, func(w who) ([]byte, error) { return h.Access.LetterFor(c, c.Actor, w.person, w.lease) })
}

func (h *Handlers) resetAccess(c *web.Ctx) error {
	return h.answerFile(c, func(w who) ([]byte, error) { return h.Access.ResetAccess(c, c.Actor, w.person, w.lease) })
}

// answerFile answers with a person's letter.
func (h *Handlers) answerFile(c *web.Ctx, make func(w who) ([]byte, error)) error {
	card, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	pdf, err := make(w)
	if err != nil {
		return err
	}
	return c.File(c.T("accessweb.s.letter.file", "name", card.Person.DisplayName())+".pdf", "application/pdf", pdf)
}

func (h *Handlers) revoke(c *web.Ctx) error {
	_, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	if err := h.Access.Revoke(c, c.Actor, w.person); err != nil {
		return err
	}
	return c.Redirect(doneAt(w.back, "entzogen"))
}

func (h *Handlers) withdrawConsent(c *web.Ctx) error {
	_, w, err := h.forPerson(c)
	if err != nil {
		return err
	}
	if err := h.Access.WithdrawConsent(c, c.Actor, w.person); err != nil {
		return err
	}
	return c.Redirect(doneAt(w.back, "widerrufen"))
}
