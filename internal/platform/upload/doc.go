// Package upload reads files that strangers send. Nothing is believed of them:
// neither the name nor the type that the browser gives.
//
// Desk.Take spools a file to an unlinked temporary file (at most 20 MB), lets
// the virus scanner look when there is one, finds out by the content what it
// is, and lets four types in:
//
//   - JPEG, PNG and WebP are measured before they are decoded (64 megapixels,
//     and the memory that their decoder takes), decoded, turned as their EXIF
//     orientation says, reduced to 4096 pixels a side, and encoded anew. What
//     is stored is our own picture: no EXIF, no position, no camera, nothing
//     behind its end. A small picture for lists is made with it.
//   - PDF is parsed under limits by pdfcpu: it must have pages, no password
//     and nothing that runs (JavaScript, Launch, Flash). Its bytes stay.
//
// All else is refused with a sentence that says what to do. Decoding and
// parsing happen one at a time in the whole process, so that a hundred
// uploads need the memory of one.
package upload
