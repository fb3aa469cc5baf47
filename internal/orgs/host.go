package orgs

import (
	"context"
	"net"
	"strings"

	"golang.org/x/net/idna"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Site says which entrances a host serves.
type Site string

// The sites of a host.
const (
	BothSites    Site = "both" // residents at /, staff at /verwaltung
	ResidentSite Site = "resident"
	StaffSite    Site = "staff"
)

// Residents tells whether residents may come in here.
func (s Site) Residents() bool { return s == BothSites || s == ResidentSite }

// Staff tells whether staff may come in here.
func (s Site) Staff() bool { return s == BothSites || s == StaffSite }

// Host is one name under which an organisation is reached.
type Host struct {
	Name      string // lower case ASCII, with a port only when it is not the scheme's
	Site      Site
	Canonical bool // links in mails and letters use it; one per group: staff alone, all others
}

const maxHosts = 20

// cleanHost brings a Host header or a configured host into the form that
// org_host keeps: ASCII lower case, the scheme's own port stripped. ok is false
// for what cannot be a host; nothing is guessed or repaired.
func cleanHost(host, scheme string) (clean string, ok bool) {
	if host == "" || len(host) > 255 {
		return "", false
	}
	b := []byte(host)
	for i, c := range b {
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '-', c == ':', c == '[', c == ']':
		default:
			return "", false
		}
	}
	host = string(b)
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	if name := strings.TrimSuffix(host, port); name != host && (!strings.Contains(name, ":") || strings.HasSuffix(name, "]")) {
		host = name
	}
	return host, host != ""
}

// typedHost reads a host that staff or an operator typed: a name in any script
// or an IP address, perhaps with a port.
func typedHost(typed, scheme string) (string, bool) {
	typed = strings.TrimSpace(typed)
	name, port := typed, ""
	if h, p, err := net.SplitHostPort(typed); err == nil {
		name, port = h, p
		if !validPort(p) {
			return "", false
		}
	}
	name = strings.Trim(name, "[]")
	if ip := net.ParseIP(name); ip != nil {
		if name = ip.String(); strings.Contains(name, ":") {
			name = "[" + name + "]"
		}
	} else {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil || !hostname(ascii) {
			return "", false
		}
		name = ascii
	}
	if port != "" {
		name += ":" + port
	}
	return cleanHost(name, scheme)
}

func validPort(p string) bool {
	if p == "" || len(p) > 5 || p[0] == '0' {
		return false
	}
	n := 0
	for _, c := range p {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}

// hostname tells whether s is labels of 1 to 63 letters, digits and inner
// hyphens (RFC 1123 §2.1).
func hostname(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return false
			}
		}
	}
	return true
}

// ByHost returns the organisation that a request's host stands for and the
// sites which that host serves. An installation with one organisation also
// answers on the host of the base URL. Anything else is fault.ErrNotFound, which
// web answers with 421.
func (s *Service) ByHost(ctx context.Context, host string) (org Org, site Site, err error) {
	host, ok := cleanHost(host, s.scheme)
	if !ok {
		return Org{}, "", fault.NotFound("host")
	}
	err = s.d.DB.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, orgByHost, func(r *row) []any { return append(r.dest(), &site) }, host)
		if err == nil && len(rows) == 0 && host == s.baseHost {
			site = BothSites
			rows, err = single(tx)
		}
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NotFound("host")
		}
		org, err = fold(rows)
		return err
	})
	return org, site, err
}

// single returns the rows of the only organisation, none when there are more.
func single(tx *store.Tx) ([]row, error) {
	ids, err := store.List[string](tx, allOrgs, 2)
	if err != nil || len(ids) != 1 {
		return nil, err
	}
	return store.All(tx, orgByID, (*row).dest, ids[0])
}

// canonical returns the canonical host among those whose site fits, else the
// first that fits.
func (o Org) canonical(fits func(Site) bool) (Host, bool) {
	var first *Host
	for i, h := range o.Hosts {
		if !fits(h.Site) {
			continue
		}
		if h.Canonical {
			return h, true
		}
		if first == nil {
			first = &o.Hosts[i]
		}
	}
	if first == nil {
		return Host{}, false
	}
	return *first, true
}

// Origin returns the origin of every link to residents, "https://host" without
// a trailing slash. It comes from configuration alone.
func (s *Service) Origin(o Org) string {
	if h, ok := o.canonical(Site.Residents); ok {
		return s.scheme + "://" + h.Name
	}
	return s.scheme + "://" + s.baseHost
}

// StaffOrigin returns the origin of every link to staff: the host for staff
// alone, else the one that they share with residents.
func (s *Service) StaffOrigin(o Org) string {
	h := o.StaffHost()
	if h == "" {
		shared, ok := o.canonical(func(site Site) bool { return site == BothSites })
		if h = shared.Name; !ok {
			h = s.baseHost
		}
	}
	return s.scheme + "://" + h
}

// AddHost adds a name under which the organisation is reached. It needs
// Operate: whose a host is, only the operator of the installation can tell, and
// an organisation that claimed another's would receive its visitors.
func (s *Service) AddHost(ctx context.Context, by actor.Actor, typed string, site Site) error {
	if err := by.Must(actor.Operate); err != nil {
		return err
	}
	host, ok := typedHost(typed, s.scheme)
	if !ok {
		return fault.Wrong("host", "orgs.host.form")
	}
	if site != BothSites && site != ResidentSite && site != StaffSite {
		return fault.Wrong("site", "orgs.choice")
	}
	err := s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := Load(tx)
		if err != nil {
			return err
		}
		if len(o.Hosts) >= maxHosts {
			return fault.Wrong("host", "orgs.host.many", "max", maxHosts)
		}
		_, rival := o.canonical(func(x Site) bool { return (x == StaffSite) == (site == StaffSite) })
		if _, err := store.Exec(tx, insertHost, host, site, !rival); err != nil {
			return err
		}
		return audit.Note(tx, s.d.Now(), by, "org.host.add", "org:"+o.ID, map[string]string{"host": host, "site": string(site)})
	})
	if store.IsUnique(err) {
		return fault.Wrong("host", "orgs.host.taken")
	}
	return err
}

// RemoveHost removes a host. The last one for residents, the last one for staff
// and the one of links in mails and letters stay. It needs Operate.
func (s *Service) RemoveHost(ctx context.Context, by actor.Actor, host string) error {
	return s.changeHost(ctx, by, actor.Operate, host, "org.host.remove", func(tx *store.Tx, o Org, h Host) error {
		rest := o
		rest.Hosts = nil
		for _, x := range o.Hosts {
			if x.Name != h.Name {
				rest.Hosts = append(rest.Hosts, x)
			}
		}
		_, residents := rest.canonical(Site.Residents)
		_, staff := rest.canonical(Site.Staff)
		_, rival := rest.canonical(func(x Site) bool { return (x == StaffSite) == (h.Site == StaffSite) })
		switch {
		case !residents || !staff:
			return fault.Conflicting("orgs.host.last")
		case h.Canonical && rival:
			return fault.Conflicting("orgs.host.canonical")
		}
		_, err := store.Exec(tx, deleteHost, h.Name)
		return err
	})
}

// PreferHost makes a host the one that links in mails and letters use; a host
// for staff alone becomes that of links to staff. It needs ManageOrg.
func (s *Service) PreferHost(ctx context.Context, by actor.Actor, host string) error {
	return s.changeHost(ctx, by, actor.ManageOrg, host, "org.host.prefer", func(tx *store.Tx, _ Org, h Host) error {
		_, err := store.Exec(tx, preferHost, h.Name, h.Site == StaffSite)
		return err
	})
}

func (s *Service) changeHost(ctx context.Context, by actor.Actor, right actor.Right, typed, action string, fn func(tx *store.Tx, o Org, h Host) error) error {
	if err := by.Must(right); err != nil {
		return err
	}
	host, ok := typedHost(typed, s.scheme)
	if !ok {
		return fault.NotFound("host")
	}
	return s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := Load(tx)
		if err != nil {
			return err
		}
		for _, h := range o.Hosts {
			if h.Name != host {
				continue
			}
			if err := fn(tx, o, h); err != nil {
				return err
			}
			return audit.Note(tx, s.d.Now(), by, action, "org:"+o.ID, map[string]string{"host": host})
		}
		return fault.NotFound("host")
	})
}
