package letter

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Sender is the organisation that writes: its letterhead, the same on every
// page of a file.
type Sender struct {
	// Name stands in the letterhead. With a wide logo, which holds the name
	// already, it is not printed there.
	Name string
	// Street and PostcodeCity make the return line if ReturnLine is empty.
	Street       string
	PostcodeCity string
	// ReturnLine is the small underlined line over the address, seen through the
	// window; empty: "Name · Street · PostcodeCity".
	ReturnLine string
	// FootLines are the three columns at the foot, at most MaxFootLines each.
	FootLines [3][]string
	// Logo is a PNG or JPEG file; empty: the door of Foyer in the brand colour.
	Logo []byte
	// Brand is a colour as "#rrggbb"; empty: the one of Foyer.
	Brand string
}

// MaxFootLines is how many lines a column at the foot may have.
const MaxFootLines = 5

// MaxAddressLines is how many lines an address may have: the six of the address
// zone. Source: DIN 5008:2020, 19.2 (address field).
const MaxAddressLines = 6

// Letter is one letter to one person, or to those who share an address: one page
// with steps, else as many as its text needs. Paragraphs (Intro, Steps, After) may hold
// **bold** runs; data put into them goes through Plain first. All other fields
// print as they are. A no-break space (U+00A0) keeps words on one line, as in a
// phone number; "\n" in a paragraph begins a new line.
type Letter struct {
	Lang       string      // language of the text, BCP 47: "de"
	To         []string    // address lines, the recipient's name first
	Info       [][2]string // label and value beside the address: date, unit, contact …
	Subject    string
	Salutation string
	Intro      []string // paragraphs before the box
	BoxTitle   string
	Steps      []Step   // numbered; without steps there is no box and no QR code
	Code       string   // the access code as printed, with its hyphens
	URL        string   // http or https; goes into the QR code, its host must stand in the text
	After      []string // paragraphs below the box
	Closing    []string // lines: the greeting, the name of who signs
	Note       string   // in grey at the end: other languages
	// Number is the form of the page numbers of a letter that needs several pages,
	// "Seite %d von %d"; "" for none. Only letters without steps may need them.
	Number string
}

// Step is one numbered step in the box.
type Step struct {
	Text     string
	ShowCode bool // the letter's code follows in large type
}

// Options describe the file as a whole. Title and Author are shown by viewers
// and by printers' queues: no personal data belongs there.
type Options struct {
	Title     string
	Author    string
	CreatedAt time.Time // kept in the file in whole seconds UTC; a zero time is left out
}

// ErrTooLong says that a text does not fit its place even in the smallest size.
// It is wrapped with the name of the place.
var ErrTooLong = errors.New("too long for one page")

// ErrIncomplete says that a letter lacks something that no letter may lack, or
// that its parts contradict each other. It is wrapped with what is missing.
var ErrIncomplete = errors.New("letter incomplete")

// ErrSender says that a letterhead cannot be used: no name, a colour or a
// picture that cannot be read. It is wrapped with the reason.
var ErrSender = errors.New("letterhead unusable")

// ErrGlyph says that the font has no glyph for a character.
type ErrGlyph struct {
	Rune  rune
	Field string // where it stands: "to", "info", "subject", "text", "code" or "sender"
}

// Error names the character by its number only, never the text it stands in.
func (e ErrGlyph) Error() string {
	return fmt.Sprintf("no glyph for %U (%s)", e.Rune, e.Field)
}

// Plain makes data safe to put into a paragraph: its asterisks print instead of
// switching bold type.
func Plain(s string) string {
	return strings.ReplaceAll(s, "*", "*"+wordJoiner)
}

// wordJoiner is invisible; between two asterisks it keeps them from being a mark.
const wordJoiner = "\u2060"
