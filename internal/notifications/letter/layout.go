package letter

import "fmt"

// sizes is one step of the type sizes of a page's body: type in points, line
// height in ems, gaps in millimetres.
type sizes struct {
	text, subject, code float64
	leading             float64
	gap                 float64 // between paragraphs
	stepGap             float64 // between steps
	pad                 float64 // above and below in the box
}

// steps are the sizes a letter is tried in, largest first. 9 pt is the smallest
// that older eyes read without strain; what needs less fails.
var steps = []sizes{
	{text: 10.5, subject: 13.5, code: 16, leading: 1.45, gap: 3.4, stepGap: 1.6, pad: 4.5},
	{text: 10.5, subject: 13.5, code: 16, leading: 1.35, gap: 2.8, stepGap: 1.2, pad: 3.5},
	{text: 10, subject: 13, code: 16, leading: 1.32, gap: 2.5, stepGap: 1.0, pad: 3.5},
	{text: 9.5, subject: 12, code: 15, leading: 1.3, gap: 2.2, stepGap: 0.8, pad: 3.0},
	{text: 9, subject: 11.5, code: 15, leading: 1.28, gap: 2.0, stepGap: 0.6, pad: 3.0},
}

// addressSizes are the sizes of the address. Sorting machines read 10 to 12 pt
// best and 9 pt still.
var addressSizes = []float64{11, 10, 9}

// infoSizes are the sizes of the information block.
var infoSizes = []float64{9, 8.5, 8, 7.5}

const (
	infoLeft, infoTop = 125.0, 50.0
	infoBottom        = 94.0 // one line above the subject
	infoLabel         = 30.0 // widest label before it wraps

	bodyTop  = 98.5
	bodyFoot = 4.0 // least space above the foot

	qrSide     = 36.0
	boxPad     = 5.0 // left and right in the box
	boxGap     = 6.0 // between steps and QR code
	boxRadius  = 3.0
	stepIndent = 5.0
	numberGap  = 1.2 // between a step's number and its text
)

// page draws a letter. On error the canvas holds part of it and is thrown away.
func (c *canvas) page(l *composed, footTop float64) error {
	c.color(black)
	if err := c.front(l); err != nil {
		return err
	}
	mark := len(c.b)
	for _, s := range steps {
		c.b = c.b[:mark]
		if bottom := c.body(l, s); bottom <= footTop-bodyFoot {
			return nil
		}
	}
	return fmt.Errorf("text: %w", ErrTooLong)
}

// address sets the lines in the window: in the largest size in which each fits
// its line; if there is none, in the largest in which they fit with words moved
// to further lines. A word that is wider than the window fails.
func (c *canvas) address(to [][]atom) error {
	for _, most := range []int{len(to), MaxAddressLines} {
		for _, size := range addressSizes {
			lines, ok := c.addressLines(to, size)
			if !ok || len(lines) > most || len(lines) > MaxAddressLines {
				continue
			}
			step := min(1.3*size/mm, toHeight/float64(len(lines)))
			for i, l := range lines {
				c.text(l, left, toTop+float64(i)*step+baseline(size, step*mm/size), size, 0)
			}
			return nil
		}
	}
	return fmt.Errorf("address: %w", ErrTooLong)
}

func (c *canvas) addressLines(to [][]atom, size float64) ([][]atom, bool) {
	var all [][]atom
	for _, t := range to {
		lines, ok := c.m.wrap(t, limit(toWidth, size), false)
		if !ok {
			return nil, false
		}
		all = append(all, lines...)
	}
	return all, true
}

// info sets the block of labels and values right of the address.
func (c *canvas) info(rows [][2][]atom) error {
	mark := len(c.b)
	for _, size := range infoSizes {
		c.b = c.b[:mark]
		if c.infoRows(rows, size) <= infoBottom {
			return nil
		}
	}
	return fmt.Errorf("info: %w", ErrTooLong)
}

func (c *canvas) infoRows(rows [][2][]atom, size float64) (bottom float64) {
	const gap, rowGap, leading = 3.0, 0.5, 1.4
	label := 0.0
	for _, r := range rows {
		label = max(label, float64(c.m.width(r[0]))*size/1000/mm)
	}
	label = min(label+0.1, infoLabel)
	y := infoTop
	for _, r := range rows {
		end := c.block(r[0], infoLeft, y, label, size, leading)
		end = max(end, c.block(r[1], infoLeft+label+gap, y, right-infoLeft-label-gap, size, leading))
		y = end + rowGap
	}
	return y - rowGap
}

// block sets a text in lines of a width and returns where it ends.
func (c *canvas) block(t []atom, px, py, width, size, leading float64) (bottom float64) {
	lines, ok := c.m.wrap(t, limit(width, size), true)
	if !ok {
		return pageHeight // a glyph wider than the column
	}
	for _, l := range lines {
		c.text(l, px, py+baseline(size, leading), size, 0)
		py += size * leading / mm
	}
	return py
}

// body sets everything below the address and returns where it ends.
func (c *canvas) body(l *composed, s sizes) (bottom float64) {
	const subjectLeading = 1.25
	y := c.block(l.subject, left, bodyTop, right-left, s.subject, subjectLeading)
	para := func(t []atom) {
		if len(t) > 0 {
			y = c.block(t, left, y+s.gap, right-left, s.text, s.leading)
		}
	}
	para(l.salutation)
	for _, t := range l.intro {
		para(t)
	}
	if len(l.steps) > 0 {
		y = c.box(l, s, y+s.gap)
	}
	for _, t := range l.after {
		para(t)
	}
	para(l.closing)
	if len(l.note) > 0 {
		c.color(quiet)
		para(l.note)
		c.color(black)
	}
	return y
}

// box draws the frame with the steps and the QR code and returns where it ends.
func (c *canvas) box(l *composed, s sizes, top float64) (bottom float64) {
	// First without ink, for the height: text and QR code are centred on each other.
	mark := len(c.b)
	height := c.boxText(l, s, 0)
	c.b = c.b[:mark]
	inner := max(height, qrSide)
	outer := inner + 2*s.pad

	c.ink(edge)
	c.num(0.5)
	c.b = append(c.b, "w "...)
	c.roundedPath(x(left), y(top+outer), (right-left)*mm, outer*mm, boxRadius*mm)
	c.op("S")
	c.boxText(l, s, top+s.pad+(inner-height)/2)
	c.qr(l.qr, right-boxPad-qrSide, top+s.pad+(inner-qrSide)/2, qrSide)
	return top + outer
}

// boxText sets title and steps from top and returns where they end.
func (c *canvas) boxText(l *composed, s sizes, top float64) (bottom float64) {
	const titleGap = 2.1
	px, width := left+boxPad, right-left-2*boxPad-boxGap-qrSide
	y := top
	if len(l.boxTitle) > 0 {
		y = c.block(l.boxTitle, px, y, width, s.text, s.leading) + titleGap
	}
	for i, step := range l.steps {
		if i > 0 {
			y += s.stepGap
		}
		number := float64(c.m.width(step.number)) * s.text / 1000 / mm
		c.text(step.number, px+stepIndent-numberGap-number, y+baseline(s.text, s.leading), s.text, 0)
		y = c.block(step.text, px+stepIndent, y, width-stepIndent, s.text, s.leading)
		if step.showCode {
			y = c.code(l.code, px+stepIndent, y, width-stepIndent, s)
		}
	}
	return y
}

// code sets the access code large and spaced, on one line.
func (c *canvas) code(t []atom, px, py, width float64, s sizes) (bottom float64) {
	const spacing = 0.08 // ems; from 0.1 on, text programs take the gap for a word space
	bare := 0
	for _, a := range t {
		bare += c.m.faces[a.weight].width[a.gid]
	}
	size := s.code
	for bare+int(spacing*1000)*len(t) > limit(width, size) {
		if size--; size < s.text {
			return pageHeight
		}
	}
	c.text(t, px, py+baseline(size, s.leading), size, spacing*size)
	return py + size*s.leading/mm
}
