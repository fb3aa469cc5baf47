package letter

import (
	"bytes"
	"fmt"
	"io"
)

// Batch writes letters into one PDF file, each on a page of its own, or several. It is not for
// concurrent use; several batches are.
type Batch struct {
	f       *file
	opts    Options
	footTop float64
	ruler   ruler
	types   compositor
	used    [weights][]bool // glyphs on the pages written so far
	own     [weights][]bool // glyphs of the letter at hand
	content []byte
	pages   []int // object numbers
	lang    string
	ids     struct{ catalog, pages, info, resources, stationery, logo, next, nextResources int }
	sender  Sender
	logo    *picture
	one     [1][]byte // the contents of a letter of one page
	fonts   [weights]int
	closed  bool
}

// New begins a file on w. An unusable letterhead gives ErrSender, ErrGlyph or
// ErrTooLong; w has then not been written to.
func New(w io.Writer, sender Sender, opts Options) (*Batch, error) {
	logo, err := decodeLogo(sender.Logo)
	if err != nil {
		return nil, err
	}
	b := &Batch{opts: opts, sender: sender, logo: logo, ruler: ruler{faces: faces()}}
	for i, fc := range faces() {
		b.used[i], b.own[i] = make([]bool, len(fc.width)), make([]bool, len(fc.width))
	}
	c := canvas{m: &b.ruler, used: &b.used}
	if b.footTop, err = c.stationery(sender, logo); err != nil {
		return nil, err
	}
	b.f = newFile(w)
	for _, id := range []*int{&b.ids.catalog, &b.ids.pages, &b.ids.info, &b.ids.resources, &b.ids.stationery, &b.fonts[regular], &b.fonts[bold]} {
		*id = b.f.reserve()
	}
	resources := fmt.Sprintf("/Font<</F0 %d 0 R/F1 %d 0 R>>", b.fonts[regular], b.fonts[bold])
	xobjects := ""
	if logo != nil {
		b.ids.logo = b.f.reserve()
		b.f.writePicture(b.ids.logo, logo)
		xobjects = fmt.Sprintf("/XObject<</Logo %d 0 R>>", b.ids.logo)
	}
	b.f.stream(b.ids.stationery, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s]/Resources<<%s%s>>", paperSize(), resources, xobjects), c.b)
	b.f.object(b.ids.resources, fmt.Sprintf("<<%s/XObject<</Head %d 0 R>>>>", resources, b.ids.stationery))
	return b, b.f.err
}

// Add writes a letter as the next page or pages. ErrIncomplete, ErrGlyph and ErrTooLong
// concern this letter alone: nothing of it is in the file, and the next may
// follow. Any other error comes from the writer; the file is then lost.
func (b *Batch) Add(l Letter) error {
	if b.f.err != nil {
		return b.f.err
	}
	if b.closed {
		return fmt.Errorf("letter: add after close")
	}
	composed, err := b.types.compose(&l)
	if err != nil {
		return err
	}
	for i := range b.own {
		clear(b.own[i])
	}
	pages, err := b.draw(composed)
	if err != nil {
		return err
	}
	for i := range b.own {
		for g, u := range b.own[i] {
			b.used[i][g] = b.used[i][g] || u
		}
	}
	if b.lang == "" {
		b.lang = composed.lang
	}
	resources := b.ids.resources
	for i, p := range pages {
		if i > 0 {
			if err := b.next(); err != nil {
				return err
			}
			resources = b.ids.nextResources
		}
		content, page := b.f.reserve(), b.f.reserve()
		b.f.stream(content, "", p)
		b.f.object(page, fmt.Sprintf("<</Type/Page/Parent %d 0 R/Resources %d 0 R/Contents %d 0 R>>", b.ids.pages, resources, content))
		b.pages = append(b.pages, page)
	}
	return b.f.err
}

// draw makes the contents of a letter's pages.
func (b *Batch) draw(l *composed) ([][]byte, error) {
	if len(l.steps) == 0 {
		return b.flow(l)
	}
	c := canvas{b: b.content[:0], m: &b.ruler, used: &b.own}
	c.begin(l, "/Head Do")
	err := c.page(l, b.footTop)
	c.op("EMC")
	b.content = c.b
	b.one[0] = b.content
	return b.one[:], err
}

// Pages gives how many pages the file holds so far.
func (b *Batch) Pages() int { return len(b.pages) }

// Close completes the file; it does not close the writer. A file without any
// letter is not a valid PDF: that is ErrIncomplete, and the caller has nothing
// to hand out. A second Close does nothing.
func (b *Batch) Close() error {
	if b.closed || b.f.err != nil {
		return b.f.err
	}
	b.closed = true
	if len(b.pages) == 0 {
		return fmt.Errorf("%w: no letter in the file", ErrIncomplete)
	}
	for i, fc := range faces() {
		b.f.writeFont(b.fonts[i], fc, b.used[i])
	}
	var kids bytes.Buffer
	for _, id := range b.pages {
		fmt.Fprintf(&kids, "%d 0 R ", id)
	}
	b.f.object(b.ids.pages, fmt.Sprintf("<</Type/Pages/Count %d/MediaBox[0 0 %s]/Kids[%s]>>", len(b.pages), paperSize(), kids.Bytes()))
	b.f.object(b.ids.catalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>>>", b.ids.pages, b.lang))
	info := "<</Producer(Foyer)/Title" + textString(b.opts.Title) + "/Author" + textString(b.opts.Author)
	if t := b.opts.CreatedAt; !t.IsZero() {
		info += "/CreationDate" + dateString(t) + "/ModDate" + dateString(t)
	}
	b.f.object(b.ids.info, info+">>")
	return b.f.close(b.ids.catalog, b.ids.info)
}

// paperSize is the page's width and height in points.
func paperSize() string {
	return fmt.Sprintf("%.2f %.2f", pageWidth*mm, pageHeight*mm)
}
