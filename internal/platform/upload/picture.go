package upload

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

const (
	webP         = "image/webp"
	quality      = 85
	thumbQuality = 75
	// decodeMemory bounds what one decoding takes; a baseline JPEG of 64
	// megapixels needs 192 MB.
	decodeMemory = 288 << 20
	// losslessBytes is up to which size a picture stays PNG when it has no
	// transparent part: screenshots do, photographs do not.
	losslessBytes = 3 << 20
)

// takePicture decodes, turns, reduces and encodes anew. The caller holds the
// one place for it.
func (d *Desk) takePicture(org string, out Result, kind string, f *os.File) (Result, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return Result{}, err
	}
	src, turned, err := decode(kind, io.NewSectionReader(f, 0, size))
	if err != nil {
		return Result{}, err
	}
	pic := turn(reduce(src, MaxSide), turned)
	src = nil // free before encoding
	body, kind, err := encode(pic, kind)
	if err != nil {
		return Result{}, err
	}
	out.Type, out.Width, out.Height = kind, pic.Rect.Dx(), pic.Rect.Dy()
	out.Name += endings[kind]
	if out.Blob, out.Size, err = d.blobs.Put(org, bytes.NewReader(body), int64(len(body))); err != nil {
		return Result{}, err
	}
	var thumb bytes.Buffer
	if err := jpeg.Encode(&thumb, onWhite(reduce(pic, ThumbSide)), &jpeg.Options{Quality: thumbQuality}); err != nil {
		return Result{}, err
	}
	out.ThumbBlob, _, err = d.blobs.Put(org, &thumb, int64(thumb.Len()))
	return out, err
}

// decode measures a picture, refuses what is too big before anything is
// unpacked, and decodes it. turned is its EXIF orientation, 1 to 8.
func decode(kind string, f *io.SectionReader) (_ image.Image, turned int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = refusal("upload.picture_broken")
		}
	}()
	cfg, need, err := measure(kind, f)
	switch {
	case err != nil || cfg.Width < 1 || cfg.Height < 1:
		return nil, 0, refusal("upload.picture_broken")
	case cfg.Width > MaxPixels || cfg.Height > MaxPixels || cfg.Width*cfg.Height > MaxPixels:
		return nil, 0, refusal("upload.too_many_pixels")
	case need*float64(cfg.Width*cfg.Height) > decodeMemory:
		return nil, 0, refusal("upload.too_many_pixels")
	}
	turned = orientation(kind, f)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	var img image.Image
	switch r := bufio.NewReaderSize(f, 64<<10); kind {
	case JPEG:
		img, err = jpeg.Decode(r)
	case PNG:
		img, err = png.Decode(r)
	default:
		img, err = webp.Decode(r)
	}
	if err != nil || img.Bounds().Empty() {
		return nil, 0, refusal("upload.picture_broken")
	}
	return img, turned, nil
}

// measure reads the header: the size, and the bytes per pixel that the decoder
// will take.
func measure(kind string, f *io.SectionReader) (cfg image.Config, need float64, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return cfg, 0, err
	}
	r := bufio.NewReader(f)
	switch kind {
	case JPEG:
		cfg, err = jpeg.DecodeConfig(r)
		need = 3
		if cfg.ColorModel == color.CMYKModel {
			need = 8
		}
		if progressive(f) { // it keeps four bytes for each coefficient
			need *= 5
		}
	case PNG:
		cfg, err = png.DecodeConfig(r)
		need = 6 // four, and as much as two again when it is interlaced
		switch cfg.ColorModel {
		case color.GrayModel:
			need = 2
		case color.Gray16Model:
			need = 3
		case color.RGBA64Model, color.NRGBA64Model:
			need = 12
		case color.RGBAModel, color.NRGBAModel:
			if !interlaced(f) {
				need = 4
			}
		}
	default:
		cfg, err = webp.DecodeConfig(r)
		need = 4.4
	}
	return cfg, need, err
}

// progressive looks for the frame header of a progressive JPEG (ITU-T T.81,
// B.1.1.3): SOF2.
func progressive(f *io.SectionReader) bool {
	found := false
	jpegSegments(f, func(marker byte, _ *io.SectionReader) bool {
		found = marker == 0xc2
		return found || marker == 0xc0 || marker == 0xc1
	})
	return found
}

// interlaced reads the last byte of a PNG's IHDR.
func interlaced(f *io.SectionReader) bool {
	var b [1]byte
	_, err := f.ReadAt(b[:], 28)
	return err != nil || b[0] != 0
}

// reduce returns the picture as RGBA at most side pixels wide and high.
func reduce(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if m := max(w, h); m > side {
		w, h = max(1, w*side/m), max(1, h*side/m)
	}
	if rgba, ok := src.(*image.RGBA); ok && w == b.Dx() {
		return rgba
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(dst, dst.Rect, src, b.Min, draw.Src)
	} else if b.Dx() > 2*side {
		draw.ApproxBiLinear.Scale(dst, dst.Rect, src, b, draw.Src, nil)
	} else {
		draw.BiLinear.Scale(dst, dst.Rect, src, b, draw.Src, nil)
	}
	return dst
}

// turn applies an EXIF orientation (CIPA DC-008, tag 0x0112).
func turn(src *image.RGBA, how int) *image.RGBA {
	if how < 2 || how > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if how >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range h {
		for x := range w {
			var dx, dy int
			switch how {
			case 2:
				dx, dy = w-1-x, y
			case 3:
				dx, dy = w-1-x, h-1-y
			case 4:
				dx, dy = x, h-1-y
			case 5:
				dx, dy = y, x
			case 6:
				dx, dy = h-1-y, x
			case 7:
				dx, dy = h-1-y, w-1-x
			case 8:
				dx, dy = y, w-1-x
			}
			from, to := src.PixOffset(src.Rect.Min.X+x, src.Rect.Min.Y+y), dst.PixOffset(dx, dy)
			copy(dst.Pix[to:to+4], src.Pix[from:from+4])
		}
	}
	return dst
}

// encode writes the picture anew: photographs as JPEG, what was drawn or has
// transparent parts as PNG.
func encode(pic *image.RGBA, was string) ([]byte, string, error) {
	var b bytes.Buffer
	if was != JPEG && (was == PNG || !pic.Opaque()) {
		w := &limited{w: &b, left: losslessBytes}
		if !pic.Opaque() {
			w.left = MaxBytes
		}
		err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, pic)
		if err == nil {
			return b.Bytes(), PNG, nil
		}
		if !errors.Is(err, errFull) {
			return nil, "", fmt.Errorf("encode picture: %w", err)
		}
		b.Reset()
	}
	if err := jpeg.Encode(&b, onWhite(pic), &jpeg.Options{Quality: quality}); err != nil {
		return nil, "", fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), JPEG, nil
}

// onWhite puts white behind transparent parts, which JPEG does not know.
func onWhite(pic *image.RGBA) *image.RGBA {
	if pic.Opaque() {
		return pic
	}
	dst := image.NewRGBA(pic.Rect)
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Rect, pic, pic.Rect.Min, draw.Over)
	return dst
}

var errFull = errors.New("upload: too large without loss")

// limited stops a writer at a size.
type limited struct {
	w    io.Writer
	left int
}

// Write writes what fits.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errFull
	}
	return l.w.Write(p)
}
