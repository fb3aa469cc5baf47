package mail

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"foyer/internal/platform/ui"
)

// Layout is the content of one mail. Render makes HTML and text of it.
type Layout struct {
	// Lang is the language of everything in it, such as "de".
	Lang string
	// Palette are the organisation's colours.
	Palette Palette
	// OrgName stands at the top.
	OrgName string
	// Preheader is the line that mail programs show beside the subject in the
	// list; it is not shown in the mail. May be empty.
	Preheader string
	// Title says in one line what the mail is about.
	Title string
	// Blocks are the content from top to bottom, at least one.
	Blocks []Block
	// Footer says who sends, why, and where help is.
	Footer []Line
}

// Line is one line of the footer.
type Line struct {
	// Text is what is read.
	Text string
	// URL makes the line a link when not empty; the rule for Button applies.
	URL string
}

// Palette holds the colours for light and dark surroundings.
type Palette struct{ Light, Dark Colours }

// Colours are the steps of the brand that a mail needs, each as #rrggbb in lower
// case (guidelines §11). BrandPalette makes them.
type Colours struct {
	// Line is the raw brand colour, used where nothing is read.
	Line string
	// Button and ButtonText are the button's surface and label, 7:1 at least.
	Button, ButtonText string
	// Link is for links on the sheet.
	Link string
	// Tint is the quiet surface behind a code, TintLine its border.
	Tint, TintLine string
}

// BrandPalette takes the steps for mails out of an organisation's brand colour
// ("#rrggbb"; ui.DefaultBrand when it has chosen none). The error is that the
// colour cannot be read.
func BrandPalette(brand string) (Palette, error) {
	p, err := ui.Brand(brand)
	if err != nil {
		return Palette{}, err
	}
	return Palette{Light: mailColours(p.Brand, p.Light), Dark: mailColours(p.Brand, p.Dark)}, nil
}

func mailColours(line string, s ui.Shades) Colours {
	return Colours{
		Line: line, Button: s.BaseDefault, ButtonText: s.BaseContrastDefault,
		Link: s.TextSubtle, Tint: s.SurfaceTinted, TintLine: s.BorderSubtle,
	}
}

// Block is a piece of a mail's content; make one with Paragraph, Button, Code,
// List or Small.
type Block struct {
	kind      blockKind
	text, url string
	items     []string
}

type blockKind int

const (
	paragraphBlock blockKind = iota + 1
	buttonBlock
	codeBlock
	listBlock
	smallBlock
)

// Paragraph is running text; a line break in it stays one.
func Paragraph(text string) Block { return Block{kind: paragraphBlock, text: text} }

// Button is the thing to do next. The url is https, or http on loopback (demo);
// Render refuses every other. In the text version it stands in clear.
func Button(label, url string) Block { return Block{kind: buttonBlock, text: label, url: url} }

// Code is a number or code to be typed elsewhere, large and in its groups.
func Code(code string) Block { return Block{kind: codeBlock, text: code} }

// List is a list of short points.
func List(items ...string) Block { return Block{kind: listBlock, items: items} }

// Small is text for those who want to know more, such as how long a link lives.
func Small(text string) Block { return Block{kind: smallBlock, text: text} }

// What Render refuses. The texts repeat nothing of the content.
var (
	errLayoutLang    = errors.New("mail layout: the language is not a language tag")
	errLayoutEmpty   = errors.New("mail layout: organisation, title and at least one block are needed, and no block may be empty")
	errLayoutColour  = errors.New("mail layout: a colour is not of the form #rrggbb")
	errLayoutAddress = errors.New("mail layout: an address is neither https nor http on loopback")
)

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Render makes the HTML and the plain-text body. Both say the same; the HTML needs
// nothing from the network. The error is about the layout, not about a reader.
func Render(l Layout) (html, text string, err error) {
	if err := l.check(); err != nil {
		return "", "", err
	}
	var buf bytes.Buffer
	if err := layoutTemplate.Execute(&buf, l.view()); err != nil {
		return "", "", fmt.Errorf("mail layout: %w", err)
	}
	return buf.String(), l.text(), nil
}

func (l Layout) check() error {
	if !langForm.MatchString(l.Lang) {
		return errLayoutLang
	}
	if strings.TrimSpace(l.OrgName) == "" || strings.TrimSpace(l.Title) == "" || len(l.Blocks) == 0 {
		return errLayoutEmpty
	}
	for _, c := range []Colours{l.Palette.Light, l.Palette.Dark} {
		for _, hex := range []string{c.Line, c.Button, c.ButtonText, c.Link, c.Tint, c.TintLine} {
			if !colourForm.MatchString(hex) {
				return errLayoutColour
			}
		}
	}
	for _, b := range l.Blocks {
		if err := b.check(); err != nil {
			return err
		}
	}
	for _, line := range l.Footer {
		if strings.TrimSpace(line.Text) == "" {
			return errLayoutEmpty
		}
		if line.URL != "" && !safeURL(line.URL) {
			return errLayoutAddress
		}
	}
	return nil
}

func (b Block) check() error {
	if b.kind == listBlock {
		for _, item := range b.items {
			if strings.TrimSpace(item) == "" {
				return errLayoutEmpty
			}
		}
		if len(b.items) == 0 {
			return errLayoutEmpty
		}
		return nil
	}
	if b.kind == 0 || strings.TrimSpace(b.text) == "" {
		return errLayoutEmpty
	}
	if b.kind == buttonBlock && !safeURL(b.url) {
		return errLayoutAddress
	}
	return nil
}

// safeURL accepts https://host/… and, for the demo, http://loopback/…, without
// user information and without characters that would end the line in the text.
func safeURL(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>"\`, r)
	}) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.User != nil || u.Hostname() == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopbackHost(u.Hostname())
}

// view is what the template sees.
type view struct {
	Layout
	Initial string
	Parts   []part
	// Padding keeps the first line of the body out of the preview behind the
	// preheader.
	Padding [60]struct{}
	// Comments for Outlook's Word engine, which html/template would drop.
	OutlookHead, OutlookOpen, OutlookClose template.HTML
}

// part is a Block for the template: Kind and, by kind, the rest.
type part struct {
	Kind  string
	Lines []string
	URL   string
}

// Outlook for Windows knows neither max-width nor unknown fonts nor the device's
// pixel density.
const (
	outlookHead  template.HTML = `<!--[if mso]><xml><o:OfficeDocumentSettings xmlns:o="urn:schemas-microsoft-com:office:office"><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>td,p,a,li,h1{font-family:"Segoe UI",Arial,sans-serif !important}</style><![endif]-->`
	outlookOpen  template.HTML = `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
	outlookClose template.HTML = `<!--[if mso]></td></tr></table><![endif]-->`
)

func (l Layout) view() view {
	v := view{Layout: l, Initial: initial(l.OrgName), OutlookHead: outlookHead, OutlookOpen: outlookOpen, OutlookClose: outlookClose}
	names := map[blockKind]string{paragraphBlock: "paragraph", buttonBlock: "button", codeBlock: "code", listBlock: "list", smallBlock: "small"}
	for _, b := range l.Blocks {
		p := part{Kind: names[b.kind], Lines: lines(b.text), URL: b.url}
		if b.kind == listBlock {
			p.Lines = b.items
		}
		v.Parts = append(v.Parts, p)
	}
	return v
}

// lines splits text at its line breaks.
func lines(s string) []string {
	return strings.Split(strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)), "\n")
}

// initial is the letter on the plate beside the organisation's name.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	return string(r)
}

//go:embed layout.html.tmpl
var layoutSource string

var layoutTemplate = template.Must(template.New("layout").Parse(layoutSource))
