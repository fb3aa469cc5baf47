package conversations

import (
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// Deps is what the service works with.
type Deps struct {
	DB            *store.DB
	Now           func() time.Time
	Texts         *i18n.Bundle
	Orgs          *orgs.Service
	Notifications *notifications.Service
	Access        *access.Service
}

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	Deps
	unread store.Memo[string, int]
	waits  store.Memo[string, int]
	piece  func() // after each piece of a broadcast; nil but in tests
}

// New returns the service and registers its jobs and mails.
func New(d Deps, queue *jobs.Queue) *Service {
	s := &Service{Deps: d}
	queue.Register(tellJob, jobs.Kind{Run: s.tell})
	queue.Register("conversations.expire", jobs.Kind{Every: 24 * time.Hour, Run: s.expire})
	s.register()
	return s
}
