package ui

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// brands are all hues in steps of 5°, pale to extreme, dark to light, and the
// corners of the gamut.
func brands() []string {
	list := []string{"#000", "#fff", "#f00", "#0f0", "#00f", "#ff0", "#0ff", "#f0f", "#808080", "#010101", "#fefefe", DefaultBrand}
	for h := 0; h < 360; h += 5 {
		for _, c := range []float64{0.02, 0.08, 0.15, 0.3} {
			for _, l := range []float64{0.15, 0.5, 0.9} {
				list = append(list, oklch{l, c, float64(h) * math.Pi / 180}.fit().hex())
			}
		}
	}
	return list
}

func TestBrandContrastHoldsForEveryHue(t *testing.T) {
	for _, brand := range brands() {
		p, err := Brand(brand)
		if err != nil {
			t.Fatal(err)
		}
		for scheme, s := range map[string]Shades{"light": p.Light, "dark": p.Dark} {
			want := []struct {
				what string
				a, b string
				min  float64
			}{
				{"button text", s.BaseContrastDefault, s.BaseDefault, 7.4},
				{"button text, hover", s.BaseContrastDefault, s.BaseHover, 7.4},
				{"button text, pressed", s.BaseContrastDefault, s.BaseActive, 7.4},
				{"quiet text on button", s.BaseContrastSubtle, s.BaseDefault, 4.5},
				{"link on paper", s.TextSubtle, s.BackgroundDefault, 6.2},
				{"link on sheet", s.TextSubtle, s.SurfaceDefault, 6.2},
				{"link on tint", s.TextSubtle, s.SurfaceTinted, 6.2},
				{"text on tint", s.TextDefault, s.SurfaceTinted, 11},
				{"text on tinted paper", s.TextDefault, s.BackgroundTinted, 11},
				{"text on sheet", s.TextDefault, s.SurfaceDefault, 11},
				{"control on paper", s.BorderDefault, s.BackgroundDefault, 4.6},
				{"control on sheet", s.BorderDefault, s.SurfaceDefault, 4.6},
				{"strong control on sheet", s.BorderStrong, s.SurfaceDefault, 4.6},
			}
			for _, w := range want {
				if got := Contrast(w.a, w.b); got < w.min {
					t.Errorf("%s, %s: %s (%s on %s) has %.2f : 1, want %.1f", brand, scheme, w.what, w.a, w.b, got, w.min)
				}
			}
		}
	}
}

func TestBrandKeepsHueAndCapsChroma(t *testing.T) {
	yellow, err := Brand("#ffd400")
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := parseHex("#ffd400")
	base, _ := parseHex(yellow.Light.BaseDefault)
	if d := math.Abs(raw.oklch().h - base.oklch().h); d > 0.06 {
		t.Errorf("hue moved by %.3f rad", d)
	}
	if c := base.oklch().c; c > 0.121 {
		t.Errorf("chroma is %.3f, the cap 0.12", c)
	}
	grey, _ := Brand("#777777")
	if g, _ := parseHex(grey.Light.BaseDefault); g.oklch().c > 0.01 {
		t.Errorf("grey became %s", grey.Light.BaseDefault)
	}
	if yellow.Brand != "#ffd400" {
		t.Errorf("raw colour is %s", yellow.Brand)
	}
}

func TestBrandReadsHex(t *testing.T) {
	for _, in := range []string{"#17565F", "17565f"} {
		if p, err := Brand(in); err != nil || p.Brand != "#17565f" {
			t.Errorf("Brand(%q) = %q, %v", in, p.Brand, err)
		}
	}
	if p, err := Brand("#abc"); err != nil || p.Brand != "#aabbcc" {
		t.Errorf("short form: %q, %v", p.Brand, err)
	}
	for _, in := range []string{"", "#", "red", "#12345", "#1234567", "#12345g", "+12345", "}body{x:", "#ääää", "#-1565f"} {
		if p, err := Brand(in); err == nil {
			t.Errorf("Brand(%q) = %q, want an error", in, p.Brand)
		}
		if css, err := BrandCSS(in); err == nil {
			t.Errorf("BrandCSS(%q) = %s", in, css)
		}
	}
}

// Published pairs: CSS Color 4 gives lime as oklch(86.6% 0.295 142.5) and
// rebeccapurple as oklch(44% 0.16 303.4).
func TestOklchAgreesWithCSSColor4(t *testing.T) {
	for _, c := range []struct {
		hex     string
		l, c, h float64
	}{{"#00ff00", 0.866, 0.295, 142.5}, {"#663399", 0.44, 0.16, 303.4}, {"#ffffff", 1, 0, 0}} {
		v, err := parseHex(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		got := v.oklch()
		hue := math.Mod(got.h*180/math.Pi+360, 360)
		if math.Abs(got.l-c.l) > 0.005 || math.Abs(got.c-c.c) > 0.005 || (c.c > 0 && math.Abs(hue-c.h) > 0.5) {
			t.Errorf("%s = oklch(%.3f %.3f %.1f), want %v", c.hex, got.l, got.c, hue, c)
		}
		if back := got.rgb().hex(); back != c.hex {
			t.Errorf("%s came back as %s", c.hex, back)
		}
	}
	if got := Contrast("#000", "#fff"); math.Abs(got-21) > 1e-9 {
		t.Errorf("black on white is %v", got)
	}
	if got := Contrast("#777", "#fff"); math.Abs(got-4.48) > 0.01 {
		t.Errorf("#777 on white is %v", got)
	}
}

// The stylesheet derives the same steps as Go: same lightness, same cap.
func TestStylesheetHasTheSameSteps(t *testing.T) {
	css, err := os.ReadFile("assets/foyer.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range accentSteps {
		if s.light.fixed && s.dark.fixed {
			continue
		}
		line := ""
		for l := range strings.Lines(string(css)) {
			if strings.Contains(l, "--ds-color-accent-"+s.role+":") {
				line = l
			}
		}
		for _, sh := range []shade{s.light, s.dark} {
			want := fmt.Sprintf("oklch(from var(--foyer-brand) %v min(c, %v) h)", sh.l, sh.c)
			if sh.fixed {
				want = "#fff"
			}
			if !strings.Contains(line, want) {
				t.Errorf("%s: stylesheet lacks %q: %s", s.role, want, line)
			}
		}
	}
}

func TestBrandCSSIsOneValueWithFallbacks(t *testing.T) {
	css, err := BrandCSS("#b3001b")
	if err != nil {
		t.Fatal(err)
	}
	text := string(css)
	if strings.Count(text, "{") != strings.Count(text, "}") {
		t.Errorf("braces do not match: %s", text)
	}
	p, _ := Brand("#b3001b")
	for _, want := range []string{"--foyer-brand:#b3001b", "light-dark(" + p.Light.BaseDefault + "," + p.Dark.BaseDefault + ")", "@supports not"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q: %s", want, text)
		}
	}
	if got := BrandURL("nonsense"); !strings.HasPrefix(got, "/assets/brand-17565f.css?v=") {
		t.Errorf("address of no colour is %s", got)
	}
}
