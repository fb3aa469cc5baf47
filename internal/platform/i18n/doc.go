// Package i18n turns catalogue keys into sentences in a person's language and
// formats days, moments, numbers and money.
//
// Each package that speaks to people keeps flat JSON catalogues
// text/{de,en,…}.json: key → text with {placeholders}, or key → an object of
// CLDR plural forms ("one", "other", …) chosen by the placeholder "count". A
// Bundle is the union of all of them, made once at start; a Printer is a
// bundle seen in one language. German is the reference language; a language is
// offered only when it is complete.
package i18n
