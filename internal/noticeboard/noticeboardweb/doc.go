// Package noticeboardweb is the pages of the notice board: what hangs in their
// house for residents, and for staff the list of notices, the form, and one
// notice with its figures.
package noticeboardweb
