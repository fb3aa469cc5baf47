package residentlist

import "strings"

// nameOrder is the order of the names in a value that holds both.
type nameOrder int

const (
	unclear   nameOrder = iota
	firstLast           // as the heading says
	lastFirst
)

// splitName takes a value with both names apart. A comma decides: "Sommer,
// Petra". Without one the heading may say the order, or a form of address in
// front, behind which people are called by their first name. Otherwise the
// whole is the last name: a guess would be wrong in every second list.
func splitName(s string, order nameOrder) (salutation, title, first, last string) {
	salutation, s = cutSalutation(s)
	title, s = cutTitle(s)
	if l, f, ok := strings.Cut(s, ","); ok && strings.TrimSpace(l) != "" {
		f = strings.TrimSpace(f)
		sal, rest := cutSalutation(f)
		if salutation == "" {
			salutation = sal
		}
		t, rest := cutTitle(rest)
		if title == "" {
			title = t
		}
		return salutation, title, rest, strings.TrimSpace(l)
	}
	if order == unclear && (salutation == "mr" || salutation == "mrs") {
		order = firstLast
	}
	words := strings.Fields(s)
	switch {
	case len(words) < 2 || order == unclear:
		return salutation, title, "", s
	case order == lastFirst:
		n := 1
		for n < len(words)-1 && particles[normal(words[n-1])] {
			n++
		}
		return salutation, title, strings.Join(words[n:], " "), strings.Join(words[:n], " ")
	}
	n := len(words) - 1
	for n > 1 && particles[normal(words[n-1])] {
		n--
	}
	return salutation, title, strings.Join(words[:n], " "), strings.Join(words[n:], " ")
}

// particles belong to the last name behind them.
var particles = map[string]bool{"von": true, "vom": true, "van": true, "zu": true, "zum": true, "zur": true, "de": true, "der": true, "den": true, "del": true, "della": true, "di": true, "da": true, "dos": true, "el": true, "al": true, "ben": true, "la": true, "le": true, "ten": true, "ter": true}

// cutSalutation takes a form of address off the front: "Frau Sommer".
func cutSalutation(s string) (salutation, rest string) {
	for _, p := range []struct{ text, is string }{
		{"herr und frau ", "family"}, {"frau und herr ", "family"}, {"eheleute ", "family"}, {"ehepaar ", "family"}, {"familie ", "family"}, {"fam. ", "family"}, {"mr and mrs ", "family"},
		{"herrn ", "mr"}, {"herr ", "mr"}, {"hr. ", "mr"}, {"mr. ", "mr"}, {"mr ", "mr"},
		{"frau ", "mrs"}, {"fr. ", "mrs"}, {"mrs. ", "mrs"}, {"mrs ", "mrs"}, {"ms. ", "mrs"}, {"ms ", "mrs"}, {"firma ", "company"}, {"fa. ", "company"},
	} {
		if len(s) > len(p.text) && strings.EqualFold(s[:len(p.text)], p.text) {
			return p.is, strings.TrimSpace(s[len(p.text):])
		}
	}
	return "", s
}

// cutTitle takes academic titles off the front.
func cutTitle(s string) (title, rest string) {
	rest = s
	for {
		word, more, ok := strings.Cut(rest, " ")
		if !ok || !isTitle(word) {
			return strings.TrimSpace(s[:len(s)-len(rest)]), rest
		}
		rest = more
	}
}

func isTitle(word string) bool {
	switch strings.ToLower(word) {
	case "dr.", "prof.", "dipl.-ing.", "dipl.-kfm.", "mag.", "ing.", "med.", "jur.", "phil.", "rer.", "nat.", "h.c.", "dr", "prof", "prof.dr.":
		return true
	}
	return false
}

// companyWords mark the name of a company. They are compared as written: "AG"
// is one, "Ag" a name.
var companyWords = map[string]bool{
	"GmbH": true, "gGmbH": true, "mbH": true, "AG": true, "KG": true, "KGaA": true, "OHG": true, "oHG": true, "GbR": true, "GBR": true, "UG": true, "eG": true, "e.G.": true, "e.V.": true, "e.V": true, "eV": true, "e.K.": true, "e.K": true, "eK": true, "SE": true,
	"Ltd": true, "Ltd.": true, "Limited": true, "Inc": true, "Inc.": true, "LLC": true, "Sàrl": true, "SARL": true, "SA": true, "S.A.": true, "S.r.l.": true, "SRL": true, "SpA": true, "S.p.A.": true, "ApS": true, "A/S": true, "B.V.": true, "GesbR": true, "KdöR": true, "PartG": true, "Stiftung": true, "Verein": true,
}

// isCompany says whether a name is a company's, by what stands behind it.
func isCompany(name string) bool {
	if strings.IndexByte(name, ' ') < 0 {
		return false
	}
	for i, w := range strings.Fields(name) {
		w = strings.Trim(w, ",;()")
		if i > 0 && companyWords[w] {
			return true
		}
	}
	return strings.Contains(name, "& Co")
}
