package ui

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/platform/fault"
)

// StorybookPages names the pages of the storybook: "" holds every component and
// state in the residents' frame, the others show the other frames.
var StorybookPages = []string{"", "verwaltung", "anmelden", "rueckfrage", "fehler-403", "fehler-404", "fehler-410", "fehler-421", "fehler-429", "fehler-500", "fehler-503"}

// Storybook returns a page of the storybook, nil when there is none of that
// name. All data on it is made up.
func Storybook(page string) templ.Component {
	return story{say: same, url: same}.page(page)
}

func same(s string) string { return s }

// story is the canned data. Every text goes through say and every address
// through url, so that a test can put hostile ones into each place.
type story struct{ say, url func(string) string }

func (s story) page(name string) templ.Component {
	switch name {
	case "":
		return s.components()
	case "verwaltung":
		return s.staff()
	case "anmelden":
		return s.auth()
	case "rueckfrage":
		return s.question()
	}
	number, ok := strings.CutPrefix(name, "fehler-")
	status, err := strconv.Atoi(number)
	if !ok || err != nil {
		return nil
	}
	if status == 421 {
		return ErrorPage(Shell{}, ErrorInfo{Status: status})
	}
	info := ErrorInfo{Status: status}
	switch status {
	case 429:
		info.After = s.say("in 5 Minuten")
	case 410:
		info.NextURL, info.NextLabel = s.url("/dokumente"), s.say("Dokument neu öffnen")
	}
	return ErrorPage(s.shell(), info)
}

func (s story) shell() Shell {
	return Shell{
		OrgName:  s.say("Lindhof Hausverwaltung"),
		OrgShort: s.say("Lindhof"),
		BrandHex: DefaultBrand,
		HomeURL:  s.url("/"),
		Phone:    Phone{Number: s.say("030 23125 100")},
		Hours:    s.say("Mo–Fr 8–16 Uhr"),
		Emergency: []Phone{
			{Label: s.say("Notdienst der Verwaltung"), Number: s.say("030 23125 900"), Note: s.say("Tag und Nacht")},
			{Label: s.say("Sander Sanitär + Heizung"), Number: s.say("030 23125 310"), Note: s.say("Wasser, Heizung · bis 22 Uhr")},
		},
		Langs:            []Lang{{Code: "en", Name: s.say("English"), URL: s.url("?lang=en")}, {Code: "da", Name: s.say("Dansk"), URL: s.url("?lang=da")}},
		ImprintURL:       s.url("/impressum"),
		PrivacyURL:       s.url("/datenschutz"),
		AccessibilityURL: s.url("/barrierefreiheit"),
		ManifestURL:      s.url("/manifest.webmanifest"),
	}
}

func (s story) residentShell() ResidentShell {
	nav := func(label, url string, icon IconName) NavItem {
		return NavItem{Label: s.say(label), URL: s.url(url), Icon: icon}
	}
	items := []NavItem{
		nav("Start", "/", IconHouse), nav("Nachrichten", "/nachrichten", IconMail),
		nav("Vorgänge", "/vorgaenge", IconClipboardList), nav("Verbrauch", "/verbrauch", IconGauge),
		nav("Dokumente", "/dokumente", IconFolder), nav("Vertrag", "/vertrag", IconFilePenLine),
		nav("Ausweise & Laden", "/ausweise", IconIdCard), nav("Mehr", "/mehr", IconMenu),
	}
	items[0].Current = true
	items[1].Count = 3
	for i := 4; i < 7; i++ {
		items[i].Wide = true
	}
	items[7].Small = true
	return ResidentShell{
		Shell: s.shell(),
		Nav:   items,
		Tenancies: []Tenancy{
			{ID: "a", Plate: s.say("14"), Address: s.say("Ahornallee 14"), Unit: s.say("2. OG links · Wohnung 5")},
			{ID: "b", Plate: s.say("P7"), Address: s.say("Tiefgarage Ahornallee"), Unit: s.say("Stellplatz 7")},
		},
		Current: "a", SwitchURL: s.url("/mietverhaeltnis"), Here: s.url("/start"), UserInitials: s.say("MB"), UserName: s.say("Marlene Brandt"), SettingsURL: s.url("/einstellungen"),
	}
}

func (s story) staffShell() StaffShell {
	item := func(label, url string, icon IconName, count int) NavItem {
		return NavItem{Label: s.say(label), URL: s.url(url), Icon: icon, Count: count, Current: label == "Liegenschaften"}
	}
	return StaffShell{
		Shell: s.shell(),
		Groups: [][]NavItem{
			{item("Heute", "/heute", IconSun, 9), item("Vorgänge", "/vorgaenge", IconClipboardList, 23), item("Nachrichten", "/nachrichten", IconMail, 5), item("Kontaktänderungen", "/kontakt", IconUserPen, 4)},
			{item("Liegenschaften", "/liegenschaften", IconBuilding2, 0), item("Verbrauch (UVI)", "/verbrauch", IconGauge, 0), item("Dokumente", "/dokumente", IconFolder, 0)},
			{item("Import", "/import", IconFileInput, 0), item("Organisation", "/organisation", IconSettings, 0)},
		},
		UserName: s.say("Jette Petersen"), Initials: s.say("JP"),
		UserMenu:   []MenuItem{{Label: s.say("Mein Zugang"), Icon: IconLock, URL: s.url("/zugang")}},
		SignOutURL: s.url("/abmelden"), SearchURL: s.url("/suche"), SearchQuery: s.say("Brandt"),
	}
}

// complaints are what a form says back. Their sentences are texts of the kit, so
// that they exist in every language.
func (s story) complaints() *fault.Invalid {
	inv := &fault.Invalid{}
	inv.Add("mail", "ui.story.email")
	inv.Add("text", "ui.story.text")
	inv.Add("", "ui.error.after", "when", s.say("morgen"))
	return inv
}

// rows is a table of homes.
func (s story) rows() []Row {
	menu := func(id, who string) templ.Component {
		return RowMenu(MenuProps{ID: id, Label: s.say("Aktionen für " + who), Title: s.say(who), Items: []MenuItem{
			{Label: s.say("Zugangsdaten per E-Mail senden …"), Icon: IconMail, URL: s.url("/senden"), Dialog: "zugang-email"},
			{Label: s.say("Zugangsschreiben als PDF"), Icon: IconDownload, URL: s.url("/schreiben.pdf")},
			{Label: s.say("Person ansehen"), Icon: IconUser, URL: s.url("/person"), Gap: true},
			{Label: s.say("Zugang entziehen …"), Icon: IconBan, PostURL: s.url("/entziehen"), Key: s.say("k1"), Danger: true, Gap: true},
		}})
	}
	return []Row{
		{TitleCell(s.say("14 · EG links"), "", s.say("Wohnung 1")), Text(s.say("Elke und Dieter Pohl")), Tick(s.say("ja")), Status(Neutral, "", s.say("Kein Zugang")), menu("m1", "Elke und Dieter Pohl")},
		{TitleCell(s.say("14 · EG rechts"), s.url("/e/2"), s.say("Wohnung 2")), Text(s.say("Samira Haddad")), Tick(s.say("ja")), SubCell(Status(Success, "", s.say("Bestätigt")), s.say("seit 2. Oktober 2026")), menu("m2", "Samira Haddad")},
		{TitleCell(s.say("14 · 1. OG links"), s.url("/e/3"), s.say("Wohnung 3")), Nowrap(s.say("Ole Christensen")), Quiet(s.say("nein")), SubCell(Status(Warning, "", s.say("Ausstehend")), s.say("Brief vom 5. November")), menu("m3", "Ole Christensen")},
	}
}

// properties is a table with numbers.
func (s story) properties() []Row {
	return []Row{
		{PlateCell(s.say("10–16"), s.say("Ahornallee 10–16"), s.url("/l/1"), s.say("12623 Berlin")), Text(s.say("48")), ShareCell(41, 62), ArrowCell()},
		{PlateCell(s.say("3"), s.say("Werkhof 3"), s.url("/l/2"), s.say("12459 Berlin")), Small(s.say("36")), ShareCell(38, 44), ArrowCell()},
	}
}
