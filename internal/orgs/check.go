package orgs

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
)

// check tells everything that is wrong with settings, after bringing typed text
// into its stored form. languages are the complete ones.
func (c *Edit) check(languages []string) error {
	var bad fault.Invalid
	c.checkAddress(&bad)
	c.checkPortal(&bad, languages)
	c.checkLetters(&bad, languages)
	c.checkEmergency(&bad)
	c.checkTalk(&bad)
	return bad.Err()
}

func (c *Edit) checkAddress(bad *fault.Invalid) {
	s := &c.Settings
	line(bad, "name", &c.Name, 80)
	if c.Name == "" {
		bad.Add("name", "orgs.name.missing")
	}
	line(bad, "legal_name", &s.LegalName, maxLine)
	line(bad, "street", &s.Street, maxLine)
	line(bad, "postcode", &s.Postcode, 12)
	line(bad, "city", &s.City, maxLine)
	line(bad, "hours", &s.Hours, maxLine)
	if !slices.Contains(Countries, s.Country) {
		bad.Add("country", "orgs.choice")
	}
	if line(bad, "phone", &s.Phone, 40) && s.Phone != "" && !dialable(s.Phone) {
		bad.Add("phone", "orgs.phone")
	}
	mailbox(bad, "email", &s.Email)
	page(bad, "imprint_url", &s.ImprintURL)
	page(bad, "privacy_url", &s.PrivacyURL)
	line(bad, "sender_name", &s.SenderName, 80)
	mailbox(bad, "sender_address", &s.SenderAddress)
	if color, ok := cleanColor(s.Brand); ok {
		s.Brand = color
	} else {
		bad.Add("brand", "orgs.brand")
	}
}

func (c *Edit) checkPortal(bad *fault.Invalid, languages []string) {
	s := &c.Settings
	if len(s.Languages) == 0 {
		bad.Add("languages", "orgs.languages.none")
	}
	choices(bad, "languages", &s.Languages, languages)
	choices(bad, "invite_triggers", &s.InviteTriggers, []Trigger{OnRelease, OnFirstMessage, ByHand})
	choices(bad, "invite_channels", &s.InviteChannels, []Channel{ByEmail, ByPost})
	if len(s.InviteChannels) == 0 && len(s.InviteTriggers) > 0 {
		bad.Add("invite_channels", "orgs.channels.none")
	}
	if slices.Contains(s.InviteTriggers, OnRelease) && len(s.InviteChannels) > 0 && !slices.Contains(s.InviteChannels, ByPost) {
		bad.Add("invite_channels", "orgs.channels.release")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		bad.Add("time_zone", "orgs.choice")
	}
	one(bad, "currency", s.Currency, Currencies)
	one(bad, "reissue_channel", s.ReissueChannel, []Reissue{ReissuePost, ReissueBoth})
	one(bad, "who_may_register", s.WhoMayRegister, []Registrants{ContractParties, PlusListedResidents})
	one(bad, "moved_out_access", s.MovedOutAccess, []MovedOut{MovedOutNone, MovedOutOwnPeriod})
	between(bad, "code_days", s.CodeDays, MinCodeDays, MaxCodeDays)
	between(bad, "moved_out_months", s.MovedOutMonths, 1, MaxMovedOutMonths)
}

func (c *Edit) checkLetters(bad *fault.Invalid, languages []string) {
	s := &c.Settings
	line(bad, "letter_contact", &s.LetterContact, 60)
	letters := make(map[string]LetterText, len(s.Letters))
	for lang, t := range s.Letters {
		if !slices.Contains(languages, lang) {
			bad.Add("letter_intro_"+lang, "orgs.choice")
			continue
		}
		text(bad, "letter_intro_"+lang, &t.Intro, MaxIntro)
		text(bad, "letter_closing_"+lang, &t.Closing, MaxClosing)
		if t != (LetterText{}) {
			letters[lang] = t
		}
	}
	s.Letters = letters
	lines := []string{}
	for _, l := range s.LetterFooter {
		line(bad, "letter_footer", &l, MaxFooterLine)
		if l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) > MaxFooterLines {
		bad.Add("letter_footer", "orgs.lines", "max", MaxFooterLines)
	}
	s.LetterFooter = lines
}

// checkEmergency drops empty rows; field names count the rows as they were
// given, from 0.
func (c *Edit) checkEmergency(bad *fault.Invalid) {
	kept := []EmergencyNumber{}
	for i, n := range c.Settings.EmergencyNumbers {
		label, number, note := fmt.Sprintf("emergency_label_%d", i), fmt.Sprintf("emergency_number_%d", i), fmt.Sprintf("emergency_note_%d", i)
		line(bad, label, &n.Label, 60)
		fits := line(bad, number, &n.Number, 40)
		line(bad, note, &n.Note, 60)
		if n == (EmergencyNumber{}) {
			continue
		}
		if n.Label == "" {
			bad.Add(label, "orgs.emergency.label")
		}
		if fits && !dialable(n.Number) {
			bad.Add(number, "orgs.phone")
		}
		kept = append(kept, n)
	}
	if len(kept) > MaxEmergency {
		bad.Add("emergency_label_0", "orgs.emergency.many", "max", MaxEmergency)
	}
	c.Settings.EmergencyNumbers = kept
}

// line trims a single line and tells whether it is clean text of at most max
// characters.
func line(bad *fault.Invalid, name string, s *string, max int) bool {
	*s = strings.TrimSpace(*s)
	return plain(bad, name, *s, max, false)
}

// text does the same for paragraphs; line ends become "\n".
func text(bad *fault.Invalid, name string, s *string, max int) bool {
	*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	return plain(bad, name, *s, max, true)
}

func plain(bad *fault.Invalid, name, s string, max int, breaks bool) bool {
	for _, r := range s {
		if r == '\n' && breaks {
			continue
		}
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Bidi_Control, r) {
			bad.Add(name, "orgs.characters")
			return false
		}
	}
	if utf8.RuneCountInString(s) > max {
		bad.Add(name, "orgs.long", "max", max)
		return false
	}
	return true
}

// mailbox brings an address into its one spelling; none is fine.
func mailbox(bad *fault.Invalid, name string, s *string) {
	if strings.TrimSpace(*s) == "" {
		*s = ""
		return
	}
	address, err := email.Canonical(strings.TrimSpace(*s))
	if err != nil {
		bad.Add(name, email.Key(err))
		return
	}
	*s = address
}

// page checks the address of a public page.
func page(bad *fault.Invalid, name string, s *string) {
	if !line(bad, name, s, 300) || *s == "" {
		return
	}
	u, err := url.Parse(*s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(*s, "\\\"<> ") {
		bad.Add(name, "orgs.url")
	}
}

// dialable tells whether s is a telephone number: 3 to 20 digits with the marks
// people part them by.
func dialable(s string) bool {
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '+' && i == 0, strings.ContainsRune(" -/().\u00a0", c):
		default:
			return false
		}
	}
	return digits >= 3 && digits <= 20
}

// cleanColor reads "#rrggbb", "rrggbb" or "#rgb" and returns "#rrggbb".
func cleanColor(s string) (string, bool) {
	s = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "#"))
	if len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	if len(s) != 6 || strings.Trim(s, "0123456789abcdef") != "" {
		return "", false
	}
	return "#" + s, true
}

// choices checks a set and takes doubles out of it; the order stays.
func choices[T ~string](bad *fault.Invalid, name string, list *[]T, known []T) {
	out := []T{}
	for _, v := range *list {
		if !slices.Contains(known, v) {
			bad.Add(name, "orgs.choice")
			return
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	*list = out
}

func one[T ~string](bad *fault.Invalid, name string, v T, known []T) {
	if !slices.Contains(known, v) {
		bad.Add(name, "orgs.choice")
	}
}

func between(bad *fault.Invalid, name string, n, min, max int) {
	if n < min || n > max {
		bad.Add(name, "orgs.between", "min", min, "max", max)
	}
}
