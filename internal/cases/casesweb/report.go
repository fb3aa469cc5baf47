package casesweb

import (
	"foyer/internal/cases"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// reportView is the form of a report or a request.
type reportView struct {
	damage                       bool
	action                       string
	calls                        []ui.Phone
	emergency                    string
	choices                      []ui.Choice
	top, name, hint, text        string
	below                        []ui.Option
	fields                       []fieldView
	leases                       []ui.Option
	in                           cases.Report
	mayShare                     bool
	kept                         []fileView
	invalid                      *fault.Invalid
	message                      bool // the topic opens a message
	urgencies                    []ui.Choice
	none                         bool // no lease to report about
	places                       []ui.Choice
	place                        string
	phoneHint, settingsURL, back string
}

// fieldView is a field of a category.
type fieldView struct {
	name, label, value string
	kind               cases.FieldKind
	required           bool
	options            []ui.Option
}

func (h *Handlers) report(c *web.Ctx) error  { return h.begin(c, cases.Damage) }
func (h *Handlers) contact(c *web.Ctx) error { return h.begin(c, cases.Topic) }

func (h *Handlers) begin(c *web.Ctx, kind cases.CategoryKind) error {
	v, err := h.form(c, kind, cases.Report{CategoryID: c.Query("kategorie"), Key: store.NewID()})
	if err != nil {
		return err
	}
	return c.Page(reportHead(c, v), reportPage(v))
}

func reportHead(c *web.Ctx, v reportView) ui.Head {
	key := "casesweb.contact.title"
	if v.damage {
		key = "casesweb.report.title"
	}
	return ui.Head{Title: c.T(key), Narrow: true}
}

// form makes the page for what was filled in so far.
func (h *Handlers) form(c *web.Ctx, kind cases.CategoryKind, in cases.Report) (v reportView, err error) {
	m, chosen, err := h.Mine(c)
	if err != nil {
		return v, err
	}
	tree, err := h.Cases.Tree(c, c.Actor)
	if err != nil {
		return v, err
	}
	v = reportView{damage: kind == cases.Damage, action: ContactPath, in: in, settingsURL: "/einstellungen/kontakt"}
	if v.damage {
		v.action = ReportPath
	}
	for _, x := range m.Tenancies {
		if x.State != portfolio.Ended {
			v.leases = append(v.leases, ui.Option{Value: x.Lease.ID, Label: x.Building.AddressLine() + " · " + x.Unit.Name(c.Printer())})
			v.mayShare = v.mayShare || x.Role != portfolio.Owner
		}
	}
	if v.none = len(v.leases) == 0; v.none {
		return v, nil
	}
	if v.in.LeaseID == "" {
		v.in.LeaseID = v.leases[0].Value
		if chosen.State != portfolio.Ended && chosen.Lease.ID != "" {
			v.in.LeaseID = chosen.Lease.ID
		}
	}
	property, party := "", portfolio.Person{}
	for _, x := range m.Tenancies {
		if x.Lease.ID == v.in.LeaseID {
			property, party = x.Property.ID, m.Person(x.PersonID)
		}
	}
	if v.in.Phone == "" && in.Text == "" {
		v.in.Phone = party.Phone
	}
	if v.damage {
		if err := h.urgent(c, &v, property); err != nil {
			return v, err
		}
	}
	for _, x := range tree.Tops(kind) {
		v.choices = append(v.choices, ui.Choice{Value: x.ID, Label: x.Name(c.Lang()), Icon: iconOf(x.Icon)})
	}
	h.chosen(c, &v, tree, kind)
	return v, nil
}

// urgent fills in the numbers that stand above the form (H12).
func (h *Handlers) urgent(c *web.Ctx, v *reportView, property string) error {
	for _, n := range orgOf(c).Settings.EmergencyNumbers {
		v.calls = append(v.calls, ui.Phone{Label: n.Label, Number: n.Number, Note: n.Note})
		if v.emergency == "" {
			v.emergency = n.Number
		}
	}
	list, err := h.Cases.Helpers(c, c.Actor, property)
	for _, p := range list {
		note := p.Trade
		if p.Hours != "" && note != "" {
			note += " · "
		}
		v.calls = append(v.calls, ui.Phone{Label: p.Name, Number: p.Phone, Note: note + p.Hours})
	}
	return err
}

// chosen fills in what depends on the category.
func (h *Handlers) chosen(c *web.Ctx, v *reportView, tree cases.Tree, kind cases.CategoryKind) {
	top, ok := tree.Top(v.in.CategoryID)
	if !ok || !top.Active || top.Kind != kind {
		v.in.CategoryID = ""
		return
	}
	cat, _ := tree.Effective(v.in.CategoryID)
	v.top, v.name, v.hint, v.text = top.ID, top.Name(c.Lang()), cat.Hint(c.Lang()), cat.Text(c.Lang())
	if v.hint == "" {
		v.hint = top.Hint(c.Lang())
	}
	if below := tree.Below(top.ID); len(below) > 0 {
		v.below = []ui.Option{{Value: top.ID, Label: c.T("casesweb.report.other_than")}}
		for _, x := range below {
			v.below = append(v.below, ui.Option{Value: x.ID, Label: x.Name(c.Lang())})
		}
	}
	if v.in.Urgency == "" {
		if v.in.Urgency = cat.Urgency; v.in.Urgency == "" {
			v.in.Urgency = cases.Later
		}
	}
	for _, u := range cases.Urgencies {
		hint := c.T("casesweb.urgency." + string(u))
		if u == cases.Now && v.emergency != "" {
			hint = c.T("casesweb.urgency.call", "number", v.emergency)
		}
		v.urgencies = append(v.urgencies, ui.Choice{Value: string(u), Label: c.T(u.Key()), Hint: hint})
	}
	v.places = []ui.Choice{{Value: "", Label: c.T("casesweb.report.own")}, {Value: "haus", Label: c.T("casesweb.report.common")}}
	if v.in.Common {
		v.place = "haus"
	}
	for _, f := range cat.Fields {
		x := fieldView{name: "field_" + f.Key, label: f.Label(c.Lang()), kind: f.Kind, required: f.Required, value: v.in.Fields[f.Key]}
		if f.Kind == cases.FieldChoice {
			x.options = []ui.Option{{Value: "", Label: c.T("casesweb.choose")}}
			for _, o := range f.Choices(c.Lang()) {
				x.options = append(x.options, ui.Option{Value: o, Label: o})
			}
		}
		v.fields = append(v.fields, x)
	}
	mode := orgOf(c).Settings.ContactMode
	v.message = kind == cases.Topic && (mode == orgs.ContactMessages || mode == orgs.ContactBoth && cat.Opens == cases.OpensMessage)
}

func (h *Handlers) doReport(c *web.Ctx) error  { return h.send(c, cases.Damage) }
func (h *Handlers) doContact(c *web.Ctx) error { return h.send(c, cases.Topic) }

func (h *Handlers) send(c *web.Ctx, kind cases.CategoryKind) error {
	f, err := h.receive(c)
	if err != nil {
		return err
	}
	in, err := h.filled(c, f)
	if err != nil {
		return err
	}
	bad := f.bad
	var out cases.Opened
	if bad == nil {
		out, err = h.Cases.Report(c, c.Actor, in)
		bad = fault.AsInvalid(err)
	}
	if bad != nil {
		v, err := h.form(c, kind, in)
		if err != nil {
			return err
		}
		kept, err := h.Documents.Drafts(c, c.Actor, in.Files)
		if err != nil {
			return err
		}
		v.invalid, v.kept = bad, fileViews(c, kept)
		return c.Again(reportHead(c, v), reportPage(v))
	}
	if err != nil {
		return err
	}
	ok := "gemeldet"
	if !out.Case {
		ok = "gesendet"
	}
	return c.Redirect(out.URL() + "?ok=" + ok)
}

// filled reads the form of a report.
func (h *Handlers) filled(c *web.Ctx, f received) (in cases.Report, err error) {
	tree, err := h.Cases.Tree(c, c.Actor)
	if err != nil {
		return in, err
	}
	in = cases.Report{Key: f.Text(ui.KeyField), LeaseID: f.Text("lease"), CategoryID: f.Text("category"), Urgency: cases.Urgency(f.Text("urgency")), Common: f.Text("place") == "haus",
		Spot: f.Text("spot"), Text: f.Long("text"), Shared: f.On("shared"), Reach: f.Text("reach"), Phone: f.Text("phone"), Release: f.On("release"), Files: f.files, Fields: map[string]string{}}
	cat, _ := tree.Effective(in.CategoryID)
	for _, x := range cat.Fields {
		in.Fields[x.Key] = f.Text("field_" + x.Key)
	}
	return in, nil
}
