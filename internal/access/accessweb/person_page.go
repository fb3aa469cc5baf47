package accessweb

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// personView is all that staff see of a person.
type personView struct {
	id, name        string
	back, backLabel string
	lead            string
	state           templ.Component
	note            string
	login           string
	actions         []ui.MenuItem
	further         []ui.MenuItem // of other capabilities: write to the person
	done, doneText  string
	leases          []leaseView
	contact         []ui.Fact
	consent         *consentView
	mayConsent      bool
	codes           []ui.Row
	deliveries      []deliveryView
	history         []historyView
	helps           bool // the first action gets somebody in
	notMe           bool
	legend          []ui.LegendRow
	brief           bool // without all that tells how the person comes in
	consentURL      string
	panels          []templ.Component // of other capabilities
	withdrawURL     string
}

type leaseView struct {
	icon             ui.IconName
	title, url, text string
	meta             []string
	over             bool
}

type consentView struct{ address, given, wording, recorded string }

type deliveryView struct {
	kind, address, when string
	tone                ui.Tone
	icon                ui.IconName
	state, reason       string
}

type historyView struct{ what, who, when string }

func (h *Handlers) person(c *web.Ctx) error {
	card, err := h.Access.Person(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	v := personView{id: card.Person.ID, name: card.Person.DisplayName(), login: card.Login, legend: stateLegend(c), brief: card.Brief, mayConsent: c.Actor.Has(actor.IssueAccess)}
	best := bestLease(card)
	v.back, v.backLabel = backOf(c, best)
	v.state, v.note = stateMark(c, card.State), stateNote(c, card.State, card.Since, card.Until, card.Channel, lastDayOf(card))
	v.done, v.doneText = doneOf(c)
	v.actions = accessMenu(c, who{person: v.id, state: card.State, entitled: entitledNow(card), open: openNow(card), back: personPath(v.id), page: true})
	v.helps = card.State != access.Confirmed && card.State != access.Ended
	for _, l := range card.Leases {
		v.leases = append(v.leases, leaseOf(c, l))
	}
	if best != nil {
		v.lead = best.Property + " · " + best.Unit.Name(c.Printer())
	}
	v.contact = contactOf(c, card.Person)
	v.consentURL, v.withdrawURL = personPath(v.id)+"/einverstaendnis", personPath(v.id)+"/einverstaendnis/zuruecknehmen"
	if k := card.Consent; k != nil {
		v.consent = &consentView{address: k.Address, given: c.Printer().Day(k.GivenOn), wording: k.Wording,
			recorded: c.T("accessweb.s.consent.source."+k.Source, "name", nameOf(c, card, k.RecordedBy), "day", c.Printer().Day(dayOf(c, k.RecordedAt)))}
	}
	for _, k := range card.Codes {
		v.codes = append(v.codes, codeRow(c, card, k))
		v.notMe = v.notMe || k.Reason == "access.code.revoked.not_me"
	}
	for _, d := range card.Deliveries {
		v.deliveries = append(v.deliveries, deliveryOf(c, d))
	}
	for _, e := range card.History {
		if key := historyKeys[e.Action]; key != "" {
			v.history = append(v.history, historyView{what: c.T(key), who: nameOf(c, card, e.Actor), when: moment(c, e.At)})
		}
	}
	if c.Actor.Has(actor.ViewAsResident) {
		v.further = append(v.further, ui.MenuItem{Label: c.T("accessweb.s.view.verb"), Icon: ui.IconEye, URL: personPath(v.id) + "/ansicht"})
	}
	for _, p := range h.PersonActions {
		if c.Actor.Has(p.Right) {
			v.further = append(v.further, ui.MenuItem{Label: c.T(p.Label), Icon: p.Icon, URL: p.Path + v.id})
		}
	}
	for _, part := range h.PersonPanels {
		body, err := part(c, v.id)
		if err != nil {
			return err
		}
		if body != nil {
			v.panels = append(v.panels, body)
		}
	}
	return c.Page(ui.Head{Title: v.name, Printed: c.Today()}, personPage(v))
}

// historyKeys are the changes that the history of an access tells.
var historyKeys = map[string]string{
	"access.issue": "accessweb.s.history.issue", "access.revoke": "accessweb.s.history.revoke", "access.reset": "accessweb.s.history.reset",
	"access.confirm": "accessweb.s.history.confirm", "access.ask": "accessweb.s.history.ask", "access.detach": "accessweb.s.history.detach",
	"access.not_me.dismiss": "accessweb.s.history.not_me", "consent.record": "accessweb.s.history.consent", "consent.withdraw": "accessweb.s.history.withdraw",
}

// bestLease is the lease that the page leads back to: the first that runs.
func bestLease(card access.PersonCard) *access.PersonLease {
	for i := range card.Leases {
		if !card.Leases[i].Over {
			return &card.Leases[i]
		}
	}
	if len(card.Leases) > 0 {
		return &card.Leases[0]
	}
	return nil
}

// backOf leads to the list that one came from, else to the property.
func backOf(c *web.Ctx, l *access.PersonLease) (url, label string) {
	url, label = propertiesPath, c.T("accessweb.s.nav.properties")
	if l != nil {
		url, label = propertyPath(l.PropertyID), l.Property
	}
	if from := c.Query("von"); strings.HasPrefix(from, propertiesPath+"/") && staffNext(from) == from {
		url = from
	}
	return url, label
}

func lastDayOf(card access.PersonCard) string {
	last := ""
	for _, l := range card.Leases {
		last = max(last, l.To)
	}
	return last
}

// entitledNow tells whether a lease that is not over gives a right to access.
func entitledNow(card access.PersonCard) bool {
	return slices.ContainsFunc(card.Leases, func(l access.PersonLease) bool { return l.Entitled && !l.Over })
}

// openNow tells whether a lease that gives a right to an own access lies where
// the portal is on.
func openNow(card access.PersonCard) bool {
	return slices.ContainsFunc(card.Leases, func(l access.PersonLease) bool { return l.Entitled && !l.Over && l.PortalOn })
}

func leaseOf(c *web.Ctx, l access.PersonLease) leaseView {
	p := c.Printer()
	v := leaseView{icon: usageIcons[l.Unit.Usage], title: l.Building.AddressLine(), url: propertyPath(l.PropertyID), text: l.Unit.Location(p), over: l.Over}
	if v.title == "" {
		v.title = l.Property
	}
	span := c.T("accessweb.s.lease.since", "day", p.Day(l.From))
	if l.To != portfolio.Forever {
		span = c.T("accessweb.s.lease.span", "from", p.Day(l.From), "to", p.Day(l.To))
	}
	v.meta = []string{c.T("accessweb.s.role_in_lease." + l.Role), span}
	if l.Ref != "" {
		v.meta = append(v.meta, c.T("accessweb.s.lease.ref", "ref", l.Ref))
	}
	if !l.PortalOn && !l.Over {
		v.meta = append(v.meta, c.T("accessweb.s.list.portal_off"))
	}
	return v
}

var usageIcons = map[string]ui.IconName{portfolio.Flat: ui.IconHouse, portfolio.Commercial: ui.IconBuilding2, portfolio.Parking: ui.IconMapPin, portfolio.Storage: ui.IconArchive}

// contactOf are the facts of the resident list about a person.
func contactOf(c *web.Ctx, p portfolio.Person) []ui.Fact {
	post := strings.Join(strings.Fields(strings.Join([]string{p.PostName, p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry}, " ")), " ")
	facts := []ui.Fact{{Term: c.T("accessweb.s.email"), Text: p.Email}, {Term: c.T("accessweb.s.person.phone"), Text: p.Phone}, {Term: c.T("accessweb.s.person.post"), Text: post},
		{Term: c.T("accessweb.s.person.ref"), Text: p.Ref}}
	if p.Language != "" {
		facts = append(facts, ui.Fact{Term: c.T("accessweb.s.person.language"), Text: languageName(c, p.Language)})
	}
	return slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" })
}

// languageName names a language that the product knows, else its code.
func languageName(c *web.Ctx, code string) string {
	if key := "i18n.language." + code; c.Printer().Has(key) {
		return c.T(key)
	}
	return code
}

// codeRow is the record of one code.
func codeRow(c *web.Ctx, card access.PersonCard, k access.IssuedCode) ui.Row {
	channel := "accessweb.s.code.letter"
	if k.Channel == access.ByEmail {
		channel = "accessweb.s.code.email"
	}
	to := k.Address
	if to == "" {
		to = c.T("accessweb.s.code.by_hand")
	}
	return ui.Row{
		ui.TitleCell(c.Printer().Day(dayOf(c, k.IssuedAt)), "", nameOf(c, card, k.By)),
		ui.SubCell(ui.Text(c.T(channel)), oneLine(to, card.Person.LastName)),
		ui.Text(c.Printer().Day(dayOf(c, k.ExpiresAt.Add(-1)))),
		codeEnd(c, card, k),
	}
}

// oneLine is the address field of a letter in one line. The form of address has
// a line of its own there and belongs to the name.
func oneLine(address, name string) string {
	if first, rest, ok := strings.Cut(address, "\n"); ok && name != "" && !strings.Contains(first, name) && strings.Contains(strings.SplitN(rest, "\n", 2)[0], name) {
		address = first + " " + rest
	}
	return strings.ReplaceAll(address, "\n", ", ")
}

// codeEnd says what became of a code.
func codeEnd(c *web.Ctx, card access.PersonCard, k access.IssuedCode) templ.Component {
	switch {
	case !k.UsedAt.IsZero():
		return ui.SubCell(ui.Text(c.T("accessweb.s.code.used")), moment(c, k.UsedAt))
	case k.Reason != "":
		return ui.SubCell(ui.Text(c.T(k.Reason)), strings.Join(slices.DeleteFunc([]string{moment(c, k.RevokedAt), nameOf(c, card, k.RevokedBy)}, func(s string) bool { return s == "" }), ", "))
	case !c.Now().Before(k.ExpiresAt):
		return ui.Text(c.T("accessweb.s.code.expired"))
	}
	return ui.Text(c.T("accessweb.s.code.open"))
}

// nameOf says who did something: a staff member by name, the person, the
// product.
func nameOf(c *web.Ctx, card access.PersonCard, label string) string {
	if n := card.Names[label]; n != "" {
		return n
	}
	kind, _, _ := strings.Cut(label, ":")
	switch actor.Kind(kind) {
	case actor.Resident, actor.Anonymous:
		return c.T("accessweb.s.by.person")
	case actor.Job:
		return c.T("accessweb.s.by.system")
	case actor.Operator:
		return c.T("accessweb.s.by.operator")
	case actor.Staff:
		return c.T("accessweb.s.by.staff")
	}
	return ""
}

var deliveryMarks = map[notifications.State]mark{
	notifications.Queued: {ui.Info, ui.IconHourglass}, notifications.Sending: {ui.Info, ui.IconSend}, notifications.Sent: {ui.Success, ui.IconCircleCheck},
	notifications.Failed: {ui.Danger, ui.IconCircleX}, notifications.Dropped: {ui.Neutral, ui.IconMinus},
}

func deliveryOf(c *web.Ctx, d notifications.Delivery) deliveryView {
	m := deliveryMarks[d.State]
	at := d.CreatedAt
	if !d.SentAt.IsZero() {
		at = d.SentAt
	}
	return deliveryView{kind: mailKind(c, d.Kind), address: d.Address, when: moment(c, at), tone: m.tone, icon: m.icon,
		state: c.T("accessweb.s.delivery." + string(d.State)), reason: deliveryReason(c, d)}
}

// deliveryReason says why a mail did not arrive; why something was dropped is
// said by the history.
func deliveryReason(c *web.Ctx, d notifications.Delivery) string {
	if d.State == notifications.Failed {
		return mailReason(c, d.Reason)
	}
	return ""
}

// mailKind names a mail by what it is about.
func mailKind(c *web.Ctx, kind string) string {
	if key := "accessweb.s.mail." + strings.TrimPrefix(kind, "access."); c.Printer().Has(key) {
		return c.T(key)
	}
	if key := kind + ".name"; c.Printer().Has(key) { // of another capability
		return c.T(key)
	}
	return c.T("accessweb.s.mail.other")
}

// variant makes the first action the page's primary one, unless the access
// needs none.
func (v personView) variant(i int) ui.Variant {
	if i == 0 && v.helps {
		return ui.Primary
	}
	return ui.Secondary
}
