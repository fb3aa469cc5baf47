package letter

import (
	"fmt"
	"strconv"
	"strings"
)

// Colours of the page.
var (
	black = rgb{0x1d, 0x1a, 0x17}
	soft  = rgb{0x4a, 0x45, 0x3f} // foot and marks
	quiet = rgb{0x63, 0x5d, 0x55} // note
	hair  = rgb{0xb9, 0xb2, 0xa8} // line over the foot
	edge  = rgb{0x8c, 0x85, 0x7c} // box
	foyer = rgb{0x17, 0x56, 0x5f}
	paper = rgb{0xff, 0xff, 0xff}
)

// Places of DIN 5008 form B, in millimetres from the top left corner.
// Source: DIN 5008:2020, Annex A (form B), and the mock-up for the rest.
const (
	left, right = 25.0, 190.0 // margins: 25 mm and 20 mm

	windowTop    = 45.0 // of the address field, 85 mm × 45 mm at 20 mm
	returnHeight = 17.7 // zone of return line and remarks
	toTop        = windowTop + returnHeight
	toHeight     = 27.3
	toWidth      = 80.0 // from the margin to the field's right edge

	fold1, hole, fold2 = 105.0, 148.5, 210.0

	headTop    = 14.0
	emblem     = 13.0 // side of the emblem, height of a logo
	logoWidth  = 70.0 // widest logo
	footBottom = 287.0
)

// Sizes that the letterhead's lines may shrink to, in points.
var (
	headSizes   = []float64{13, 12, 11, 10, 9}
	returnSizes = []float64{7.5, 7, 6.5, 6, 5.5}
	footSizes   = []float64{7.5, 7, 6.5, 6, 5.5}
)

// baseline is how far a line's baseline lies below the line's top, in
// millimetres, for a size in points and a line height in ems.
func baseline(size, leading float64) float64 {
	return ((leading-(ascent+descent)/1000.0)/2 + ascent/1000.0) * size / mm
}

// limit turns a width in millimetres into thousandths of a size.
func limit(width, size float64) int {
	return int(width * mm * 1000 / size)
}

// stationery draws what is the same on every page: head, return line, marks,
// foot. It returns where the foot begins.
func (c *canvas) stationery(s Sender, logo *picture) (footTop float64, err error) {
	brand := foyer
	if s.Brand != "" {
		if brand, err = parseColor(s.Brand); err != nil {
			return 0, err
		}
	}
	if strings.TrimSpace(s.Name) == "" {
		return 0, fmt.Errorf("%w: no name", ErrSender)
	}
	if err := c.head(s.Name, brand, logo); err != nil {
		return 0, err
	}
	if err := c.returnLine(s); err != nil {
		return 0, err
	}
	c.ink(soft)
	c.line(0, fold1, 5, fold1, 0.3)
	c.line(0, hole, 7, hole, 0.3)
	c.line(0, fold2, 5, fold2, 0.3)
	return c.foot(s.FootLines)
}

// head draws the logo, or the emblem, and the name unless a wide logo holds it.
func (c *canvas) head(name string, brand rgb, logo *picture) error {
	end := left + emblem
	if logo == nil {
		c.door(brand)
	} else {
		w, h := logo.fit(logoWidth, emblem)
		c.b = append(c.b, "q "...)
		c.num(w*mm, 0, 0, h*mm, x(left), y(headTop+(emblem+h)/2))
		c.op("cm /Logo Do Q")
		if w > 1.6*emblem {
			return nil
		}
		end = left + w
	}
	t, err := set(nil, name, "sender", bold, false)
	if err != nil {
		return err
	}
	const leading, gap = 1.15, 2.5
	c.color(black)
	for i, size := range headSizes {
		lines, ok := c.m.wrap(t, limit(right-end-gap, size), false)
		// One line if any size allows it, else two.
		if ok && (len(lines) == 1 || len(lines) == 2 && i == len(headSizes)-1) {
			top := headTop + emblem/2 - float64(len(lines))*size*leading/mm/2
			for j, l := range lines {
				c.text(l, end+gap, top+float64(j)*size*leading/mm+baseline(size, leading), size, 0)
			}
			return nil
		}
	}
	return fmt.Errorf("%w: name: %w", ErrSender, ErrTooLong)
}

// door draws the sign of Foyer, a door on a rounded square, in a grid of 40.
func (c *canvas) door(brand rgb) {
	k := emblem / 40 * mm
	c.b = append(c.b, "q "...)
	for _, v := range []float64{k, 0, 0, -k} {
		c.b = strconv.AppendFloat(c.b, v, 'f', 5, 64)
		c.b = append(c.b, ' ')
	}
	c.num(x(left), y(headTop))
	c.op("cm 1 J 2.6 w")
	c.color(brand)
	c.roundedPath(0, 0, 40, 40, 9)
	c.op("f")
	c.ink(paper)
	c.op("11 31 m 11 18.5 l 11 13.53 15.03 9.5 20 9.5 c 24.97 9.5 29 13.53 29 18.5 c 29 31 l S")
	c.op("8 31.2 m 32 31.2 l S")
	c.color(paper)
	c.roundedPath(24.6-1.5, 24-1.5, 3, 3, 1.5)
	c.op("f Q")
}

func (c *canvas) returnLine(s Sender) error {
	line := s.ReturnLine
	if line == "" {
		var parts []string
		for _, p := range []string{s.Name, s.Street, s.PostcodeCity} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		line = strings.Join(parts, " · ")
	}
	t, err := set(nil, line, "sender", regular, false)
	if err != nil {
		return err
	}
	w := c.m.width(t)
	for _, size := range returnSizes {
		if w <= limit(toWidth, size) {
			c.color(black)
			c.ink(black)
			c.text(t, left, toTop-2.4, size, 0)
			c.line(left, toTop-1.2, left+float64(w)*size/1000/mm, toTop-1.2, 0.3)
			return nil
		}
	}
	return fmt.Errorf("%w: return line: %w", ErrSender, ErrTooLong)
}

func (c *canvas) foot(columns [3][]string) (top float64, err error) {
	const gap, leading = 4.0, 1.4
	width := (right - left - 2*gap) / 3
	var lines [3][][]atom
	widest, most := 0, 0
	for i, column := range columns {
		for _, text := range column {
			t, err := set(nil, text, "sender", regular, false)
			if err != nil {
				return 0, err
			}
			widest = max(widest, c.m.width(t))
			lines[i] = append(lines[i], t)
		}
		most = max(most, len(column))
	}
	if most == 0 {
		return footBottom, nil
	}
	if most > MaxFootLines {
		return 0, fmt.Errorf("%w: foot: %w", ErrSender, ErrTooLong)
	}
	for _, size := range footSizes {
		if widest > limit(width, size) {
			continue
		}
		step := footSizes[0] * leading / mm
		first := footBottom - float64(most)*step
		c.ink(hair)
		c.line(left, first-2, right, first-2, 0.4)
		c.color(soft)
		for i := range lines {
			for j, l := range lines[i] {
				c.text(l, left+float64(i)*(width+gap), first+float64(j)*step+baseline(footSizes[0], leading), size, 0)
			}
		}
		return first - 2, nil
	}
	return 0, fmt.Errorf("%w: foot: %w", ErrSender, ErrTooLong)
}

// parseColor reads "#rrggbb".
func parseColor(s string) (rgb, error) {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return rgb{}, fmt.Errorf("%w: colour %q is not #rrggbb", ErrSender, s)
	}
	return rgb{uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
}
