package orgs

import (
	"fmt"
	"net/url"
	"time"

	"foyer/internal/platform/blob"
	"foyer/internal/platform/store"
)

// Deps is what New needs. All fields but EndSessions are required.
type Deps struct {
	DB    *store.DB
	Now   func() time.Time
	Blobs *blob.Dir
	// Languages are the complete languages of the product, the reference
	// language first.
	Languages []string
	// BaseURL is FOYER_BASE_URL: its scheme is that of every link, its host
	// serves an installation with a single organisation.
	BaseURL string
	// Properties lists the properties of the transaction's organisation, by
	// name, for the limits of staff. portfolio, which stands above orgs, gives it.
	Properties func(tx *store.Tx) ([]Property, error)
	// EndSessions ends all sessions of a staff member who has been disabled.
	EndSessions func(tx *store.Tx, staffID string) error
}

// Property is a property as the choice of limits shows it.
type Property struct{ ID, Name string }

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	d        Deps
	scheme   string // of every link: http or https
	baseHost string // as org_host keeps hosts
	decoding chan struct{}
}

// New returns the service. It fails on a base URL that is not an origin.
func New(d Deps) (*Service, error) {
	u, err := url.Parse(d.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("base URL %q is not of the form https://host", d.BaseURL)
	}
	host, ok := cleanHost(u.Host, u.Scheme)
	if !ok {
		return nil, fmt.Errorf("base URL %q: bad host", d.BaseURL)
	}
	return &Service{d: d, scheme: u.Scheme, baseHost: host, decoding: make(chan struct{}, 1)}, nil
}
