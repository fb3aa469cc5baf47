package access

import (
	"context"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// Site is one of the two entrances of an organisation.
type Site string

// The sites.
const (
	ResidentSite Site = "resident"
	StaffSite    Site = "staff"
)

// Deps is what New needs. Every field is required.
type Deps struct {
	DB        *store.DB
	Now       func() time.Time
	Keys      *seal.Keys
	Passwords *seal.Passwords
	Blobs     *blob.Dir
	Texts     *i18n.Bundle
	Orgs      *orgs.Service
	// Sender is the installation's mailbox: From of an organisation that has set
	// no address of its own.
	Sender mail.Address
}

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	now       func() time.Time
	keys      *seal.Keys
	passwords hasher
	blobs     *blob.Dir
	texts     *i18n.Bundle
	orgs      *orgs.Service
	sender    mail.Address
	cut       []func(*store.Tx, time.Time, actor.Actor, Cut) error
	waiting   store.Memo[string, int] // by the limits of the staff member
	shares    store.Memo[string, shares]
	figures   store.Memo[figuresKey, figures]
	rows      store.Memo[figuresKey, map[string]Figures]
	persons   store.Memo[string, int] // by day and properties
}

// hasher is seal.Passwords, or what a test counts with.
type hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	Check(ctx context.Context, hash, password string) (bool, error)
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, now: d.Now, keys: d.Keys, passwords: d.Passwords, blobs: d.Blobs, texts: d.Texts,
		orgs: d.Orgs, sender: d.Sender}
}

// Register names the jobs and the mails of this package. Call it once, before
// the queue runs.
func (s *Service) Register(q *jobs.Queue, n *notifications.Service) {
	n.Use(s.lend())
	s.registerAccountJobs(q)
	s.registerAccountMails(n)
	s.registerCodeJobs(q)
	s.registerCodeMails(n)
}

// address returns the absolute address of a path on a site, built from
// configuration alone, never from a request.
func (s *Service) address(o orgs.Org, site Site, path string) string {
	if site == StaffSite {
		return s.orgs.StaffOrigin(o) + path
	}
	return s.orgs.Origin(o) + path
}
