// Package sheet reads a table file that somebody hands in as a stream of rows.
//
// The file comes from a spreadsheet or an ERP, so nothing about it is promised.
// Open looks at the content, never at the name: an XLSX workbook, or text in
// UTF-8, UTF-16, Windows-1252 or code page 850, separated by semicolon, comma,
// tab or bar. Everything else (old XLS, ODS, a password, HTML that calls itself
// Excel, a picture, a zip of something) is refused with its own reason.
//
// The headings are found below title lines: among the first rows, the first
// one that fills at least half as many cells as the fullest of them. Rows carry
// the number that a spreadsheet shows; blank rows are counted and skipped, and
// a line "sep=;" above everything is obeyed and, as Excel does, not counted.
//
// # Hostile input
//
// Memory is bounded whatever comes: rows are streamed, a cell holds at most
// MaxCell bytes, shared strings beyond a few megabytes go to a temporary file.
// A workbook is a zip, so before and while reading: the central directory is
// read under a byte budget, entries are counted, must not overlap and must not
// repeat, declared sizes are not trusted, and inflating stops when a stream
// grows by more than maxRatio or past its cap. Archives inside are never
// opened, entities and document types in XML are refused, nothing is fetched.
//
// # Errors
//
// What is wrong with the file is a *Problem: a text key with arguments, a row
// and a column. After a Problem that is not Fatal the next call of Next goes on
// with the next row. Any other error is the disk's.
//
// WriteCSV is the way back: a table that no spreadsheet takes for formulas.
package sheet
