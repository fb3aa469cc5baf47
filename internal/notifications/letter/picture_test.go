package letter

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func pngLogo(t *testing.T, w, h int, c color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLogo(t *testing.T) {
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		logo  []byte
		named bool    // the name stands beside it
		at    float64 // something dark is there, mm from the left
	}{
		"wide":        {pngLogo(t, 2400, 300, color.NRGBA{120, 0, 0, 255}), false, 90},
		"transparent": {pngLogo(t, 300, 100, color.NRGBA{0, 0, 0, 230}), false, 30},
		"square jpeg": {jpg.Bytes(), true, 30},
		"tiny":        {pngLogo(t, 1, 1, color.NRGBA{0, 0, 0, 255}), true, 30},
	}
	for name, tt := range tests {
		s := testSender()
		s.Logo = tt.logo
		pdf := build(t, s, german())
		if got := strings.Count(pageTexts(t, pdf)[0], s.Name); got != 2 && !tt.named || got != 3 && tt.named {
			t.Errorf("%s: the name stands %d times on the page", name, got)
		}
		if !render(t, pdf).dark(tt.at, headTop+emblem/2) {
			t.Errorf("%s: no logo at %.0f mm", name, tt.at)
		}
		if len(pdf) > 40_000 {
			t.Errorf("%s: file of %d bytes", name, len(pdf))
		}
	}
}

// TestLogoBomb: a small file that claims to be huge is refused before it is decoded.
func TestLogoBomb(t *testing.T) {
	bomb := pngLogo(t, 1, 1, color.NRGBA{})
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, logo := range map[string][]byte{"bomb": bomb, "cut off": pngLogo(t, 50, 50, color.NRGBA{1, 2, 3, 255})[:60], "large": make([]byte, maxLogoBytes+1)} {
		s := testSender()
		s.Logo = logo
		if _, err := New(&bytes.Buffer{}, s, Options{}); !errors.Is(err, ErrSender) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
