// Package documents keeps files. It has two floors.
//
// Below, a File is one row for each uploaded file of the whole product. It
// hangs on an owner, an item of some capability: a document, a message, a
// case. Who may see the owner may open the file, nobody else; the capability
// says so by RegisterOwner. A file on its way to an item that does not exist
// yet is a draft of the account that sent it (Keep), until Attach hangs it on
// the item. Opening leads to a sealed address that is good for exactly 60
// minutes, for this account and this session only.
//
// Above, a Document is a file with a kind, a title, a day and a
// portfolio.Audience: what staff hand to residents.
package documents
