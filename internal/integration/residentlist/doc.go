// Package residentlist understands a resident list: one row is one person in
// one lease.
//
// Recognise reads the headings, in German or English and in the layouts that
// casavi and Allthings publish, and proposes a Mapping from canonical columns
// to headings. A person may change it; Merge puts the two together. NewParser
// checks the mapping against the file, and Parse turns each sheet.Row into a
// typed Row or says, column by column, what is wrong with it.
//
// One heading may serve several columns: street and house_number under "Straße
// und Hausnummer" are split, and so are postcode and city, first_name and
// last_name, or a whole address.
//
// # What Parse decides
//
// A value that would change who may see something, when, or what it costs and
// cannot be read rejects the row: days, amounts, roles, e-mail addresses,
// mandatory fields. What is only shown or can be completed later (salutation,
// language, phone number, use of the unit, country) is left empty with a
// warning. An empty cell says nothing: the fields stay "" or 0. Parse looks at
// one row only; what contradicts another row or the database is found where
// rows meet.
//
// Problems quote what stands in the file, which may be personal: they are for
// the person who imports, never for a log.
package residentlist
