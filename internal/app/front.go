package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"foyer/internal/access"
	"foyer/internal/access/accessweb"
	"foyer/internal/orgs"
	"foyer/internal/orgs/orgsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// host tells the front door which organisation a Host header stands for.
func (a *App) host(ctx context.Context, host string) (web.Org, error) {
	o, site, err := a.Orgs.ByHost(ctx, host)
	if err != nil {
		return web.Org{}, err
	}
	out := web.Org{ID: o.ID, Origin: a.Orgs.Origin(o), Langs: a.Texts.Offered(o.Settings.Languages), Zone: o.Location(), PortalOn: o.PortalOn, Value: o}
	if site.Staff() && !site.Residents() {
		out.Origin = a.Orgs.StaffOrigin(o)
	}
	out.Langs = preferred(out.Langs, o.Language())
	logo := web.StaffSite
	if site.Residents() {
		logo = web.ResidentSite
		out.Sites = append(out.Sites, web.ResidentSite)
	}
	if site.Staff() {
		out.Sites = append(out.Sites, web.StaffSite)
	}
	out.Shell = a.shell(o, logo)
	return out, nil
}

// preferred puts the organisation's default language first.
func preferred(langs []string, first string) []string {
	out := []string{}
	for _, l := range langs {
		if l == first {
			out = append([]string{l}, out...)
		} else {
			out = append(out, l)
		}
	}
	return out
}

// shell is what every page of an organisation shows.
func (a *App) shell(o orgs.Org, logoSite web.Site) ui.Shell {
	s := ui.Shell{OrgName: o.Name, OrgShort: o.Name, BrandHex: o.Settings.Brand, Phone: ui.Phone{Number: o.Settings.Phone}, Hours: o.Settings.Hours,
		ImprintURL: o.Settings.ImprintURL, PrivacyURL: o.Settings.PrivacyURL, AccessibilityURL: "/barrierefreiheit"}
	s.LogoURL = orgsweb.LogoPath(o, logoSite)
	if s.PrivacyURL == "" {
		s.PrivacyURL = accessweb.PrivacyPath
	}
	for _, n := range o.Settings.EmergencyNumbers {
		s.Emergency = append(s.Emergency, ui.Phone{Label: n.Label, Number: n.Number, Note: n.Note})
	}
	return s
}

// session tells the front door who holds a token.
func (a *App) session(ctx context.Context, org string, site web.Site, token string) (actor.Actor, web.Session, error) {
	who, s, err := a.Access.Authenticate(ctx, org, access.Site(site), token)
	return who, web.Session{ID: s.ID, Lang: s.Lang, AuthAt: s.AuthAt, Ends: s.ExpiresAt, Choice: s.Lease}, err
}

var errStarting = errors.New("starting or stopping")

// isReady is the answer of /readyz.
func (a *App) isReady(ctx context.Context) error {
	if !a.ready.Load() {
		return errStarting
	}
	return a.DB.Ping(ctx)
}

// missing tells whether a SQLite database's file is not there yet.
func missing(database string) bool {
	path, ok := strings.CutPrefix(database, "sqlite:")
	if !ok {
		return false
	}
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

// makeFolder makes the folder of a SQLite database.
func makeFolder(database string) error {
	path, ok := strings.CutPrefix(database, "sqlite:")
	if !ok {
		return nil
	}
	return os.MkdirAll(filepath.Dir(path), 0o700)
}
