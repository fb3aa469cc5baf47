package contactchanges

import (
	"embed"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// Texts are the texts of this package: fields, states, faults, mails.
//
//go:embed text/*.json
var Texts embed.FS

// Deps is what New needs. Every field is required.
type Deps struct {
	DB     *store.DB
	Now    func() time.Time
	Keys   *seal.Keys
	Texts  *i18n.Bundle
	Orgs   *orgs.Service
	Access *access.Service
}

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	Deps
	counts store.Memo[string, Waiting] // by day and limited staff member
}

// New returns the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Register names the jobs and mails of this package and what a cut account ends.
// Call it once, before the queue runs.
func (s *Service) Register(q *jobs.Queue, n *notifications.Service) {
	q.Register(sweepJob, jobs.Kind{Every: 15 * time.Minute, Run: s.sweep})
	s.registerMails(n)
	s.Access.OnCut(s.cut)
}
