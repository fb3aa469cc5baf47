package access

import (
	"time"

	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
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
	// Address returns the absolute address of a path ("/passwort/neu") on a
	// site of the transaction's organisation. It is built from configuration
	// alone, never from a request.
	Address func(tx *store.Tx, site Site, path string) (string, error)
}

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	now       func() time.Time
	keys      *seal.Keys
	passwords *seal.Passwords
	blobs     *blob.Dir
	texts     *i18n.Bundle
	address   func(tx *store.Tx, site Site, path string) (string, error)
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, now: d.Now, keys: d.Keys, passwords: d.Passwords, blobs: d.Blobs, texts: d.Texts, address: d.Address}
}
