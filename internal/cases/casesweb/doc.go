// Package casesweb is the pages of cases: what residents report, ask for and
// follow, and how staff see it through. Everything works without script; a
// report goes in steps, the category first, because what is asked depends on
// it. What was typed and the files that were sent are kept when something is
// wrong.
package casesweb
