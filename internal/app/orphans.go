package app

import (
	"context"
	"time"

	"foyer/internal/access"
	"foyer/internal/documents"
	"foyer/internal/integration"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// orphanAge is how old a file without a row must be before it is removed. A
// file is stored before the row that names it, a big one takes its time.
const orphanAge = 24 * time.Hour

// blobRefs are the capabilities that keep files.
var blobRefs = []func(*store.Tx) ([]string, error){orgs.Blobs, notifications.Blobs, access.Blobs, documents.Blobs, integration.Blobs}

// sweepOrphans removes what a process that died has left: files whose row was
// never written, and files half written. They may hold personal data.
func (a *App) sweepOrphans(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	var known map[string]bool
	err := a.DB.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		known = map[string]bool{}
		for _, refs := range blobRefs {
			keys, err := refs(tx)
			if err != nil {
				return err
			}
			for _, key := range keys {
				known[key] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	n, err := a.blobs.Sweep(by.Org(), a.now().Add(-orphanAge), func(key string) bool { return known[key] })
	if n > 0 {
		a.Log.Info("files that no row names removed", "org", by.Org(), "files", n)
	}
	return err
}
