package upload

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"foyer/internal/platform/blob"
	"foyer/internal/platform/fault"
)

func desk(t testing.TB, scan Scan) (*Desk, *blob.Dir) {
	t.Helper()
	blobs, err := blob.Open(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	t.Setenv("TMPDIR", t.TempDir())
	return New(blobs, scan), blobs
}

func take(t testing.TB, d *Desk, name string, data []byte) (Result, string) {
	t.Helper()
	r, err := d.Take(t.Context(), "org-a", "", name, bytes.NewReader(data))
	if err == nil {
		return r, ""
	}
	inv := fault.AsInvalid(err)
	if inv == nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r, inv.Fields[0].Key
}

// corners is a picture whose four corners differ, red first, clockwise.
func corners(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.NRGBA{0, 255, 0, 255}
			case x >= w/2:
				c = color.NRGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.NRGBA{255, 255, 255, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a TIFF structure with an orientation, a maker and a position.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x010f), 2), 20), 50) // maker
	b = order.AppendUint16(order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1), orientation), 0)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x8825), 4), 1), 70) // GPS directory
	b = order.AppendUint32(b, 0)
	b = append(b, "GEHEIMKAMERA 12345\x00\x00"...)
	return append(b, "GPSPOSITION52.5200N13.4050E"...)
}

// withEXIF puts a segment behind the first marker of a JPEG.
func withEXIF(pic, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	seg := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	xmp := append([]byte("http://ns.adobe.com/xap/1.0/\x00"), "<x:xmpmeta>GPSPOSITION</x:xmpmeta>"...)
	seg2 := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(xmp)+2))...)
	out := append([]byte{}, pic[:2]...)
	out = append(append(append(append(out, seg...), body...), seg2...), xmp...)
	return append(append(out, pic[2:]...), "<script>GPSPOSITION</script>"...)
}

func chunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(append([]byte(name), body...)))
}

func content(t testing.TB, blobs *blob.Dir, key string) []byte {
	t.Helper()
	data, err := blobs.Bytes("org-a", key)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestT22_PositionAndCameraAreGone: what is stored, and the small picture, hold
// nothing of the EXIF, and stand upright.
func TestT22_PositionAndCameraAreGone(t *testing.T) {
	d, blobs := desk(t, nil)
	upright := map[uint16][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} // where red is then
	for how, want := range upright {
		pngBody := asPNG(t, corners(600, 400))
		sources := map[string][]byte{
			"little.jpg": withEXIF(asJPEG(t, corners(600, 400)), exif(binary.LittleEndian, how)),
			"big.JPG":    withEXIF(asJPEG(t, corners(600, 400)), exif(binary.BigEndian, how)),
			"chunk.png":  bytes.Join([][]byte{pngBody[:33], chunk("eXIf", exif(binary.BigEndian, how)), chunk("tEXt", []byte("GPSPOSITION")), pngBody[33:]}, nil),
		}
		for name, data := range sources {
			r, no := take(t, d, name, data)
			if no != "" {
				t.Fatalf("%s: %s", name, no)
			}
			for _, key := range []string{r.Blob, r.ThumbBlob} {
				body := content(t, blobs, key)
				for _, secret := range []string{"GPSPOSITION", "GEHEIMKAMERA", "Exif", "eXIf", "<script"} {
					if bytes.Contains(body, []byte(secret)) {
						t.Errorf("%s, orientation %d: %q is still in %s", name, how, secret, key)
					}
				}
				m, _, err := image.Decode(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				b := m.Bounds()
				if tall := b.Dy() > b.Dx(); tall != (how >= 5) {
					t.Errorf("%s, orientation %d: %v", name, how, b)
				}
				x, y := b.Dx()/8+want[0]*b.Dx()*3/4, b.Dy()/8+want[1]*b.Dy()*3/4
				if cr, cg, cb, _ := m.At(x, y).RGBA(); cr < 0xe000 || cg > 0x3000 || cb > 0x3000 {
					t.Errorf("%s, orientation %d: not red at %d,%d but %x %x %x", name, how, x, y, cr, cg, cb)
				}
			}
		}
	}
}

const tinyWebP = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"

// TestT19_OnlyFourTypesComeIn: by content, whatever the name says, and each
// refusal has its own sentence.
func TestT19_OnlyFourTypesComeIn(t *testing.T) {
	d, blobs := desk(t, nil)
	webpData, err := base64.StdEncoding.DecodeString(tinyWebP)
	if err != nil {
		t.Fatal(err)
	}
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	picture := asJPEG(t, corners(40, 30))
	tests := []struct{ name, data, typ, key string }{
		{"brief.pdf", string(letter(t, nil)), PDF, ""},
		{"foto.exe", string(picture), JPEG, ""},
		{"bild.png", string(asPNG(t, corners(40, 30))), PNG, ""},
		{"bild.webp", string(webpData), JPEG, ""},
		{"jpeg und js.jpg", string(picture) + "/*<script>alert(1)</script>*/", JPEG, ""},
		{"leer.pdf", "", "", "upload.empty"},
		{"bild.png", svg, "", "upload.web"},
		{"bild.pdf", "<?xml version=\"1.0\"?>\n" + svg, "", "upload.web"},
		{"seite.jpg", "<!DOCTYPE html><html><script>alert(1)</script>", "", "upload.web"},
		{"html und pdf.pdf", "<html><script>alert(1)</script>\n" + string(letter(t, nil)), "", "upload.web"},
		{"spaet.pdf", "        \n" + string(letter(t, nil)), "", "upload.kind"},
		{"gif und js.jpg", "GIF89a/*\x00\x00\x00\x00\x00*/=1;alert(1)", "", "upload.picture_kind"},
		{"IMG_0001.jpg", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + strings.Repeat("\x00", 64), "", "upload.heic"},
		{"IMG_0002.jpg", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic" + strings.Repeat("\x00", 64), "", "upload.heic"},
		{"brief.pdf", string(word(t)), "", "upload.office"},
		{"archiv.pdf", "PK\x03\x04" + strings.Repeat("\x00", 40), "", "upload.kind"},
		{"programm.pdf", "MZ\x90\x00" + strings.Repeat("\x00", 80), "", "upload.kind"},
		{"text.pdf", "nur Text", "", "upload.kind"},
		{"kopf.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", "", "upload.picture_broken"},
		{"halb.png", string(asPNG(t, corners(400, 300))[:900]), "", "upload.picture_broken"},
	}
	for _, tt := range tests {
		r, no := take(t, d, tt.name, []byte(tt.data))
		if no != tt.key || r.Type != tt.typ {
			t.Errorf("%s: got %q %q, want %q %q", tt.name, r.Type, no, tt.typ, tt.key)
			continue
		}
		if no == "" && !strings.HasSuffix(r.Name, endings[tt.typ]) {
			t.Errorf("%s: called %q", tt.name, r.Name)
		}
		if no == "" && r.Picture() && bytes.Contains(content(t, blobs, r.Blob), []byte("script")) {
			t.Errorf("%s: the script is still there", tt.name)
		}
	}
}

func word(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "<x/>")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestT19_NamesAreCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd.pdf": "passwd", `C:\Users\x\Miet"vertrag.PDF`: `Miet"vertrag`, "a\u202egpj.exe": "agpj", "\r\nSet-Cookie: x.pdf": "Set-Cookie: x",
		"": "Datei", "...": "Datei", ".pdf": "Datei", "Protokoll 12.5.pdf": "Protokoll 12.5", "\xff\xfe.pdf": "Datei", strings.Repeat("ä", 300) + ".pdf": strings.Repeat("ä", maxName),
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// hollowPNG says that it is w × h, and holds rows of zeros that pack well.
func hollowPNG(t testing.TB, w, h int, depth, kind byte, rows int) []byte {
	t.Helper()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	var body bytes.Buffer
	z := zlib.NewWriter(&body)
	perPixel := map[byte]int{0: 1, 2: 3, 6: 4}[kind] * int(depth) / 8
	row := make([]byte, 1+w*perPixel)
	for range rows {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, depth, kind, 0, 0, 0)), chunk("IDAT", body.Bytes()), chunk("IEND", nil)}, nil)
}

// TestT20_BombsAreMeasuredBeforeTheyUnpack: two hundred of them need no memory,
// and a picture at the limit needs no more than was counted for it.
func TestT20_BombsAreMeasuredBeforeTheyUnpack(t *testing.T) {
	d, _ := desk(t, nil)
	bombs := [][]byte{
		hollowPNG(t, 20_000, 20_000, 8, 2, 10),
		hollowPNG(t, 1<<30, 1<<30, 8, 6, 0),
		hollowPNG(t, 8_000, 8_000, 16, 6, 10), // 64 megapixels, but half a gigabyte
		hollowPNG(t, 64_000_001, 1, 8, 0, 1),
	}
	runtime.GC()
	debug.FreeOSMemory()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range 200 {
		if _, no := take(t, d, "bombe.png", bombs[i%len(bombs)]); no != "upload.too_many_pixels" && no != "upload.picture_broken" {
			t.Fatalf("bomb %d: %q", i%len(bombs), no)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 200<<20 {
		t.Errorf("200 bombs took %d MB", grown>>20)
	}
	r, no := take(t, d, "gross.png", hollowPNG(t, 8_000, 8_000, 8, 0, 8_000))
	if no != "" || r.Width != MaxSide || r.Height != MaxSide {
		t.Errorf("a picture at the limit: %q %dx%d", no, r.Width, r.Height)
	}
	if _, no := take(t, d, "lang.jpg", append([]byte("\xff\xd8\xff"), make([]byte, MaxBytes)...)); no != "upload.too_large" {
		t.Errorf("21 MB: %q", no)
	}
}

func TestTakeHandsOnWhatTheBodySays(t *testing.T) {
	d, _ := desk(t, nil)
	gone := errors.New("connection lost")
	_, err := d.Take(t.Context(), "org-a", "", "x.pdf", io.MultiReader(strings.NewReader("%PDF-"), broken{gone}))
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	d.heavy <- struct{}{}
	cancel()
	if _, err := d.Take(ctx, "org-a", "", "x.pdf", bytes.NewReader(letter(t, nil))); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up waiting got %v", err)
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func FuzzTake(f *testing.F) {
	webpData, _ := base64.StdEncoding.DecodeString(tinyWebP)
	f.Add(letter(f, nil))
	f.Add(withEXIF(asJPEG(f, corners(16, 8)), exif(binary.LittleEndian, 6)))
	f.Add(asPNG(f, corners(16, 8)))
	f.Add(webpData)
	f.Add(objectBomb(2, 1000))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		blobs, err := blob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer blobs.Close()
		r, err := New(blobs, nil).Take(t.Context(), "org-a", "", "x", bytes.NewReader(data))
		switch {
		case err != nil && fault.AsInvalid(err) == nil:
			t.Fatalf("not a refusal: %v", err)
		case err == nil && r.Type != PDF:
			body, err := blobs.Bytes("org-a", r.Blob)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := image.Decode(bytes.NewReader(body)); err != nil {
				t.Fatalf("what was stored is no picture: %v", err)
			}
		}
	})
}
