package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// errSick is the doctor's exit.
var errSick = errors.New("something needs your attention, see above")

// Doctor checks what the portal needs and says for each fault what to do. It
// changes nothing but a test file in the blobs folder.
func Doctor(ctx context.Context, out io.Writer, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	sick := false
	for _, c := range []struct {
		name string
		run  func(context.Context, Config) (string, error)
	}{{"settings", checkSettings}, {"secret", checkSecret}, {"database", checkDatabase}, {"links", checkLinks}, {"files", checkBlobs}, {"mail", checkMail}} {
		note, err := c.run(ctx, cfg)
		mark := "ok   "
		if err != nil {
			mark, note, sick = "FAULT", err.Error(), true
		}
		fmt.Fprintf(out, "%s  %-9s %s\n", mark, c.name, note)
	}
	if sick {
		return errSick
	}
	return nil
}

func checkSettings(_ context.Context, cfg Config) (string, error) {
	if err := cfg.check(); err != nil {
		return "", err
	}
	if _, err := cfg.proxies(); err != nil {
		return "", err
	}
	if _, err := cfg.Logger(io.Discard); err != nil {
		return "", err
	}
	if cfg.secure() && cfg.TrustedProxies == "" {
		return "", errors.New("the base URL is https, but FOYER_TRUSTED_PROXIES is empty: behind a proxy all visitors would share one address, and slow each other down")
	}
	return cfg.BaseURL, nil
}

func checkSecret(_ context.Context, cfg Config) (string, error) {
	info, err := os.Stat(cfg.SecretFile)
	if errors.Is(err, os.ErrNotExist) {
		return "is made at the first start: " + cfg.SecretFile, nil
	}
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("others may read %s: chmod 600 it", cfg.SecretFile)
	}
	if _, _, err := seal.Load(cfg.SecretFile); err != nil {
		return "", err
	}
	return cfg.SecretFile, nil
}

func checkDatabase(ctx context.Context, cfg Config) (string, error) {
	if path, ok := strings.CutPrefix(cfg.Database, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return "is made at the first start: " + path, nil
		}
	}
	db, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return "", err
	}
	defer db.Close()
	if empty, err := db.Empty(ctx); err != nil || empty {
		return "is empty: foyer org create begins in it", err
	}
	current, err := db.Current(ctx)
	if err != nil {
		return "", err
	}
	if !current {
		return "", errors.New("has an older schema: run foyer migrate, or start foyer serve")
	}
	if err := db.Check(ctx); err != nil {
		return "", fmt.Errorf("%w: restore a backup", err)
	}
	return string(db.Engine()) + ", schema up to date, intact", nil
}

// checkLinks looks at the addresses that letters and mails of each organisation
// would begin with.
func checkLinks(ctx context.Context, cfg Config) (string, error) {
	if missing(cfg.Database) {
		return "there is no organisation yet", nil
	}
	db, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return "", errors.New("the database cannot be read, see above")
	}
	defer db.Close()
	if current, err := db.Current(ctx); err != nil || !current {
		return "are looked at once the database is up to date", nil
	}
	s, err := orgs.New(orgs.Deps{DB: db, Now: time.Now, BaseURL: cfg.BaseURL})
	if err != nil {
		return "", err
	}
	list, err := s.All(ctx)
	for _, o := range list {
		for _, origin := range []string{s.Origin(o), s.StaffOrigin(o)} {
			if err := cfg.safeLinks(origin); err != nil {
				return "", fmt.Errorf("%s: %w", o.Slug, err)
			}
		}
	}
	return fmt.Sprintf("organisations checked: %d", len(list)), err
}

func checkBlobs(_ context.Context, cfg Config) (string, error) {
	if _, err := os.Stat(cfg.Blobs); errors.Is(err, os.ErrNotExist) {
		return "the folder is made at the first start: " + cfg.Blobs, nil
	}
	dir, err := blob.Open(cfg.Blobs)
	if err != nil {
		return "", err
	}
	defer dir.Close()
	key, _, err := dir.Put("doctor", strings.NewReader("test"), 4)
	if err != nil {
		return "", fmt.Errorf("cannot write into %s: %w", cfg.Blobs, err)
	}
	return cfg.Blobs, dir.Delete("doctor", key)
}

func checkMail(ctx context.Context, cfg Config) (string, error) {
	if cfg.SMTPURL == "" {
		return "", errors.New("FOYER_SMTP_URL is missing: mails wait, and are given up after 72 hours")
	}
	c, err := mail.ParseURL(cfg.SMTPURL)
	if err != nil {
		return "", fmt.Errorf("FOYER_SMTP_URL: %w", err)
	}
	smtp := mail.NewSMTP(c, time.Now)
	defer smtp.Close()
	if err := smtp.Check(ctx); err != nil {
		return "", err
	}
	return c.String(), nil
}
