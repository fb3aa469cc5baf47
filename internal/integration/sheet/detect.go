package sheet

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf16"
)

// content is what a file is by its first bytes.
type content int

const (
	contentText content = iota
	contentZip
)

const (
	magicZip      = "PK\x03\x04"
	magicZipEmpty = "PK\x05\x06"
	magicOLE      = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" // compound file: old Excel, or an encrypted new one
)

// magicBinary are beginnings of files that people hand in by mistake and that
// would pass as text, at least for a while, and what each is told to be.
var magicBinary = []struct{ begin, key string }{
	{"%PDF", KeyPDF}, {"\x89PNG", KeyPicture}, {"GIF8", KeyPicture}, {"\xFF\xD8\xFF", KeyPicture}, {"{\\rtf", KeyDocument},
	{"\x1F\x8B", KeyOtherArchive}, {"7z\xBC\xAF", KeyOtherArchive}, {"Rar!", KeyOtherArchive}, {"BZh", KeyOtherArchive}, {"SQLite format 3", KeyBinary},
}

// detect tells workbook from text and refuses what is known to be neither.
func detect(r io.ReaderAt, size int64) (content, error) {
	if size <= 0 {
		return 0, fileProblem(KeyEmpty)
	}
	head, err := readUpTo(r, 0, min(size, 4096))
	if err != nil {
		return 0, err
	}
	switch {
	case bytes.HasPrefix(head, []byte(magicZip)):
		return contentZip, nil
	case bytes.HasPrefix(head, []byte(magicZipEmpty)):
		return 0, fileProblem(KeyOtherArchive)
	case bytes.HasPrefix(head, []byte(magicOLE)):
		return 0, compoundFile(r, size)
	}
	for _, m := range magicBinary {
		if bytes.HasPrefix(head, []byte(m.begin)) {
			return 0, fileProblem(m.key)
		}
	}
	if isMarkup(head) {
		return 0, fileProblem(KeyMarkup)
	}
	return contentText, nil
}

// compoundFile tells an encrypted workbook, which has a stream of that name in
// its directory, from an old one.
func compoundFile(r io.ReaderAt, size int64) error {
	name := utf16Bytes("EncryptedPackage")
	const step, overlap = 256 << 10, 64
	for off := int64(0); off < size; off += step {
		b, err := readUpTo(r, off, min(size-off, step+overlap))
		if err != nil {
			return err
		}
		if bytes.Contains(b, name) {
			return fileProblem(KeyPassword)
		}
	}
	return fileProblem(KeyOldExcel)
}

func utf16Bytes(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// isMarkup recognises the web pages and XML files that some systems export as
// "Excel". UTF-16 is seen through by leaving out the zero bytes.
func isMarkup(head []byte) bool {
	b := bytes.ToLower(bytes.ReplaceAll(head[:min(len(head), 1024)], []byte{0}, nil))
	b = bytes.TrimLeft(b, " \t\r\n\xEF\xBB\xBF\xFF\xFE")
	for _, p := range []string{"<html", "<!doctype", "<table", "<?xml", "<workbook", "<meta", "<head", "<style", "<div"} {
		if bytes.HasPrefix(b, []byte(p)) {
			return true
		}
	}
	return false
}

// readUpTo reads n bytes at off, fewer only at the end of the file.
func readUpTo(r io.ReaderAt, off, n int64) ([]byte, error) {
	b := make([]byte, n)
	got, err := r.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:got], nil
}
