package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"foyer/internal/access"
	"foyer/internal/access/accessweb"
	"foyer/internal/cases"
	"foyer/internal/cases/casesweb"
	"foyer/internal/contactchanges"
	"foyer/internal/contactchanges/contactchangesweb"
	"foyer/internal/conversations"
	"foyer/internal/conversations/conversationsweb"
	"foyer/internal/documents"
	"foyer/internal/documents/documentsweb"
	"foyer/internal/integration"
	"foyer/internal/integration/integrationweb"
	"foyer/internal/noticeboard"
	"foyer/internal/noticeboard/noticeboardweb"
	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/notifications/notificationsweb"
	"foyer/internal/orgs"
	"foyer/internal/orgs/orgsweb"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/upload"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// App is the whole house, opened.
type App struct {
	Log           *slog.Logger
	DB            *store.DB
	Texts         *i18n.Bundle
	Orgs          *orgs.Service
	Portfolio     *portfolio.Service
	Access        *access.Service
	Notifications *notifications.Service
	Conversations *conversations.Service
	Cases         *cases.Service
	Contacts      *contactchanges.Service
	Documents     *documents.Service
	Noticeboard   *noticeboard.Service
	Integration   *integration.Service
	Queue         *jobs.Queue
	Mux           *web.Mux
	Handler       http.Handler

	cfg       Config
	now       func() time.Time
	keys      *seal.Keys
	passwords *seal.Passwords
	blobs     *blob.Dir
	sender    mail.Sender
	from      mail.Address
	metrics   *prometheus.Registry
	ready     atomic.Bool
	patience  time.Duration // for requests in hand after the signal to stop
	closers   []func() error
}

// Options are what differs between the server, a command, the demo and tests.
type Options struct {
	Log     io.Writer        // where log lines go
	Migrate bool             // bring the schema up to date; else a stale one is refused
	Begin   bool             // make the schema where there is none yet
	Now     func() time.Time // nil: the real clock
	Sender  mail.Sender      // nil: the mail server of the settings
	From    mail.Address     // with Sender: the installation's mailbox
	Routes  func(a *App) []web.Route
}

// Open builds the house. Close it.
func Open(ctx context.Context, cfg Config, o Options) (*App, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	log, err := cfg.Logger(o.Log)
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, Log: log, now: o.Now, sender: o.Sender, from: o.From, metrics: prometheus.NewRegistry(), patience: shutdownTime}
	if a.now == nil {
		a.now = time.Now
	}
	for _, step := range []func(context.Context, Options) error{a.openStore, a.openFiles, a.openMail, a.build, a.mount} {
		if err := step(ctx, o); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// Close closes what Open opened, in reverse order.
func (a *App) Close() error {
	var err error
	for i := len(a.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, a.closers[i]())
	}
	a.closers = nil
	return err
}

func (a *App) openStore(ctx context.Context, o Options) error {
	if !o.Migrate && !o.Begin && missing(a.cfg.Database) {
		return a.cfg.nothingHere()
	}
	if err := makeFolder(a.cfg.Database); err != nil {
		return err
	}
	db, err := store.Open(ctx, a.cfg.Database)
	if err != nil {
		return err
	}
	a.DB = db
	a.closers = append(a.closers, db.Close)
	if o.Migrate {
		return db.Migrate(ctx)
	}
	empty, err := db.Empty(ctx)
	switch {
	case err != nil:
		return err
	case empty && o.Begin:
		a.Log.Info("the database is new: making its tables", "database", a.cfg.where())
		return db.Migrate(ctx)
	case empty:
		return a.cfg.nothingHere()
	}
	current, err := db.Current(ctx)
	if err == nil && !current {
		err = errors.New("the database has an older schema: run foyer migrate")
	}
	return err
}

func (a *App) openFiles(context.Context, Options) (err error) {
	var made bool
	if a.keys, made, err = seal.Load(a.cfg.SecretFile); err != nil {
		return err
	}
	if made {
		a.Log.Info("made a new secret file; back it up, apart from the database", "file", a.cfg.SecretFile)
	}
	if a.blobs, err = blob.Open(a.cfg.Blobs); err != nil {
		return err
	}
	a.closers = append(a.closers, a.blobs.Close)
	a.Texts, err = i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, notifications.Texts, notificationsweb.Texts, orgs.Texts, orgsweb.Texts, portfolio.Texts,
		access.Texts, accessweb.Texts, upload.Texts, documents.Texts, documentsweb.Texts, conversations.Texts, cases.Texts, casesweb.Texts, conversationsweb.Texts, integration.Texts, integrationweb.Texts,
		noticeboard.Texts, noticeboardweb.Texts, contactchanges.Texts, contactchangesweb.Texts, Texts)
	return err
}

func (a *App) openMail(context.Context, Options) error {
	switch {
	case a.sender != nil:
		return nil
	case a.cfg.SMTPURL == "":
		a.sender = waiting{}
		a.from = mail.Address{Addr: "foyer@localhost.invalid"}
		return nil
	}
	cfg, err := mail.ParseURL(a.cfg.SMTPURL)
	if err != nil {
		return fmt.Errorf("FOYER_SMTP_URL: %w", err)
	}
	smtp := mail.NewSMTP(cfg, a.now)
	a.sender, a.from = smtp, cfg.From
	a.closers = append(a.closers, func() error { smtp.Close(); return nil })
	return nil
}

// waiting stands in where no mail server is configured: mails wait and are
// sent once there is one.
type waiting struct{}

// Send says that there is no mail server yet.
func (waiting) Send(context.Context, mail.Message) error {
	return &mail.SendError{Stage: mail.StageConnect, Reason: "no mail server is configured (FOYER_SMTP_URL)"}
}

func (a *App) registerMetrics() {
	a.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}
