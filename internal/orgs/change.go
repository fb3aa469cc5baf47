package orgs

import (
	"context"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// NewOrg is what an organisation begins with.
type NewOrg struct {
	Slug string // 2 to 40 of a-z, 0-9 and inner hyphens, beginning with a letter
	Name string
	Host string // empty: the host of the base URL, if it is free
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,38}[a-z0-9]$`)

// Create makes an organisation with its portal switched off and the default
// settings. It needs Operate; by acts for the organisation that is made:
// actor.NewOperator(store.NewID()).
func (s *Service) Create(ctx context.Context, by actor.Actor, in NewOrg) (Org, error) {
	if err := by.Must(actor.Operate); err != nil {
		return Org{}, err
	}
	edit := Edit{Name: in.Name, Settings: Defaults()}
	edit.Settings.Languages = s.d.Languages
	host, err := s.checkNew(ctx, in)
	if err == nil {
		err = edit.check(s.d.Languages)
	}
	if err != nil {
		return Org{}, err
	}
	var org Org
	err = s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		settings, err := json.Marshal(edit.Settings)
		if err != nil {
			return err
		}
		now := s.d.Now()
		if _, err := store.Exec(tx, insertOrg, in.Slug, edit.Name, false, string(settings), store.Micros(now)); err != nil {
			return err
		}
		if _, err := store.Exec(tx, insertHost, host, BothSites, true); err != nil {
			return err
		}
		if err := audit.Note(tx, now, by, "org.create", "org:"+by.Org(), map[string]string{"slug": in.Slug, "host": host}); err != nil {
			return err
		}
		org, err = Load(tx)
		return err
	})
	if store.IsUnique(err) {
		return Org{}, fault.Conflicting("orgs.created_meanwhile")
	}
	return org, err
}

// checkNew checks slug and host against their form and the other organisations.
func (s *Service) checkNew(ctx context.Context, in NewOrg) (host string, err error) {
	var bad fault.Invalid
	if !slugForm.MatchString(in.Slug) {
		bad.Add("slug", "orgs.slug.form")
	}
	host = s.baseHost
	if in.Host != "" {
		var ok bool
		if host, ok = typedHost(in.Host, s.scheme); !ok {
			bad.Add("host", "orgs.host.form")
		}
	}
	var slugs, hosts int
	err = s.d.DB.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if slugs, err = store.Value[int](tx, takenSlug, in.Slug); err == nil {
			hosts, err = store.Value[int](tx, takenHost, host)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if slugs > 0 {
		bad.Add("slug", "orgs.slug.taken")
	}
	if hosts > 0 {
		bad.Add("host", "orgs.host.taken")
	}
	return host, bad.Err()
}

// BySlug returns an organisation by its short name, for commands.
func (s *Service) BySlug(ctx context.Context, slug string) (org Org, err error) {
	err = s.d.DB.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, orgBySlug, (*row).dest, slug)
		if err == nil {
			org, err = fold(rows)
		}
		return err
	})
	return org, err
}

// All returns the organisations of the installation by slug, for commands.
func (s *Service) All(ctx context.Context) (list []Org, err error) {
	err = s.d.DB.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		list = nil
		ids, err := store.List[string](tx, allOrgs, 1_000_000)
		if err != nil {
			return err
		}
		for _, id := range ids {
			rows, err := store.All(tx, orgByID, (*row).dest, id)
			if err != nil {
				return err
			}
			o, err := fold(rows)
			if err != nil {
				return err
			}
			list = append(list, o)
		}
		return nil
	})
	return list, err
}

// Current returns the actor's organisation.
func (s *Service) Current(ctx context.Context, by actor.Actor) (org Org, err error) {
	err = s.d.DB.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		org, err = Load(tx)
		return err
	})
	return org, err
}

// Edit is what a change of settings may touch.
type Edit struct {
	Name     string
	PortalOn bool
	Settings Settings
}

// Change applies fn to what is stored now, checks the whole and saves it; it
// takes effect with the next request. fn may run more than once and sets only
// what its form shows, so two people who change different things do not undo
// each other. Wrong values come back as fault.Invalid by the settings' JSON
// names (letter_intro_de, emergency_number_0 for parts). It needs ManageOrg.
func (s *Service) Change(ctx context.Context, by actor.Actor, fn func(*Edit)) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := Load(tx)
		if err != nil {
			return err
		}
		edit := Edit{Name: o.Name, PortalOn: o.PortalOn, Settings: o.Settings.clone()}
		fn(&edit)
		if err := edit.check(s.d.Languages); err != nil {
			return err
		}
		changed := o.changed(edit)
		if len(changed) == 0 {
			return nil
		}
		settings, err := json.Marshal(edit.Settings)
		if err != nil {
			return err
		}
		if _, err := store.Exec(tx, updateOrg, edit.Name, edit.PortalOn, string(settings), store.Micros(s.d.Now())); err != nil {
			return err
		}
		return audit.Note(tx, s.d.Now(), by, "org.change", "org:"+o.ID, map[string]any{"changed": changed, "portal_on": edit.PortalOn})
	})
}

// Preview returns the organisation as fn would leave it, checked like a change
// but not saved. It needs ManageOrg.
func (s *Service) Preview(ctx context.Context, by actor.Actor, fn func(*Edit)) (org Org, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return Org{}, err
	}
	if org, err = s.Current(ctx, by); err != nil {
		return Org{}, err
	}
	edit := Edit{Name: org.Name, PortalOn: org.PortalOn, Settings: org.Settings}
	fn(&edit)
	if err := edit.check(s.d.Languages); err != nil {
		return Org{}, err
	}
	org.Name, org.PortalOn, org.Settings = edit.Name, edit.PortalOn, edit.Settings
	return org, nil
}

// SwitchPortal switches the residents' portal of the whole organisation (E7).
// It needs ManageOrg.
func (s *Service) SwitchPortal(ctx context.Context, by actor.Actor, on bool) error {
	return s.Change(ctx, by, func(e *Edit) { e.PortalOn = on })
}

// clone returns a copy that shares nothing with s.
func (s Settings) clone() Settings {
	text, err := json.Marshal(s)
	if err != nil {
		panic("orgs: settings cannot be written: " + err.Error()) // plain data only
	}
	c, err := parseSettings(string(text))
	if err != nil {
		panic("orgs: settings cannot be read back: " + err.Error())
	}
	return c
}

// changed names the values in which an edit differs, by their JSON names.
func (o Org) changed(e Edit) (names []string) {
	if o.Name != e.Name {
		names = append(names, "name")
	}
	if o.PortalOn != e.PortalOn {
		names = append(names, "portal_on")
	}
	old, now := reflect.ValueOf(o.Settings), reflect.ValueOf(e.Settings)
	for i := range old.NumField() {
		if !reflect.DeepEqual(old.Field(i).Interface(), now.Field(i).Interface()) {
			name, _, _ := strings.Cut(old.Type().Field(i).Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}
