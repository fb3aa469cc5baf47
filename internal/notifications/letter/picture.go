package letter

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // logos are JPEG
	_ "image/png"  // or PNG

	"golang.org/x/image/draw"
)

// Limits of a logo's file and of what is kept of it. 1,000 × 320 pixels at
// 70 mm × 13 mm are more than 360 to the inch.
const (
	maxLogoBytes  = 4 << 20
	maxLogoPixels = 16 << 20
	keepWidth     = 1000
	keepHeight    = 320
)

// picture is a decoded logo.
type picture struct {
	w, h  int
	rgb   []byte
	alpha []byte // nil: opaque
}

// decodeLogo reads a PNG or JPEG file and makes it smaller if it is finer than
// print needs. It looks at the size before it decodes.
func decodeLogo(data []byte) (*picture, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if len(data) > maxLogoBytes {
		return nil, fmt.Errorf("%w: logo of %d bytes", ErrSender, len(data))
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: logo: %w", ErrSender, err)
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxLogoPixels/cfg.Height {
		return nil, fmt.Errorf("%w: logo of %d × %d pixels", ErrSender, cfg.Width, cfg.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: logo: %w", ErrSender, err)
	}
	w, h := cfg.Width, cfg.Height
	scale := min(1, float64(keepWidth)/float64(w), float64(keepHeight)/float64(h))
	w, h = max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale))
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return split(out), nil
}

// split separates colours from transparency, as PDF wants them.
func split(img *image.NRGBA) *picture {
	p := &picture{w: img.Rect.Dx(), h: img.Rect.Dy()}
	opaque := true
	for i := 0; i < len(img.Pix); i += 4 {
		p.rgb = append(p.rgb, img.Pix[i:i+3]...)
		p.alpha = append(p.alpha, img.Pix[i+3])
		opaque = opaque && img.Pix[i+3] == 0xff
	}
	if opaque {
		p.alpha = nil
	}
	return p
}

// fit gives the picture's size within a frame, in the frame's unit.
func (p *picture) fit(w, h float64) (float64, float64) {
	k := min(w/float64(p.w), h/float64(p.h))
	return float64(p.w) * k, float64(p.h) * k
}

// writePicture writes the picture, and its transparency as a second one.
func (f *file) writePicture(id int, p *picture) {
	const entries = "/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8"
	mask := ""
	if p.alpha != nil {
		m := f.reserve()
		f.stream(m, fmt.Sprintf(entries, p.w, p.h, "DeviceGray"), p.alpha)
		mask = fmt.Sprintf("/SMask %d 0 R", m)
	}
	f.stream(id, fmt.Sprintf(entries, p.w, p.h, "DeviceRGB")+mask, p.rgb)
}
