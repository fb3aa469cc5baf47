package app

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"foyer/internal/documents"
	"foyer/internal/platform/upload"
)

// buildDocuments makes the desk for uploads and what keeps them.
func (a *App) buildDocuments() error {
	var scan upload.Scan
	if a.cfg.ClamdURL != "" {
		var err error
		if scan, err = upload.Clamd(a.cfg.ClamdURL); err != nil {
			return fmt.Errorf("FOYER_CLAMD_URL: %w", err)
		}
	}
	quota, err := strconv.ParseInt(cmp.Or(a.cfg.QuotaGB, "0"), 10, 32)
	if err != nil || quota < 0 {
		return errors.New("FOYER_QUOTA_GB must be a whole number, 0 for no limit")
	}
	a.Documents = documents.New(documents.Deps{DB: a.DB, Now: a.now, Keys: a.keys, Blobs: a.blobs, Desk: upload.New(a.blobs, scan),
		Access: a.Access, Notifications: a.Notifications, Quota: quota << 30})
	a.Documents.Register(a.Queue)
	return nil
}
