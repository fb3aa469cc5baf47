package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"foyer/internal/notifications"
	"foyer/internal/notifications/inbound"
	"foyer/internal/notifications/push"
	"foyer/internal/platform/actor"
)

// ErrTryAgain says that the same call will do later: a mail server that pipes a
// mail keeps it and tries again (EX_TEMPFAIL of sysexits.h).
var ErrTryAgain = errors.New("try again later")

// openMailIn sets up where mails come back to.
func (a *App) openMailIn() error {
	in, err := notifications.ParseMailIn(a.cfg.MailIn)
	if err != nil {
		return err
	}
	a.Notifications.ComeBack(in)
	if a.cfg.IMAPURL == "" {
		return nil
	}
	if !in.On() {
		return errors.New("FOYER_IMAP_URL needs FOYER_MAIL_IN, the address whose mailbox it is")
	}
	box, err := inbound.ParseURL(a.cfg.IMAPURL)
	if err != nil {
		return err
	}
	a.Notifications.Fetch(a.Queue, box)
	return nil
}

// openPush switches push messages on, where the portal has https: browsers
// subscribe nowhere else but on this machine.
func (a *App) openPush() error {
	if a.cfg.PushHosts == "none" || a.cfg.PushHosts == "" {
		return nil
	}
	s, err := push.New(a.keys, strings.Split(a.cfg.PushHosts, ","), a.cfg.BaseURL, a.now)
	if err != nil {
		return err
	}
	a.Notifications.Push(a.Queue, s)
	return nil
}

// MailIn takes in one mail that a mail server hands over. A mail that nobody
// here has to do with, or that cannot be read, is dropped: sending it back would
// only make more mails. Every other failure is ErrTryAgain.
func (a *App) MailIn(ctx context.Context, in io.Reader) error {
	if a.cfg.MailIn == "" {
		return errors.New("FOYER_MAIL_IN is not set: nothing comes back to this portal")
	}
	m, err := inbound.Parse(in)
	if err != nil {
		a.Log.Warn("a mail that came back cannot be read", "err", err)
		return nil
	}
	list, err := a.Orgs.All(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTryAgain, err)
	}
	for _, o := range list {
		if !a.Notifications.Mine(o.ID, m.To) {
			continue
		}
		if err := a.Notifications.Receive(ctx, actor.NewOperator(o.ID), m); err != nil {
			return fmt.Errorf("%w: %w", ErrTryAgain, err)
		}
		return nil
	}
	a.Log.Info("a mail came back that is about nothing we have sent")
	return nil
}
