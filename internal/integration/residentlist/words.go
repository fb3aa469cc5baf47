package residentlist

import (
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// vocab is a table of values in normal form.
type vocab[T any] map[string]T

// meaning builds a vocab from values and the words for them.
func meaning[T comparable](lists map[T][]string) vocab[T] {
	v := vocab[T]{}
	for value, list := range lists {
		for _, w := range list {
			v[normal(w)] = value
		}
	}
	return v
}

// The words of each column of fixed values, as docs/import.md lists them.
var (
	usageWords = map[Usage][]string{
		Flat: {"flat", "Wohnung", "Whg", "Wohneinheit", "Wohnen", "Wohnraum", "Mietwohnung", "Eigentumswohnung", "ETW", "Apartment", "Appartement", "Maisonette", "Penthouse", "Studio", "Dachgeschosswohnung", "Haus", "Einfamilienhaus", "Reihenhaus", "Doppelhaushälfte",
			"Zimmer", "WG-Zimmer", "residential", "dwelling", "house", "home", "room", "W", "WE"},
		Commercial: {"commercial", "Gewerbe", "Gewerbeeinheit", "gewerblich", "Büro", "Laden", "Ladenlokal", "Geschäft", "Praxis", "Gastronomie", "Restaurant", "Werkstatt", "Halle", "Produktion", "Atelier", "office", "shop", "retail", "store", "practice", "workshop", "business", "G", "GE"},
		Parking: {"parking", "Stellplatz", "Tiefgaragenstellplatz", "Tiefgarage", "TG", "TG-Stellplatz", "TG-Platz", "Garage", "Garagenstellplatz", "Einzelgarage", "Carport", "Parkplatz", "Außenstellplatz", "Motorradstellplatz", "Einstellplatz", "Einstellhalle", "Einstellhallenplatz", "Duplex", "Duplexparker",
			"parking space", "car park", "underground parking", "garage space", "P", "SP", "STP"},
		Storage: {"storage", "Lager", "Lagerraum", "Keller", "Kellerraum", "Kellerabteil", "Hobbyraum", "Abstellraum", "Bastelraum", "Estrich", "cellar", "basement", "warehouse", "storage room", "L"},
	}
	roleWords = map[Role][]string{
		ContractParty: {"contract_party", "Mieter", "Mieterin", "Mieter/in", "Hauptmieter", "Hauptmieterin", "Vertragspartner", "Vertragspartnerin", "Vertragsnehmer", "Mietpartei", "Leasingnehmer", "Pächter", "Mietvertrag", "Miete", "Vermietung", "Nutzer", "tenant", "main tenant", "renter", "lessee", "contract party", "leaseholder",
			"lease", "rental", "rent", "M"},
		CoResident: {"co_resident", "Mitbewohner", "Mitbewohnerin", "Mitbewohner/in", "Bewohner", "Bewohnerin", "Untermieter", "Untermieterin", "Angehöriger", "Angehörige", "Kind", "co-resident", "resident", "cohabitant", "roommate", "flatmate", "housemate", "occupant", "subtenant", "household member"},
		Owner:      {"owner", "Eigentümer", "Eigentümerin", "Eigentümer/in", "Miteigentümer", "Wohnungseigentümer", "Selbstnutzer", "Eigennutzer", "Eigentum", "Eigennutzung", "WEG", "landlord", "co-owner", "ownership", "owner-occupier", "E"},
	}
	yesNoWords = map[Tri][]string{
		Yes: {"ja", "j", "yes", "y", "true", "wahr", "1", "x", "on", "nötig", "erforderlich", "benötigt", "needed", "required"},
		No:  {"nein", "n", "no", "false", "falsch", "0", "off", "nicht nötig", "nicht erforderlich", "nicht benötigt", "not needed", "not required"},
	}
	salutationWords = map[string][]string{
		"mr":      {"mr", "Herr", "Herrn", "Hr.", "H.", "mister", "sir", "männlich", "male", "m"},
		"mrs":     {"mrs", "Frau", "Fr.", "ms", "miss", "madam", "weiblich", "female", "w", "f"},
		"family":  {"family", "Familie", "Fam.", "Eheleute", "Ehepaar", "Herr und Frau", "Frau und Herr", "Herrn und Frau", "Herr/Frau", "mr and mrs", "mrs and mr"},
		"company": {"company", "Firma", "Fa.", "Unternehmen", "Gesellschaft"},
		"":        {"divers", "d", "keine", "keine Anrede", "ohne", "diverse", "none", "neutral", "mx", "Guten Tag"},
	}
	kindWords = map[bool][]string{
		true:  {"C", "company", "corporate", "commercial", "business", "Firma", "Unternehmen", "Gewerbe", "gewerblich", "Gesellschaft", "juristische Person", "legal entity", "F"},
		false: {"P", "private", "person", "privat", "natürliche Person", "Privatperson", "individual", "residential", "R"},
	}
	languageWords = map[string][]string{
		"de": {"Deutsch", "German", "ger"}, "en": {"Englisch", "English"}, "fr": {"Französisch", "French", "Français", "fre"}, "da": {"Dänisch", "Danish", "Dansk"},
		"it": {"Italienisch", "Italian", "Italiano"}, "tr": {"Türkisch", "Turkish"}, "pl": {"Polnisch", "Polish"}, "ru": {"Russisch", "Russian"}, "uk": {"Ukrainisch", "Ukrainian"}, "ar": {"Arabisch", "Arabic"},
		"es": {"Spanisch", "Spanish"}, "pt": {"Portugiesisch", "Portuguese"}, "nl": {"Niederländisch", "Dutch"}, "ro": {"Rumänisch", "Romanian"}, "bg": {"Bulgarisch", "Bulgarian"}, "hr": {"Kroatisch", "Croatian"}, "sr": {"Serbisch", "Serbian"},
		"el": {"Griechisch", "Greek"}, "hu": {"Ungarisch", "Hungarian"}, "cs": {"Tschechisch", "Czech"}, "sq": {"Albanisch", "Albanian"}, "fa": {"Persisch", "Farsi", "Persian"}, "vi": {"Vietnamesisch", "Vietnamese"}, "zh": {"Chinesisch", "Chinese"},
	}
	countryWords = map[string][]string{
		"DE": {"Deutschland", "Germany", "BRD", "D", "Bundesrepublik Deutschland", "Allemagne"}, "AT": {"Österreich", "Austria", "A"}, "CH": {"Schweiz", "Switzerland", "Suisse", "Svizzera"}, "LI": {"Liechtenstein", "FL"}, "DK": {"Dänemark", "Denmark", "Danmark"},
		"FR": {"Frankreich", "France", "F"}, "IT": {"Italien", "Italy", "Italia", "I"}, "LU": {"Luxemburg", "Luxembourg", "L"}, "BE": {"Belgien", "Belgium", "B"}, "NL": {"Niederlande", "Netherlands", "Holland"}, "PL": {"Polen", "Poland"}, "CZ": {"Tschechien", "Tschechische Republik", "Czechia", "Czech Republic"},
		"GB": {"Großbritannien", "Vereinigtes Königreich", "United Kingdom", "England", "UK"}, "IE": {"Irland", "Ireland"}, "ES": {"Spanien", "Spain", "E"}, "PT": {"Portugal"}, "SE": {"Schweden", "Sweden"}, "NO": {"Norwegen", "Norway"}, "FI": {"Finnland", "Finland"}, "HU": {"Ungarn", "Hungary"},
		"SK": {"Slowakei", "Slovakia"}, "SI": {"Slowenien", "Slovenia"}, "HR": {"Kroatien", "Croatia"}, "RO": {"Rumänien", "Romania"}, "BG": {"Bulgarien", "Bulgaria"}, "GR": {"Griechenland", "Greece"}, "TR": {"Türkei", "Turkey", "Türkiye"}, "UA": {"Ukraine"}, "RU": {"Russland", "Russia"},
		"RS": {"Serbien", "Serbia"}, "BA": {"Bosnien und Herzegowina", "Bosnia and Herzegovina"}, "US": {"USA", "Vereinigte Staaten", "United States"}, "CA": {"Kanada", "Canada"}, "LT": {"Litauen", "Lithuania"}, "LV": {"Lettland", "Latvia"}, "EE": {"Estland", "Estonia"},
	}
	currencyWords = map[string][]string{"EUR": {"Euro"}, "CHF": {"Fr.", "SFr.", "Franken", "Schweizer Franken", "Swiss franc"}, "DKK": {"kr.", "Kronen", "Dänische Krone"}}
	vacancyWords  = map[bool][]string{true: {"Leerstand", "leerstehend", "leer stehend", "Leer", "Leerwohnung", "vacant", "vacancy", "n. vermietet", "nicht vermietet", "unvermietet", "not let"}}
)

var (
	usages      = meaning(usageWords)
	roles       = meaning(roleWords)
	yesNo       = meaning(yesNoWords)
	salutations = meaning(salutationWords)
	kinds       = meaning(kindWords)
	languages   = meaning(languageWords)
	countries   = meaning(countryWords)
	currencies  = meaning(currencyWords)
	vacancies   = meaning(vacancyWords)
)

// ticks are answers without letters.
var ticks = map[string]Tri{"✓": Yes, "✔": Yes, "☑": Yes, "✅": Yes, "✔️": Yes, "✗": No, "✘": No, "☐": No, "❌": No, "×": Yes}

func readTri(s string) (Tri, bool) {
	if t, ok := ticks[s]; ok {
		return t, true
	}
	t, ok := yesNo[normal(s)]
	return t, ok
}

// readLanguage knows names and BCP 47 tags; region and script are dropped.
func readLanguage(s string) (string, bool) {
	if l, ok := languages[normal(s)]; ok {
		return l, true
	}
	tag, err := language.Parse(strings.ReplaceAll(s, "_", "-"))
	base, confidence := tag.Base()
	if err != nil || confidence == language.No || len(base.String()) != 2 {
		return "", false
	}
	return base.String(), true
}

// readCountry knows names, car plates and ISO 3166-1 codes of two and three letters.
func readCountry(s string) (string, bool) {
	if c, ok := countries[normal(s)]; ok {
		return c, true
	}
	if len(s) > 3 {
		return "", false
	}
	region, err := language.ParseRegion(s)
	if err != nil || !region.IsCountry() || digits(s) {
		return "", false
	}
	return region.Canonicalize().String(), true
}

// readCurrency knows names, signs and ISO 4217 codes.
func readCurrency(s string) (string, bool) {
	if s == "€" {
		return "EUR", true
	}
	if c, ok := currencies[normal(s)]; ok {
		return c, true
	}
	code := strings.ToUpper(s)
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", false
	}
	_, err := currency.ParseISO(code)
	return code, err == nil
}
