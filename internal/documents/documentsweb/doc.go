// Package documentsweb shows files and documents: to residents their
// documents and their contract, to staff the documents of the house.
//
// A file's address /dateien/{id} never changes: it asks for the right and
// leads to a sealed address that is good for an hour. That one streams the
// file, or says that the hour is over and offers a new one.
package documentsweb
