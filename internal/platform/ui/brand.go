package ui

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// DefaultBrand is the colour of an organisation that has not chosen one.
const DefaultBrand = "#17565f"

// Shades are the sixteen roles of Designsystemet for one colour in one scheme,
// each "#rrggbb": backgrounds and surfaces to write on, borders, texts, the base
// of filled buttons and what is written on it.
type Shades struct {
	BackgroundDefault, BackgroundTinted                        string
	SurfaceDefault, SurfaceTinted, SurfaceHover, SurfaceActive string
	BorderSubtle, BorderDefault, BorderStrong                  string
	TextSubtle, TextDefault                                    string
	BaseDefault, BaseHover, BaseActive                         string
	BaseContrastSubtle, BaseContrastDefault                    string
}

// Palette is an organisation's colour, computed for mails, PDF and browsers
// that cannot compute it. Brand is the raw colour: only for surfaces on which
// nothing is read (the top line, the app icon).
type Palette struct {
	Brand       string
	Light, Dark Shades
}

// shade is one step in one scheme: our lightness and the most chroma that we
// take. With fixed set, the hue is ours too (degrees): a paper tone.
type shade struct {
	l, c  float64
	fixed bool
	h     float64
}

// step is one role with its shades and its place in Shades.
type step struct {
	role        string
	light, dark shade
	at          func(*Shades) *string
}

func brandShade(l, c float64) shade    { return shade{l: l, c: c} }
func paperShade(l, c, h float64) shade { return shade{l: l, c: c, fixed: true, h: h} }

// accentSteps are the same numbers as in assets/foyer.css (a test compares
// them), guidelines §4 and §11.
var accentSteps = []step{
	{"background-default", paperShade(0.977, 0.005, 80), paperShade(0.185, 0.006, 70), func(s *Shades) *string { return &s.BackgroundDefault }},
	{"background-tinted", brandShade(0.975, 0.008), brandShade(0.22, 0.02), func(s *Shades) *string { return &s.BackgroundTinted }},
	{"surface-default", paperShade(1, 0, 0), paperShade(0.226, 0.006, 70), func(s *Shades) *string { return &s.SurfaceDefault }},
	{"surface-tinted", brandShade(0.948, 0.014), brandShade(0.285, 0.032), func(s *Shades) *string { return &s.SurfaceTinted }},
	{"surface-hover", brandShade(0.922, 0.02), brandShade(0.325, 0.038), func(s *Shades) *string { return &s.SurfaceHover }},
	{"surface-active", brandShade(0.888, 0.028), brandShade(0.365, 0.042), func(s *Shades) *string { return &s.SurfaceActive }},
	{"border-subtle", brandShade(0.83, 0.035), brandShade(0.42, 0.045), func(s *Shades) *string { return &s.BorderSubtle }},
	{"border-default", brandShade(0.53, 0.1), brandShade(0.63, 0.08), func(s *Shades) *string { return &s.BorderDefault }},
	{"border-strong", brandShade(0.44, 0.11), brandShade(0.76, 0.08), func(s *Shades) *string { return &s.BorderStrong }},
	{"text-subtle", brandShade(0.43, 0.11), brandShade(0.82, 0.075), func(s *Shades) *string { return &s.TextSubtle }},
	{"text-default", brandShade(0.29, 0.06), brandShade(0.94, 0.02), func(s *Shades) *string { return &s.TextDefault }},
	{"base-default", brandShade(0.42, 0.12), brandShade(0.79, 0.085), func(s *Shades) *string { return &s.BaseDefault }},
	{"base-hover", brandShade(0.36, 0.11), brandShade(0.85, 0.07), func(s *Shades) *string { return &s.BaseHover }},
	{"base-active", brandShade(0.31, 0.1), brandShade(0.9, 0.05), func(s *Shades) *string { return &s.BaseActive }},
	{"base-contrast-subtle", brandShade(0.95, 0.02), brandShade(0.28, 0.04), func(s *Shades) *string { return &s.BaseContrastSubtle }},
	{"base-contrast-default", paperShade(1, 0, 0), brandShade(0.19, 0.03), func(s *Shades) *string { return &s.BaseContrastDefault }},
}

// hex returns the step of a brand.
func (s shade) hex(brand oklch) string {
	if s.fixed {
		return oklch{s.l, s.c, s.h * math.Pi / 180}.fit().hex()
	}
	return oklch{s.l, min(brand.c, s.c), brand.h}.fit().hex()
}

// Brand computes the palette of a colour ("#rrggbb", "#rgb", "#" optional): its
// hue, its chroma up to a cap, our lightness. So bright yellow becomes dark
// ochre on a button, and every text stays readable: on buttons at least 7.4 : 1,
// links 6.2 : 1, text on tint 11 : 1, borders of controls 4.6 : 1.
func Brand(hex string) (Palette, error) {
	c, err := parseHex(hex)
	if err != nil {
		return Palette{}, err
	}
	p := Palette{Brand: c.hex()}
	lch := c.oklch()
	for _, s := range accentSteps {
		*s.at(&p.Light) = s.light.hex(lch)
		*s.at(&p.Dark) = s.dark.hex(lch)
	}
	return p, nil
}

// BrandURL is the address of the organisation's stylesheet; of the default
// colour's when hex is not a colour. It changes with the kit's own stylesheet,
// so it may be cached for ever.
func BrandURL(hex string) string {
	c, err := parseHex(hex)
	if err != nil {
		c, _ = parseHex(DefaultBrand)
	}
	version := strings.TrimSuffix(assetNames["foyer.css"], ".css")
	return AssetPath + "brand-" + c.hex()[1:] + ".css?v=" + strings.TrimPrefix(version, "foyer-")
}

// BrandCSS is the stylesheet that web serves at /assets/brand-<hex>.css: it sets
// the one value from which foyer.css derives the rest, and gives browsers that
// cannot derive it the same steps as plain hex.
func BrandCSS(hex string) ([]byte, error) {
	p, err := Brand(hex)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "@layer tokens{:root{--foyer-brand:%s}", p.Brand)
	b.WriteString("@supports not (color:oklch(from red l c h)){:root,[data-color-scheme]{")
	for _, s := range accentSteps {
		fmt.Fprintf(&b, "--ds-color-accent-%s:light-dark(%s,%s);", s.role, *s.at(&p.Light), *s.at(&p.Dark))
	}
	b.WriteString("}}@supports not (color:light-dark(#000,#fff)){:root,[data-color-scheme]{")
	p.Light.write(&b)
	b.WriteString("}[data-color-scheme=dark]{")
	p.Dark.write(&b)
	b.WriteString("}@media (prefers-color-scheme:dark){[data-color-scheme=auto]{")
	p.Dark.write(&b)
	b.WriteString("}}}}\n")
	return b.Bytes(), nil
}

// write writes the steps as custom properties.
func (s Shades) write(b *bytes.Buffer) {
	for _, st := range accentSteps {
		fmt.Fprintf(b, "--ds-color-accent-%s:%s;", st.role, *st.at(&s))
	}
}
