package orgs_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand"
	"strings"
	"testing"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func picture(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.NRGBA{uint8(x), uint8(y), 95, uint8(255 - x%2*255)})
		}
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a small PNG whose head claims a huge picture.
func bomb(w, h uint32) []byte {
	head := make([]byte, 17)
	copy(head, "IHDR")
	binary.BigEndian.PutUint32(head[4:], w)
	binary.BigEndian.PutUint32(head[8:], h)
	head[12], head[13] = 8, 6
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func TestLogoIsDrawnAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx, admin := t.Context(), staff(actor.Administrator)
		hidden := append(pngOf(t, picture(1200, 300)), []byte("<script>alert(1)</script>")...)
		if err := w.SetLogo(ctx, admin, bytes.NewReader(hidden)); err != nil {
			t.Fatal(err)
		}
		first := w.org(t)
		kept, err := w.Logo(first)
		if err != nil || bytes.Contains(kept, []byte("script")) {
			t.Fatalf("%v, or the file's own bytes were kept", err)
		}
		img, err := png.Decode(bytes.NewReader(kept))
		if err != nil || img.Bounds().Dx() != 512 || img.Bounds().Dy() != 128 {
			t.Errorf("%v %v", err, img.Bounds())
		}
		if err := w.SetLogo(ctx, admin, bytes.NewReader(jpegOf(t, picture(64, 64)))); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Logo(first); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the old file is still there: %v", err)
		}
		if err := w.RemoveLogo(ctx, admin); err != nil {
			t.Fatal(err)
		}
		if o := w.org(t); o.LogoBlob != "" || o.Version != 4 {
			t.Errorf("%+v", o)
		}
	})
}

func TestLogoRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		noise := image.NewNRGBA(image.Rect(0, 0, 600, 600))
		rand.New(rand.NewSource(1)).Read(noise.Pix)
		for name, c := range map[string]struct {
			data []byte
			key  string
		}{
			"text":      {[]byte("hello"), "orgs.logo.format"},
			"svg":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "orgs.logo.format"},
			"empty":     {nil, "orgs.logo.format"},
			"gif":       {[]byte("GIF89a\x40\x00\x40\x00\x00\x00\x00;"), "orgs.logo.format"},
			"bomb":      {bomb(60000, 60000), "orgs.logo.large"},
			"area":      {bomb(4000, 4000), "orgs.logo.large"},
			"headless":  {bomb(100, 100), "orgs.logo.format"},
			"cut off":   {pngOf(t, picture(400, 400))[:500], "orgs.logo.format"},
			"small":     {pngOf(t, picture(200, 20)), "orgs.logo.small"},
			"too heavy": {pngOf(t, noise), "orgs.logo.bytes"},
		} {
			if got := fields(t, w.SetLogo(t.Context(), operator(), bytes.NewReader(c.data)))["logo"]; got != c.key {
				t.Errorf("%s: %s", name, got)
			}
		}
		if err := w.SetLogo(t.Context(), staff(actor.Clerk), strings.NewReader("")); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("clerk: %v", err)
		}
		if o := w.org(t); o.LogoBlob != "" {
			t.Error("a refused logo was kept")
		}
	})
}
