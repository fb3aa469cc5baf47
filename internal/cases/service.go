package cases

import (
	"errors"
	"time"

	"foyer/internal/access"
	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
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
	Conversations *conversations.Service
	Documents     *documents.Service
}

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	Deps
	defaults []Category
	unread   store.Memo[string, int]
	counts   store.Memo[string, Counts]
	todays   store.Memo[string, int]
}

// FileOwner is the kind of item that files of cases hang on: a message.
const FileOwner = "case_message"

// New returns the service and registers its jobs, mails, letters and files.
func New(d Deps, queue *jobs.Queue) *Service {
	s := &Service{Deps: d, defaults: defaultTree(d.Texts)}
	queue.Register("cases.expire", jobs.Kind{Every: 24 * time.Hour, Run: s.expire})
	d.Notifications.Register(newsKind, s.renderNews)
	d.Notifications.RegisterLetter(newsKind, s.renderLetter)
	d.Notifications.RegisterReply(threadPrefix, s.replyByMail)
	d.Documents.RegisterOwner(FileOwner, s.seesFile)
	return s
}

func isNotFound(err error) bool { return errors.Is(err, fault.ErrNotFound) }
func isNoRow(err error) bool    { return errors.Is(err, store.ErrNoRow) }
