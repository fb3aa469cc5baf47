// Package actor says who acts: for which organisation, as whom, with which
// rights. Every use-case takes an Actor first; its fields are unexported so
// that only the packages listed in arch_test.go (access at sign-in, jobs, the
// command line) can make one. The table of rights is the one of
// requirements.md, section Decided.
package actor
