package ui

import (
	"fmt"
	"math"
	"strconv"
)

// oklch is a colour as lightness (0…1), chroma (0…about 0.4) and hue (radians)
// of the Oklab space: Björn Ottosson, "A perceptual color space for image
// processing" (2020); the numbers are those of CSS Color Module Level 4.
type oklch struct{ l, c, h float64 }

// rgb is linear light per channel, 0…1 inside the sRGB gamut.
type rgb [3]float64

// parseHex reads "#rrggbb" or "#rgb", with or without "#".
func parseHex(hex string) (rgb, error) {
	s := hex
	if len(s) > 0 && s[0] == '#' {
		s = s[1:]
	}
	if len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 6 {
		return rgb{}, fmt.Errorf("%q is not a colour like #17565f", hex)
	}
	return rgb{linear(n >> 16 & 255), linear(n >> 8 & 255), linear(n & 255)}, nil
}

// linear undoes the sRGB transfer function (IEC 61966-2-1).
func linear(v uint64) float64 {
	c := float64(v) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

// hex applies the transfer function and clips what lies outside the gamut.
func (c rgb) hex() string {
	var v [3]int
	for i, x := range c {
		x = min(max(x, 0), 1)
		if x <= 0.0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - 0.055
		}
		v[i] = int(math.Round(x * 255))
	}
	return fmt.Sprintf("#%02x%02x%02x", v[0], v[1], v[2])
}

// inGamut tells whether a screen can show c without clipping.
func (c rgb) inGamut() bool {
	const slack = 1e-4
	for _, x := range c {
		if x < -slack || x > 1+slack {
			return false
		}
	}
	return true
}

// luminance is the relative luminance of WCAG 2.2.
func (c rgb) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

func (c rgb) oklch() oklch {
	l := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	m := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	s := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	a := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	b := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{
		l: 0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		c: math.Hypot(a, b),
		h: math.Atan2(b, a),
	}
}

func (c oklch) rgb() rgb {
	a, b := c.c*math.Cos(c.h), c.c*math.Sin(c.h)
	l := cube(c.l + 0.3963377774*a + 0.2158037573*b)
	m := cube(c.l - 0.1055613458*a - 0.0638541728*b)
	s := cube(c.l - 0.0894841775*a - 1.2914855480*b)
	return rgb{
		4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
	}
}

func cube(x float64) float64 { return x * x * x }

// fit returns the colour with as much of its chroma as a screen can show at its
// lightness: contrast rests on lightness, so that is what we keep.
func (c oklch) fit() rgb {
	if v := c.rgb(); v.inGamut() {
		return v
	}
	lo, hi := 0.0, c.c
	for range 24 {
		mid := (lo + hi) / 2
		if (oklch{c.l, mid, c.h}).rgb().inGamut() {
			lo = mid
		} else {
			hi = mid
		}
	}
	return oklch{c.l, lo, c.h}.rgb()
}

// Contrast returns the contrast ratio of two colours, 1…21, as WCAG 2.2 defines
// it; 0 when one of them is not a colour.
func Contrast(a, b string) float64 {
	x, errA := parseHex(a)
	y, errB := parseHex(b)
	if errA != nil || errB != nil {
		return 0
	}
	hi, lo := max(x.luminance(), y.luminance()), min(x.luminance(), y.luminance())
	return (hi + 0.05) / (lo + 0.05)
}
