package letter

import (
	"fmt"
)

// Places of the further pages of a letter, and of the page numbers, in
// millimetres.
const (
	nextTop    = 38.0 // below the letterhead
	numberRoom = 8.0  // over the foot
	maxPages   = 40   // of one letter
)

// flowing is the size of a letter of several pages: nobody saves paper at the
// cost of the eyes then.
var flowing = steps[1]

// flow sets a letter without a box over as many pages as it needs.
type flow struct {
	b      *Batch
	c      canvas
	l      *composed
	pages  [][]byte
	y      float64 // where the next line begins
	bottom float64 // where the page ends
}

// flow returns the pages' contents. A letter that fits one page is one page, in
// the size of the steps that it fits in, as long as that is not a small one.
func (b *Batch) flow(l *composed) ([][]byte, error) {
	c := canvas{m: &b.ruler, used: &b.own}
	for _, s := range steps[:2] {
		c.b = nil
		c.begin(l, "/Head Do")
		c.color(black)
		if err := c.front(l); err != nil {
			return nil, err
		}
		if c.body(l, s) <= b.footTop-bodyFoot {
			c.op("EMC")
			return [][]byte{c.b}, nil
		}
	}
	f := &flow{b: b, c: canvas{m: &b.ruler, used: &b.own}, l: l, bottom: b.footTop - numberRoom}
	f.c.begin(l, "/Head Do")
	f.c.color(black)
	if err := f.c.front(l); err != nil {
		return nil, err
	}
	f.y = bodyTop
	f.text()
	f.c.op("EMC")
	f.pages = append(f.pages, f.c.b)
	if len(f.pages) > maxPages {
		return nil, fmt.Errorf("text: %w", ErrTooLong)
	}
	return f.pages, f.numbers()
}

// begin opens the contents of a page with its letterhead.
func (c *canvas) begin(l *composed, head string) {
	// The language goes with the text, for a file may hold letters in several.
	c.op("/Span<</Lang(" + l.lang + ")>>BDC")
	c.op(head)
}

// front sets what only the first page has: address and information block.
func (c *canvas) front(l *composed) error {
	if err := c.address(l.to); err != nil {
		return err
	}
	return c.info(l.info)
}

// text sets everything below the address.
func (f *flow) text() {
	const subjectLeading = 1.25
	f.para(f.l.subject, flowing.subject, subjectLeading, 0, true)
	gap := flowing.gap
	f.para(f.l.salutation, flowing.text, flowing.leading, gap, true)
	for _, t := range append(append([][]atom{}, f.l.intro...), f.l.after...) {
		f.para(t, flowing.text, flowing.leading, gap, false)
	}
	f.para(f.l.closing, flowing.text, flowing.leading, gap, true)
	if len(f.l.note) > 0 {
		f.para(f.l.note, flowing.text, flowing.leading, gap, true)
	}
}

// para sets a paragraph; whole ones stay on one page, of others at least two
// lines stand on each.
func (f *flow) para(t []atom, size, leading, gap float64, whole bool) {
	if len(t) == 0 || len(f.pages) > maxPages {
		return
	}
	wrapped, _ := f.c.m.wrap(t, limit(right-left, size), true)
	lines := append([][]atom{}, wrapped...)
	step := size * leading / mm
	f.y += gap
	for i := 0; i < len(lines); {
		room := int((f.bottom - f.y) / step)
		rest := len(lines) - i
		take := min(room, rest)
		switch {
		case whole && take < rest, take < min(2, rest):
			take = 0
		case rest-take == 1:
			take = max(0, take-1)
		}
		if take == 0 && f.y <= nextTop {
			take = max(1, min(room, rest)) // longer than a page: there is no better place
		}
		if take <= 0 {
			f.turn()
			continue
		}
		for _, l := range lines[i : i+take] {
			f.c.text(l, left, f.y+baseline(size, leading), size, 0)
			f.y += step
		}
		if i += take; i < len(lines) {
			f.turn()
		}
		if len(f.pages) > maxPages {
			return
		}
	}
}

// turn begins the next page.
func (f *flow) turn() {
	f.c.op("EMC")
	f.pages = append(f.pages, f.c.b)
	f.c.b = nil
	f.c.begin(f.l, "/Next Do")
	f.c.color(black)
	f.y = nextTop
}

// numbers puts "Seite 2 von 3" on each page.
func (f *flow) numbers() error {
	const size = 8.0
	for i := range f.pages {
		if f.l.number == "" {
			return nil
		}
		t, err := set(nil, fmt.Sprintf(f.l.number, i+1, len(f.pages)), "text", regular, false)
		if err != nil {
			return err
		}
		c := canvas{b: f.pages[i], m: f.c.m, used: f.c.used}
		c.color(soft)
		c.text(t, right-float64(c.m.width(t))*size/1000/mm, f.b.footTop-4, size, 0)
		c.color(black)
		f.pages[i] = c.b
	}
	return nil
}

// next draws the letterhead of further pages, which have no address field, once
// there is a page that needs it.
func (b *Batch) next() error {
	if b.ids.next != 0 {
		return nil
	}
	c := canvas{m: &b.ruler, used: &b.used}
	brand := foyer
	if b.sender.Brand != "" {
		var err error
		if brand, err = parseColor(b.sender.Brand); err != nil {
			return err
		}
	}
	if err := c.head(b.sender.Name, brand, b.logo); err != nil {
		return err
	}
	if _, err := c.foot(b.sender.FootLines); err != nil {
		return err
	}
	b.ids.next, b.ids.nextResources = b.f.reserve(), b.f.reserve()
	fonts := fmt.Sprintf("/Font<</F0 %d 0 R/F1 %d 0 R>>", b.fonts[regular], b.fonts[bold])
	logo := ""
	if b.logo != nil {
		logo = fmt.Sprintf("/XObject<</Logo %d 0 R>>", b.ids.logo)
	}
	b.f.stream(b.ids.next, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s]/Resources<<%s%s>>", paperSize(), fonts, logo), c.b)
	b.f.object(b.ids.nextResources, fmt.Sprintf("<<%s/XObject<</Next %d 0 R>>>>", fonts, b.ids.next))
	return nil
}
