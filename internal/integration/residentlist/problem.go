package residentlist

import (
	"unicode/utf8"

	"foyer/internal/integration/sheet"
)

// Severity says what a problem costs.
type Severity string

// A rejected row changes nothing; a warned one is taken, as the text says.
const (
	Reject Severity = "reject"
	Warn   Severity = "warn"
)

// Text keys of the problems. Each has a text and, as key + ".fix", advice.
const (
	KeyMissingColumn   = "import.header.missing"          // {column}: no heading for a mandatory column
	KeyMissingUnit     = "import.header.missing_unit"     // {column}: neither that nor an address and a label
	KeyOneColumn       = "import.header.one_column"       // {heading}: the whole table, mostly a delimiter that we do not know
	KeyRepeated        = "import.header.repeated"         // {heading}, {letter}: stands there again and is not read
	KeyUnknownColumn   = "import.mapping.unknown_column"  // {column}
	KeyUnknownHeading  = "import.mapping.unknown_heading" // {column}, {heading}
	KeySharedHeading   = "import.mapping.shared_heading"  // {heading}
	KeyMappingSyntax   = "import.mapping.syntax"          // the mapping file is no JSON object of texts
	KeyEmpty           = "import.cell.empty"              // {heading}
	KeyNoUnit          = "import.row.no_unit"             // neither reference nor address and label
	KeyNoAddress       = "import.row.no_address"          // a label without address or reference
	KeyNoName          = "import.row.no_name"
	KeyVacancy         = "import.row.vacancy"
	KeyEndBeforeStart  = "import.row.end_before_start" // {start}, {end}
	KeyTooLong         = "import.cell.too_long"        // {max}
	KeyControl         = "import.cell.control"         // control or direction characters
	KeyGarbled         = "import.cell.garbled"         // U+FFFD
	KeyMisread         = "import.cell.misread"         // {value}: UTF-8 read as something else before
	KeyFormulaError    = "import.cell.formula_error"   // {value}
	KeyBecameDay       = "import.cell.became_day"      // {value}: a spreadsheet made a day of it
	KeyLooksLikeDay    = "import.cell.looks_like_day"  // {value}: a reference, perhaps a day that a spreadsheet made of it; warning
	KeyDay             = "import.cell.day"             // {value}: no day that we can read
	KeyImpossibleDay   = "import.cell.impossible_day"  // {value}: such as 31 February
	KeyDayRange        = "import.cell.day_range"       // {value}
	KeyNumber          = "import.cell.number"          // {value}
	KeyNegative        = "import.cell.negative"        // {value}
	KeyNumberRange     = "import.cell.number_range"    // {value}
	KeyNumberAmbiguous = "import.cell.number_ambiguous"
	KeyYesNo           = "import.cell.yes_no"        // {value}
	KeyRole            = "import.cell.role"          // {value}
	KeyUsage           = "import.cell.usage"         // {value}
	KeyCurrency        = "import.cell.currency"      // {value}
	KeyEmail           = "import.cell.email"         // {value}
	KeyEmailSeveral    = "import.cell.email_several" // {value}: the one that is taken
	KeyConsentNoDay    = "import.cell.consent_no_day"
	KeyConsentNoEmail  = "import.row.consent_no_email"
	KeySalutation      = "import.cell.salutation" // {value}
	KeyLanguage        = "import.cell.language"   // {value}
	KeyCountry         = "import.cell.country"    // {value}
	KeyPhone           = "import.cell.phone"      // {value}
	KeyPhoneZero       = "import.cell.phone_zero" // {value}
	KeyPostcodeZero    = "import.cell.postcode_zero"
	KeyPostcode        = "import.cell.postcode" // {value}
	KeyPersonKind      = "import.cell.person_kind"
)

// Keys lists every text key of this package.
func Keys() []string {
	return []string{KeyMissingColumn, KeyMissingUnit, KeyOneColumn, KeyRepeated, KeyMisread, KeyUnknownColumn, KeyUnknownHeading, KeySharedHeading, KeyMappingSyntax, KeyEmpty, KeyNoUnit, KeyNoAddress, KeyNoName,
		KeyVacancy, KeyEndBeforeStart, KeyTooLong, KeyControl, KeyGarbled, KeyFormulaError, KeyBecameDay, KeyLooksLikeDay, KeyDay, KeyImpossibleDay, KeyDayRange,
		KeyNumber, KeyNegative, KeyNumberRange, KeyNumberAmbiguous, KeyYesNo, KeyRole, KeyUsage, KeyCurrency, KeyEmail, KeyEmailSeveral,
		KeyConsentNoDay, KeyConsentNoEmail, KeySalutation, KeyLanguage, KeyCountry, KeyPhone, KeyPhoneZero, KeyPostcodeZero, KeyPostcode, KeyPersonKind}
}

// Problem says what is wrong with one cell, one row or the mapping.
type Problem struct {
	Row      int    // as a spreadsheet shows it, 0 for the file
	Column   Column // "" when no canonical column is meant
	Heading  string // of that column in the file, or the column's letter; "" where the file lacks it
	Key      string // of the text
	Args     map[string]any
	Severity Severity
	Hint     string // key of the advice
}

// Error names the problem for a log: place and key, nothing from the file.
func (p Problem) Error() string { return p.Key + " " + string(p.Column) }

// Pairs are the arguments as alternating names and values, for a printer.
func (p Problem) Pairs() []any { return sheet.Pairs(p.Args) }

// FromSheet gives what the reader of the file reports the same form.
func FromSheet(p *sheet.Problem) Problem {
	return Problem{Row: p.Row, Heading: sheet.ColumnName(p.Column), Key: p.Key, Args: p.Args, Severity: Reject, Hint: p.Key + ".fix"}
}

func fileProblem(key string, c Column, heading string) Problem {
	args := map[string]any{}
	if c != "" {
		args["column"] = string(c)
	}
	if heading != "" {
		args["heading"] = heading
	}
	return Problem{Column: c, Heading: heading, Key: key, Args: args, Severity: Reject, Hint: key + ".fix"}
}

// quote is a value as a message shows it.
func quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
