package letter

import (
	"math"
	"strconv"
)

// mm is a millimetre in points, the unit of PDF.
const mm = 72 / 25.4

// A4 in millimetres.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
)

// rgb is a colour, a byte per channel.
type rgb [3]uint8

// canvas writes drawing operators. Places are millimetres from the top left
// corner, sizes of type are points. Source: ISO 32000-1, 8 and 9.
type canvas struct {
	b    []byte
	m    *ruler
	used *[weights][]bool // glyphs drawn
}

// num writes a number with at most two decimals: a hundredth of a point is
// finer than any printer.
func (c *canvas) num(vs ...float64) {
	for _, v := range vs {
		h := int64(math.Round(v * 100))
		if h < 0 {
			c.b = append(c.b, '-')
			h = -h
		}
		c.b = strconv.AppendInt(c.b, h/100, 10)
		if rest := h % 100; rest != 0 {
			c.b = append(c.b, '.', '0'+byte(rest/10))
			if rest%10 != 0 {
				c.b = append(c.b, '0'+byte(rest%10))
			}
		}
		c.b = append(c.b, ' ')
	}
}

func (c *canvas) op(s string) {
	c.b = append(c.b, s...)
	c.b = append(c.b, '\n')
}

// x and y turn a place into the page's coordinates.
func x(v float64) float64 { return v * mm }
func y(v float64) float64 { return (pageHeight - v) * mm }

// color sets the colour of what is filled and of text.
func (c *canvas) color(col rgb) { c.rgb(col, "rg") }

// ink sets the colour of lines.
func (c *canvas) ink(col rgb) { c.rgb(col, "RG") }

func (c *canvas) rgb(col rgb, op string) {
	c.num(float64(col[0])/255, float64(col[1])/255, float64(col[2])/255)
	c.op(op)
}

// line draws a straight line, its width in points.
func (c *canvas) line(x1, y1, x2, y2, width float64) {
	c.num(width)
	c.op("w")
	c.num(x(x1), y(y1))
	c.b = append(c.b, "m "...)
	c.num(x(x2), y(y2))
	c.op("l S")
}

// arc is how far the handles of a quarter circle lie from its ends, for radius 1.
const arc = 0.5523

// roundedPath adds a rectangle with round corners to the path, in the current
// coordinates, which may point either way.
func (c *canvas) roundedPath(x, y, w, h, r float64) {
	k := r * (1 - arc)
	c.num(x+r, y)
	c.b = append(c.b, "m "...)
	c.num(x+w-r, y)
	c.b = append(c.b, "l "...)
	c.num(x+w-k, y, x+w, y+k, x+w, y+r)
	c.b = append(c.b, "c "...)
	c.num(x+w, y+h-r)
	c.b = append(c.b, "l "...)
	c.num(x+w, y+h-k, x+w-k, y+h, x+w-r, y+h)
	c.b = append(c.b, "c "...)
	c.num(x+r, y+h)
	c.b = append(c.b, "l "...)
	c.num(x+k, y+h, x, y+h-k, x, y+h-r)
	c.b = append(c.b, "c "...)
	c.num(x, y+r)
	c.b = append(c.b, "l "...)
	c.num(x, y+k, x+k, y, x+r, y)
	c.op("c h")
}

// text sets one line with its baseline at py. spacing is added after each
// glyph, in points.
func (c *canvas) text(t []atom, px, py, size, spacing float64) {
	if len(t) == 0 {
		return
	}
	c.b = append(c.b, "BT "...)
	if spacing != 0 {
		c.num(spacing)
		c.b = append(c.b, "Tc "...)
	}
	w := t[0].weight
	c.font(w, size)
	c.num(x(px), y(py))
	c.b = append(c.b, "Td[("...)
	for i, a := range t {
		if a.weight != w {
			w = a.weight
			c.b = append(c.b, ")]TJ "...)
			c.font(w, size)
			c.b = append(c.b, "[("...)
		} else if i > 0 && spacing == 0 {
			if k := c.m.faces[w].kerning(&c.m.buf, t[i-1].gid, a.gid); k != 0 {
				c.b = append(c.b, ')')
				c.b = strconv.AppendInt(c.b, int64(-k), 10)
				c.b = append(c.b, '(')
			}
		}
		c.glyph(a.gid)
		c.used[w][a.gid] = true
	}
	c.b = append(c.b, ")]TJ "...)
	if spacing != 0 {
		c.b = append(c.b, "0 Tc "...)
	}
	c.op("ET")
}

func (c *canvas) font(w weight, size float64) {
	c.b = append(c.b, "/F"...)
	c.b = append(c.b, '0'+byte(w), ' ')
	c.num(size)
	c.b = append(c.b, "Tf "...)
}

// glyph adds a glyph's two bytes to a string.
func (c *canvas) glyph(gid uint16) {
	for _, v := range [2]byte{byte(gid >> 8), byte(gid)} {
		switch v {
		case '(', ')', '\\':
			c.b = append(c.b, '\\', v)
		case '\r': // a raw one would be read as a line feed
			c.b = append(c.b, '\\', 'r')
		default:
			c.b = append(c.b, v)
		}
	}
}
