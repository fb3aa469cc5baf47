package orgs

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Org is one organisation as it is now.
type Org struct {
	ID       string
	Slug     string // short name for commands, unique in the installation
	Name     string // as residents read it
	PortalOn bool   // whether residents may use the portal (E7)
	Settings Settings
	LogoBlob string // key of the logo's PNG, "" for none
	Version  int64  // grows with each change
	Hosts    []Host // by name
}

// Legal returns the name for letterheads and imprint: the legal name, else the
// name.
func (o Org) Legal() string {
	if o.Settings.LegalName != "" {
		return o.Settings.LegalName
	}
	return o.Name
}

// Language returns the organisation's default language.
func (o Org) Language() string { return o.Settings.Languages[0] }

// Location returns the organisation's time zone.
func (o Org) Location() *time.Location {
	if loc, ok := zones.Load(o.Settings.TimeZone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(o.Settings.TimeZone)
	if err != nil {
		return time.UTC
	}
	zones.Store(o.Settings.TimeZone, loc) // a name that exists: there are some six hundred
	return loc
}

// zones are the time zones that were read, by name: reading one unpacks it.
var zones sync.Map

// Today returns the calendar day of an instant where the organisation is,
// YYYY-MM-DD.
func (o Org) Today(now time.Time) string { return now.In(o.Location()).Format(time.DateOnly) }

// StaffHost returns the host that serves staff alone, "" when staff use the
// residents' host below /verwaltung.
func (o Org) StaffHost() string {
	if h, ok := o.canonical(func(s Site) bool { return s == StaffSite }); ok {
		return h.Name
	}
	return ""
}

// row is an organisation as its tables hold it, once per host.
type row struct {
	Org
	settings string
	host     Host
}

func (r *row) dest() []any {
	return []any{&r.ID, &r.Slug, &r.Name, &r.PortalOn, &r.settings, &r.LogoBlob, &r.Version, &r.host.Name, &r.host.Site, &r.host.Canonical}
}

// Load returns the organisation of the transaction.
func Load(tx *store.Tx) (Org, error) {
	rows, err := store.All(tx, loadOrg, (*row).dest)
	if err != nil {
		return Org{}, fmt.Errorf("load organisation: %w", err)
	}
	return fold(rows)
}

// fold makes one organisation of its rows, one per host.
func fold(rows []row) (Org, error) {
	if len(rows) == 0 {
		return Org{}, fault.NotFound("organisation")
	}
	o := rows[0].Org
	var err error
	if o.Settings, err = parseSettings(rows[0].settings); err != nil {
		return Org{}, err
	}
	for _, r := range rows {
		if r.host.Name != "" {
			o.Hosts = append(o.Hosts, r.host)
		}
	}
	return o, nil
}

// parseSettings reads stored settings over the defaults.
func parseSettings(text string) (Settings, error) {
	s := Defaults()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("stored settings: %w", err)
	}
	if len(s.Languages) == 0 {
		return s, errors.New("stored settings: no language")
	}
	return s, nil
}
