// Package letter prints letters as PDF, any number of them in one file: access
// letters (Zugangsschreiben) of one page each, and plain letters, whose text
// runs over as many pages as it needs.
//
// The caller supplies every word; this package owns only the paper. A page
// follows DIN 5008 form B: the address stands in the window of a DL or C6/C5
// envelope (20 mm from the left, 45 mm from the top, 85 mm × 45 mm), folding
// marks at 105 mm and 210 mm, a hole mark at 148.5 mm, margins of 25 mm and
// 20 mm. In the body a box holds the numbered steps, the code in large type and
// a QR code of 36 mm drawn as vectors.
//
// A plain letter has no box. Further pages carry the letterhead and the foot, no
// address field, and all of them their number. A paragraph is divided only
// where two lines stand on either side; greeting and name stay together.
//
// # One letter, its own pages, nothing of anyone else
//
// A Batch composes each letter in memory and writes it only when it is whole.
// A letter that fails (a character the font lacks, a text too long for the
// page) returns its error and leaves no trace in the file: not its text, not
// its glyphs, not an empty page. The batch goes on with the next one. Only an
// error of the writer itself ends a batch.
//
// Text that does not fit is set smaller in the steps of sizes; below the last
// step the letter fails with ErrTooLong rather than become unreadable. A
// character without a glyph fails with ErrGlyph rather than print as a box.
//
// # Memory
//
// Pages leave for the writer as soon as they are made. What stays is 24 bytes
// per letter for the file's table of objects and the set of glyphs used, so a
// file of 20,000 letters takes no more memory than one of ten: 6 MiB in all.
// That is why the file is written here (pdf.go, pdffont.go, subset.go) and not
// by a PDF library: those hold all pages until the end. fpdf, the baseline of
// the benchmarks, takes 225 MiB for 20,000 pages of the same text without QR
// codes, and makes fewer of them a second.
//
// The same input gives the same bytes: no clock, no randomness, fixed order.
//
// The fonts are two weights of Hanken Grotesk (SIL Open Font License, see
// fonts/LICENSE.txt), made by scripts/fonts from the web fonts of the pages.
// They hold Latin, Latin-1, the Latin Extended letters of the languages of
// Europe and Vietnamese; a file carries only the glyphs its letters use.
package letter
