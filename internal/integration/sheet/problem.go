package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Text keys of the problems that this package reports. Each has a text and, as
// key + ".fix", advice.
const (
	KeyTooLarge       = "import.file.too_large"        // {max} megabytes
	KeyEmpty          = "import.file.empty"            // nothing but blanks
	KeyOldExcel       = "import.file.old_excel"        // BIFF, .xls
	KeyBinaryExcel    = "import.file.binary_excel"     // .xlsb
	KeyOpenDocument   = "import.file.open_document"    // .ods
	KeyPassword       = "import.file.password"         // encrypted workbook
	KeyMarkup         = "import.file.markup"           // HTML or XML, often named .xls
	KeyBinary         = "import.file.binary"           // no table at all
	KeyPicture        = "import.file.picture"          // PNG, JPEG, GIF
	KeyPDF            = "import.file.pdf"              // PDF
	KeyDocument       = "import.file.document"         // DOCX, PPTX, ODT, RTF
	KeyOtherArchive   = "import.file.other_archive"    // a zip without a workbook
	KeyBomb           = "import.file.bomb"             // grows suspiciously when unpacked
	KeyBrokenArchive  = "import.file.broken_archive"   // damaged or cut off, and not known to be a workbook
	KeyDocumentType   = "import.file.document_type"    // a workbook with a DOCTYPE
	KeyBroken         = "import.file.broken"           // damaged workbook; {row} when known
	KeyTooManyRows    = "import.file.too_many_rows"    // {max}
	KeyTooManyColumns = "import.file.too_many_columns" // {max}
	KeyOpenQuote      = "import.file.open_quote"       // {row}, {column}: a quotation mark never closed
	KeyCellTooLong    = "import.row.cell_too_long"     // {row}, {column}, {max} bytes
	KeyTooManyCells   = "import.row.too_many_cells"    // {row}, {count} cells, {max} headings
)

// Keys lists every text key of this package.
func Keys() []string {
	return []string{KeyTooLarge, KeyEmpty, KeyOldExcel, KeyBinaryExcel, KeyOpenDocument, KeyPassword, KeyMarkup, KeyBinary, KeyPicture, KeyPDF, KeyDocument,
		KeyOtherArchive, KeyBomb, KeyBrokenArchive, KeyDocumentType, KeyBroken, KeyTooManyRows, KeyTooManyColumns, KeyOpenQuote, KeyCellTooLong, KeyTooManyCells}
}

// Problem says what is wrong with a file or a row of it: a key into the text
// catalogue with the arguments of its placeholders.
type Problem struct {
	Key    string
	Args   map[string]any
	Row    int // as a spreadsheet shows it, 0 when the file as a whole is meant
	Column int // 1 = A, 0 when the row as a whole is meant
	// Fatal: nothing more can be read. Otherwise only this row is lost.
	Fatal bool
}

// Pairs are the arguments as alternating names and values, for a printer.
func (p *Problem) Pairs() []any { return Pairs(p.Args) }

// Pairs turns the arguments of a text into alternating names and values, sorted
// by name.
func Pairs(args map[string]any) []any {
	var list []any
	for _, name := range slices.Sorted(maps.Keys(args)) {
		list = append(list, name, args[name])
	}
	return list
}

// Error names the problem for a log: the key and the place, no content.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Key)
	if p.Row > 0 {
		fmt.Fprintf(&b, " row %d", p.Row)
	}
	if p.Column > 0 {
		fmt.Fprintf(&b, " column %s", ColumnName(p.Column))
	}
	return b.String()
}

func fileProblem(key string) *Problem { return &Problem{Key: key, Args: map[string]any{}, Fatal: true} }

// at adds the place to a problem, for the reader and as arguments of the text.
func (p *Problem) at(row, column int) *Problem {
	p.Row, p.Column = row, column
	if row > 0 {
		p.Args["row"] = strconv.Itoa(row) // as a name, without the grouping of numbers
	}
	if column > 0 {
		p.Args["column"] = ColumnName(column)
	}
	return p
}

func (p *Problem) with(name string, value any) *Problem {
	p.Args[name] = value
	return p
}

// ColumnName is the letter name of a column as a spreadsheet shows it: 1 is A,
// 27 is AA. Anything below 1 is "".
func ColumnName(n int) string {
	var b [8]byte
	i := len(b)
	for n > 0 && i > 0 {
		i--
		n--
		b[i] = byte('A' + n%26)
		n /= 26
	}
	return string(b[i:])
}
