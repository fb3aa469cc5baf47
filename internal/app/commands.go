package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"foyer/internal/integration/residentlist"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
)

// CreateOrg makes an organisation and says where it is; what is not safe yet
// goes to tell.
func (a *App) CreateOrg(ctx context.Context, out, tell io.Writer, slug, name, host string) error {
	o, err := a.Orgs.Create(ctx, actor.NewOperator(store.NewID()), orgs.NewOrg{Slug: slug, Name: name, Host: host})
	if err != nil {
		return a.plain(err)
	}
	fmt.Fprintf(out, "Made %s.\nResidents: %s\nStaff: %s/verwaltung\nNext: foyer staff invite --org %s --email … --role proprietor\nResidents read that the portal is closed until staff switch it on (Organisation, Portal).\n", o.Name, a.Orgs.Origin(o), a.Orgs.StaffOrigin(o), o.Slug)
	a.warnOfLinks(tell, o)
	return nil
}

// warnOfLinks tells that links of an organisation would travel in the clear.
func (a *App) warnOfLinks(tell io.Writer, o orgs.Org) {
	for _, origin := range []string{a.Orgs.Origin(o), a.Orgs.StaffOrigin(o)} {
		if err := a.cfg.safeLinks(origin); err != nil {
			fmt.Fprintf(tell, "Warning: %v\n", err)
			return
		}
	}
}

// HostOptions are what Hosts is to do; empty fields do nothing.
type HostOptions struct {
	Org    string // slug
	Add    string
	Site   string // of Add: both, resident or staff; "" is both
	Prefer string
	Remove string
}

// Hosts adds a host to an organisation, chooses the one of links, removes one,
// in this order, and lists what there is.
func (a *App) Hosts(ctx context.Context, out io.Writer, in HostOptions) error {
	by, o, err := a.operator(ctx, in.Org)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		host string
		do   func(host string) error
	}{
		{in.Add, func(host string) error { return a.addHost(ctx, by, o, host, orgs.Site(in.Site)) }},
		{in.Prefer, func(host string) error { return a.Orgs.PreferHost(ctx, by, host) }},
		{in.Remove, func(host string) error { return a.Orgs.RemoveHost(ctx, by, host) }},
	} {
		if step.host == "" {
			continue
		}
		if err := step.do(step.host); errors.Is(err, fault.ErrNotFound) {
			return fmt.Errorf("%s is not a host of %s", step.host, in.Org)
		} else if err != nil {
			return a.plain(err)
		}
	}
	if o, err = a.Orgs.BySlug(ctx, in.Org); err != nil {
		return err
	}
	for _, h := range o.Hosts {
		use := ""
		if h.Canonical {
			use = "  in links"
		}
		fmt.Fprintf(out, "%s  %s%s\n", h.Name, h.Site, use)
	}
	fmt.Fprintf(out, "Residents: %s\nStaff: %s/verwaltung\n", a.Orgs.Origin(o), a.Orgs.StaffOrigin(o))
	return nil
}

// addHost adds a host, unless the organisation has it already: a command may be
// run again.
func (a *App) addHost(ctx context.Context, by actor.Actor, o orgs.Org, host string, site orgs.Site) error {
	for _, h := range o.Hosts {
		if !strings.EqualFold(h.Name, strings.TrimSuffix(strings.TrimSpace(host), ".")) {
			continue
		}
		if site != "" && site != h.Site {
			return fmt.Errorf("%s is a host of %s already, with the site %s: remove it first", h.Name, o.Slug, h.Site)
		}
		return nil
	}
	if site == "" {
		site = orgs.BothSites
	}
	return a.Orgs.AddHost(ctx, by, host, site)
}

// operator returns the actor of the command line for an organisation.
func (a *App) operator(ctx context.Context, slug string) (actor.Actor, orgs.Org, error) {
	o, err := a.Orgs.BySlug(ctx, slug)
	if errors.Is(err, fault.ErrNotFound) {
		return actor.Actor{}, o, fmt.Errorf("there is no organisation %q; make it with foyer org create", slug)
	}
	return actor.NewOperator(o.ID), o, err
}

// InviteStaff invites a staff member. Where no mail can be sent it prints the
// link.
func (a *App) InviteStaff(ctx context.Context, out io.Writer, org, email, name, role string) error {
	role = strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(role)) // read-only
	if !slices.Contains(actor.Roles, actor.Role(role)) {
		return fmt.Errorf("--role must be proprietor, administrator, manager, clerk, caretaker or read-only, not %q", role)
	}
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	by, o, err := a.operator(ctx, org)
	if err != nil {
		return err
	}
	if err := a.cfg.safeLinks(a.Orgs.StaffOrigin(o)); err != nil {
		return err
	}
	id, err := a.Access.InviteStaff(ctx, by, orgs.NewStaff{Email: email, StaffChange: orgs.StaffChange{Name: name, Role: actor.Role(role)}})
	if err != nil {
		return a.plain(err)
	}
	if _, none := a.sender.(waiting); !none {
		fmt.Fprintf(out, "Invited %s. The mail leaves as soon as foyer serve runs; its link is valid three days.\n", email)
		return nil
	}
	link, err := a.Access.InvitationLink(ctx, by, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "No mail server is configured. Hand this link over yourself; it works once, within three days:\n%s\n", link)
	return nil
}

// plain turns a fault into the English sentence that people would see.
func (a *App) plain(err error) error {
	p := a.Texts.Printer("en")
	if inv := fault.AsInvalid(err); inv != nil {
		var lines []string
		for _, f := range inv.Fields {
			lines = append(lines, sentence(p, f.Name, f.Key, f.Args))
		}
		return errors.New(strings.Join(lines, "\n"))
	}
	var list residentlist.Problem
	if errors.As(err, &list) {
		return errors.New(p.T(list.Key, list.Pairs()...))
	}
	var c *fault.Conflict
	if errors.As(err, &c) {
		return errors.New(p.T(c.Key, c.Args...))
	}
	return err
}

func sentence(p *i18n.Printer, name, key string, args []any) string {
	if name == "" {
		return p.T(key, args...)
	}
	return name + ": " + p.T(key, args...)
}
