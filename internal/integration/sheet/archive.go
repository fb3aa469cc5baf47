package sheet

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"path"
	"sort"
	"strings"
)

// Caps on a workbook, which is a zip. Real ones have some dozen entries, and
// the XML of the largest table that fits in MaxFile stays below maxInflated.
const (
	maxDirectory = 1 << 20  // bytes read to learn the entries
	maxEntries   = 2000     // sheets, pictures, comments …
	maxInflated  = 3 << 30  // bytes unpacked from one file, all entries together
	maxRatio     = 150      // growth of a stream …
	ratioWindow  = 4 << 20  // … measured over so many unpacked bytes
	maxPart      = 32 << 20 // bytes of a part that describes the workbook
	maxHeaderLen = 64 << 10
)

// errBroken is what damaged workbooks end in; archive errors are turned into it.
func errBroken() *Problem { return fileProblem(KeyBroken) }

// budgetReader stops reading after so many bytes: the directory of a zip has
// as many entries as it likes, whatever it declares.
type budgetReader struct {
	r    io.ReaderAt
	left int64
	out  bool
}

func (b *budgetReader) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		b.out = true
		return 0, io.ErrUnexpectedEOF
	}
	return b.r.ReadAt(p, off)
}

// archive is a zip whose directory has been checked.
type archive struct {
	parts map[string]*zip.File // by cleaned lower-case name
	left  int64                // unpacked bytes still allowed
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	budget := &budgetReader{r: r, left: maxDirectory + 128<<10}
	zr, err := zip.NewReader(budget, size)
	switch {
	case budget.out:
		return nil, fileProblem(KeyBomb)
	case errors.Is(err, zip.ErrInsecurePath):
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, errBroken()
	case err != nil:
		return nil, err
	}
	if len(zr.File) > maxEntries {
		return nil, fileProblem(KeyBomb)
	}
	budget.left = maxEntries * 256
	a := &archive{parts: make(map[string]*zip.File, len(zr.File)), left: maxInflated}
	if err := a.check(zr.File, size); err != nil {
		return nil, err
	}
	// The entries read through the budget; it has done its work.
	budget.left = 1 << 62
	return a, nil
}

// check refuses entries that overlap, repeat or are encrypted.
func (a *archive) check(files []*zip.File, size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if f.Flags&1 != 0 {
			return fileProblem(KeyPassword)
		}
		name := partName(f.Name)
		if a.parts[name] != nil {
			return fileProblem(KeyBomb)
		}
		a.parts[name] = f
		from, err := f.DataOffset()
		if err != nil {
			return errBroken()
		}
		to := from + int64(f.CompressedSize64)
		if to < from || to > size {
			return errBroken()
		}
		spans = append(spans, span{from, to})
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return fileProblem(KeyBomb)
		}
	}
	return nil
}

// partName makes names comparable: some programs write backslashes or capitals.
func partName(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "\\", "/"))
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// open unpacks one part, at most limit bytes of it. The error for more is the
// bomb's.
func (a *archive) open(name string, limit int64) (*inflater, error) {
	f := a.parts[partName(name)]
	if f == nil {
		return nil, errBroken()
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, errBroken()
	}
	in := &inflater{archive: a, raw: raw, left: limit, size: f.UncompressedSize64, sum: f.CRC32}
	switch f.Method {
	case zip.Store:
		in.out = byteCounter{in}
	case zip.Deflate:
		in.out = flate.NewReader(byteCounter{in})
	default:
		return nil, errBroken()
	}
	return in, nil
}

// inflater unpacks one part under all caps and checks its sum at the end.
type inflater struct {
	archive *archive
	raw     io.Reader
	out     io.Reader
	left    int64
	size    uint64 // as declared
	sum     uint32 // as declared

	packed, unpacked   int64
	packed0, unpacked0 int64 // where the window of the ratio began
	crc                uint32
}

type byteCounter struct{ *inflater }

func (c byteCounter) Read(p []byte) (int, error) {
	n, err := c.raw.Read(p)
	c.packed += int64(n)
	return n, err
}

// Read implements io.Reader. Its errors are io.EOF, a *Problem or the disk's.
func (in *inflater) Read(p []byte) (int, error) {
	n, err := in.out.Read(p)
	in.unpacked += int64(n)
	in.left -= int64(n)
	in.archive.left -= int64(n)
	in.crc = crc32.Update(in.crc, crc32.IEEETable, p[:n])
	if in.left < 0 || in.archive.left < 0 || in.unpacked > int64(in.size) && in.size < 1<<62 {
		return 0, fileProblem(KeyBomb)
	}
	if grown := in.unpacked - in.unpacked0; grown >= ratioWindow {
		if grown > maxRatio*(in.packed-in.packed0+1) {
			return 0, fileProblem(KeyBomb)
		}
		in.packed0, in.unpacked0 = in.packed, in.unpacked
	}
	var corrupt flate.CorruptInputError
	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		if in.unpacked != int64(in.size) || in.crc != in.sum {
			return n, errBroken()
		}
	case errors.As(err, &corrupt), errors.Is(err, io.ErrUnexpectedEOF):
		return n, errBroken()
	}
	return n, err
}
