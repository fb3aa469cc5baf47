package ui

import "strings"

// Shell is what every page of an organisation shows around its content. Empty
// fields are left out of the page.
type Shell struct {
	OrgName  string // "Lindhof Hausverwaltung"
	OrgShort string // "Lindhof", where space is short; OrgName when empty
	LogoURL  string // square picture; a drawn door when empty
	BrandHex string // "#17565f"; DefaultBrand when empty
	HomeURL  string // where the organisation's name leads; "/" when empty

	Phone     Phone   // the organisation's office
	Hours     string  // when the office answers: "Mo–Fr 8–16 Uhr"
	Emergency []Phone // numbers for danger and large damage, the first one day and night

	Langs            []Lang // offered besides the page's own language
	ImprintURL       string
	PrivacyURL       string
	AccessibilityURL string
	ManifestURL      string // web app manifest; none when empty
}

// Phone is a number to call. Number is shown as written.
type Phone struct {
	Label  string // who answers: "Notdienst der Verwaltung"
	Number string // "030 23125 900"
	Note   string // for what and when: "Tag und Nacht"
}

// TelURL is the tel: address of a number as people write it (RFC 3966): digits,
// with a leading + kept. A number without country code stays one.
func (p Phone) TelURL() string {
	var b strings.Builder
	for i, r := range strings.TrimSpace(p.Number) {
		if r >= '0' && r <= '9' || r == '+' && i == 0 {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "tel:" + b.String()
}

// Lang is a language a page is offered in.
type Lang struct {
	Code string // "da"
	Name string // in that language: "Dansk"
	URL  string // the same page in that language
}

// NavItem is one place in a navigation. Only places that exist are handed in.
type NavItem struct {
	Label   string
	URL     string
	Icon    IconName
	Count   int  // what waits there; 0 shows nothing
	Current bool // this is where the page stands
	Wide    bool // residents: only in the bar of wide screens
	Small   bool // residents: only under the thumb of small screens ("Mehr")
}

// ResidentShell is the frame of a resident's page.
type ResidentShell struct {
	Shell
	Nav          []NavItem
	Tenancies    []Tenancy // one: shown as a block; several: a switcher
	Current      string    // Tenancy.ID of the chosen one
	SwitchURL    string    // takes a POST: "vertrag" is the Tenancy.ID to choose, "weiter" is Here
	Here         string    // where to go on after the switch
	UserInitials string
	UserName     string
	SettingsURL  string // settings and sign-out, behind the initials
	View         View   // staff who look as this resident
}

// View says on every page that a staff member looks at it as a resident does.
type View struct {
	Name   string // of the resident; "" is no view
	Until  string // "10:30"
	EndURL string // takes a POST
}

// Tenancy is a home, parking space or store room in the switcher.
type Tenancy struct {
	ID      string
	Plate   string // what stands on the house: "14"
	Address string // "Ahornallee 14"
	Unit    string // "2. OG links · Wohnung 5"
}

// chosen returns the current tenancy, the first one when none is marked.
func (s ResidentShell) chosen() (Tenancy, bool) {
	for _, t := range s.Tenancies {
		if t.ID == s.Current {
			return t, true
		}
	}
	if len(s.Tenancies) > 0 {
		return s.Tenancies[0], true
	}
	return Tenancy{}, false
}

// StaffShell is the frame of a manager's page.
type StaffShell struct {
	Shell
	Groups   [][]NavItem // daily work, the stock, what is rare
	UserName string
	Initials string
	UserMenu []MenuItem // above the sign-out in the user's menu
	// SignOutURL takes a POST. SearchURL takes a GET with the parameter "q";
	// without it there is no search field.
	SignOutURL  string
	SearchURL   string
	SearchQuery string
}

// Head is what a page says about itself.
type Head struct {
	Title   string // names the thing, not the module
	Invalid bool   // a form on the page has complaints: the title says "Fehler:"
	Narrow  bool   // forms and texts: 44 rem
	Calls   bool   // sign-in pages: show the emergency numbers
	Printed string // day of printing, "2026-11-12"; shown on paper only
}

// short is the organisation's short name.
func (s Shell) short() string {
	if s.OrgShort != "" {
		return s.OrgShort
	}
	return s.OrgName
}

func (s Shell) home() string {
	if s.HomeURL != "" {
		return s.HomeURL
	}
	return "/"
}

// brand is the organisation's colour if it is one, else the default.
func (s Shell) brand() string {
	if c, err := parseHex(s.BrandHex); err == nil {
		return c.hex()
	}
	return DefaultBrand
}

// named lists only those phones that can be called.
func named(calls []Phone) []Phone {
	var list []Phone
	for _, p := range calls {
		if p.TelURL() != "" {
			list = append(list, p)
		}
	}
	return list
}

// joined joins what is not empty with a middle dot.
func joined(parts ...string) string {
	var list []string
	for _, p := range parts {
		if p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, " · ")
}
