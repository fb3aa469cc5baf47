package orgsweb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/web"
)

// page is one of the pages of settings.
type page string

const (
	general page = ""
	texts   page = "texte"
	talk    page = "kommunikation"
)

func (p page) path() string {
	switch p {
	case texts:
		return TextPath
	case talk:
		return TalkPath
	}
	return Path
}

// section is one form of a page: the settings that it may touch.
type section struct {
	page  page
	name  string // of its address, prefix of its fields' ids
	apply func(f web.Form, e *orgs.Edit)
	// check complains about what was typed before anything is applied; may be nil.
	check func(c *web.Ctx, f web.Form) error
	// at tells at which field a complaint stands when that is not its own: the
	// first box of a group.
	at map[string]string
}

func (s section) path() string { return s.page.path() + "/" + s.name }

var sections = []section{
	{page: general, name: "portal", apply: applyPortal, at: map[string]string{"invite_triggers": "trigger_release", "invite_channels": "channel_post"}},
	{page: general, name: "aussehen", apply: applyLook},
	{page: general, name: "notfall", apply: applyEmergency},
	{page: general, name: "sprachen", apply: applyLanguages, check: checkLanguages, at: map[string]string{"languages": "language"}},
	{page: texts, name: "anschrift", apply: applyAddress},
	{page: texts, name: "briefe", apply: applyLetters},
	{page: texts, name: "absender", apply: applySender},
	{page: talk, name: "kontakt", apply: applyContact},
	{page: talk, name: "bescheid", apply: applyNews},
	{page: talk, name: "kontaktdaten", apply: applyChange},
	{page: talk, name: "aufbewahrung", apply: applyKeep},
}

func applyPortal(f web.Form, e *orgs.Edit) {
	s := &e.Settings
	e.PortalOn = f.On("portal_on")
	s.InviteTriggers, s.InviteChannels = nil, nil
	if f.On("trigger_release") {
		s.InviteTriggers = append(s.InviteTriggers, orgs.OnRelease)
	}
	if f.On("trigger_first_message") {
		s.InviteTriggers = append(s.InviteTriggers, orgs.OnFirstMessage)
	}
	if f.On("trigger_manual") {
		s.InviteTriggers = append(s.InviteTriggers, orgs.ByHand)
	}
	if f.On("channel_post") {
		s.InviteChannels = append(s.InviteChannels, orgs.ByPost)
	}
	if f.On("channel_email") {
		s.InviteChannels = append(s.InviteChannels, orgs.ByEmail)
	}
	s.CodeDays = number(f, "code_days")
	s.ReissueChannel = orgs.Reissue(f.Text("reissue_channel"))
	s.WhoMayRegister = orgs.Registrants(f.Text("who_may_register"))
	s.MovedOutAccess = orgs.MovedOut(f.Text("moved_out_access"))
	s.MovedOutMonths = number(f, "moved_out_months")
}

func applyLook(f web.Form, e *orgs.Edit) {
	e.Name, e.Settings.Brand = f.Text("name"), f.Text("brand")
}

func applyEmergency(f web.Form, e *orgs.Edit) {
	rows := make([]orgs.EmergencyNumber, orgs.MaxEmergency)
	for i := range rows {
		rows[i] = orgs.EmergencyNumber{Label: f.Text(row("label", i)), Number: f.Text(row("number", i)), Note: f.Text(row("note", i))}
	}
	e.Settings.EmergencyNumbers = rows
}

// row names a field of the i-th emergency number.
func row(part string, i int) string { return fmt.Sprintf("emergency_%s_%d", part, i) }

func applyLanguages(f web.Form, e *orgs.Edit) {
	list := []string{f.Text("language")} // the default stands first
	for _, l := range f.List("languages") {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	e.Settings.Languages = list
	e.Settings.TimeZone, e.Settings.Currency = f.Text("time_zone"), f.Text("currency")
}

// checkLanguages refuses a default language that is not offered: a tick that
// was taken away must not come back by itself.
func checkLanguages(c *web.Ctx, f web.Form) error {
	lang := f.Text("language")
	if slices.Contains(f.List("languages"), lang) || !c.Printer().Has("i18n.language."+lang) {
		return nil
	}
	return fault.Wrong("language", "orgsweb.region.default_not_offered", "language", c.T("i18n.language."+lang))
}

func applyAddress(f web.Form, e *orgs.Edit) {
	s := &e.Settings
	s.LegalName, s.Street, s.Postcode, s.City, s.Country = f.Text("legal_name"), f.Text("street"), f.Text("postcode"), f.Text("city"), f.Text("country")
	s.Phone, s.Hours, s.Email = f.Text("phone"), f.Text("hours"), f.Text("email")
	s.ImprintURL, s.PrivacyURL = f.Text("imprint_url"), f.Text("privacy_url")
}

func applyLetters(f web.Form, e *orgs.Edit) {
	s := &e.Settings
	for _, l := range s.Languages {
		s.Letters[l] = orgs.LetterText{Intro: f.Long("letter_intro_" + l), Closing: f.Long("letter_closing_" + l)}
	}
	s.LetterContact = f.Text("letter_contact")
	s.LetterFooter = trimList(f.Long("letter_footer"))
}

func applySender(f web.Form, e *orgs.Edit) {
	e.Settings.SenderName, e.Settings.SenderAddress = f.Text("sender_name"), f.Text("sender_address")
}

// number reads a whole number; what is none fails the limits of its setting.
func number(f web.Form, name string) int {
	n, err := strconv.Atoi(f.Text(name))
	if err != nil {
		return -1
	}
	return n
}

// view is a page of settings: what is stored, and what was typed into one of
// its forms.
type view struct {
	org   orgs.Org
	langs []string // complete ones
	saved string
	typed *section // whose form was posted; nil for none
	form  web.Form
	bad   *fault.Invalid
	tried string // the colour of a preview, "" for none
}

// is tells whether a section's form was posted.
func (v view) is(name string) bool { return v.typed != nil && v.typed.name == name }

// invalid returns the complaints about a section's form.
func (v view) invalid(name string) *fault.Invalid {
	if !v.is(name) || v.bad == nil {
		return nil
	}
	out := &fault.Invalid{}
	for _, f := range v.bad.Fields {
		if at := v.typed.at[f.Name]; at != "" {
			f.Name = at
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

// text returns what a field shows: what was typed, else what is stored.
func (v view) text(section, name, stored string) string {
	if v.is(section) {
		return v.form.Long(name)
	}
	return stored
}

// on tells whether a box is ticked.
func (v view) on(section, name string, stored bool) bool {
	if v.is(section) {
		return v.form.On(name)
	}
	return stored
}

// offers tells whether a language's box is ticked.
func (v view) offers(lang string) bool {
	if v.is("sprachen") {
		return slices.Contains(v.form.List("languages"), lang)
	}
	return slices.Contains(v.org.Settings.Languages, lang)
}

// emergency returns the rows of the form: those that are there and two for new
// ones.
func (v view) emergency() []orgs.EmergencyNumber {
	var rows []orgs.EmergencyNumber
	if v.is("notfall") {
		var e orgs.Edit
		applyEmergency(v.form, &e)
		rows = e.Settings.EmergencyNumbers
		for len(rows) > 0 && rows[len(rows)-1] == (orgs.EmergencyNumber{}) {
			rows = rows[:len(rows)-1]
		}
	} else {
		rows = slices.Clone(v.org.Settings.EmergencyNumbers)
	}
	return append(rows, make([]orgs.EmergencyNumber, min(2, orgs.MaxEmergency-len(rows)))...)
}

// brand returns the colour of the preview.
func (v view) brand() string {
	if v.tried != "" {
		return v.tried
	}
	return v.org.Settings.Brand
}

// zone names a time zone by its city, in the reader's language where we know
// its name there.
func zone(p *i18n.Printer, name string) string {
	if key := "orgsweb.zone." + name; p.Has(key) {
		return p.T(key)
	}
	_, city, ok := strings.Cut(name, "/")
	if !ok {
		return name
	}
	return strings.ReplaceAll(city, "_", " ")
}
