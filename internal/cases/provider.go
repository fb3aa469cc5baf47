package cases

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Provider is a firm that helps in some properties, or in all.
type Provider struct {
	ID         string
	Position   int
	Name       string   // "Sander Sanitär + Heizung"
	Trade      string   // "Wasser, Heizung"
	Phone      string   // as one dials it
	Hours      string   // "bis 22 Uhr"
	Icon       string   // name of a drawing
	Public     bool     // residents see it above the form (H12)
	Properties []string // none: all
	Active     bool
}

// In tells whether the firm helps in a property.
func (p Provider) In(propertyID string) bool {
	return p.Active && (len(p.Properties) == 0 || slices.Contains(p.Properties, propertyID))
}

func (p *Provider) dest() []any {
	return []any{&p.ID, &p.Position, &p.Name, &p.Trade, &p.Phone, &p.Hours, &p.Icon, &p.Public, &p.Active}
}

// ProvidersOf returns all providers of the transaction's organisation in their
// order.
func ProvidersOf(tx *store.Tx) ([]Provider, error) {
	list, err := store.All(tx, allProviders, (*Provider).dest)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var provider, property string
	err = store.Each(tx, providerProperties, []any{&provider, &property}, func() error {
		if i := slices.IndexFunc(list, func(p Provider) bool { return p.ID == provider }); i >= 0 {
			list[i].Properties = append(list[i].Properties, property)
		}
		return nil
	})
	return list, err
}

// Providers lists the organisation's providers. It needs ReadCases.
func (s *Service) Providers(ctx context.Context, by actor.Actor) (list []Provider, err error) {
	defer fault.Wrap(&err, "list providers")
	if err := by.Must(actor.ReadCases); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err = ProvidersOf(tx)
		return err
	})
	return list, err
}

// Helpers lists the providers that a signed-in resident sees for a property of
// an own lease (H12).
func (s *Service) Helpers(ctx context.Context, by actor.Actor, propertyID string) (list []Provider, err error) {
	defer fault.Wrap(&err, "list the providers of a property")
	if err := by.Must(actor.Self); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err = ProvidersOf(tx)
		list = slices.DeleteFunc(list, func(p Provider) bool { return !p.Public || !p.In(propertyID) })
		return err
	})
	return list, err
}

// SaveProvider writes a provider, a new one when it has no id, and returns its
// id. It needs ManageOrg. Complaints: name, phone.
func (s *Service) SaveProvider(ctx context.Context, by actor.Actor, p Provider) (id string, err error) {
	defer fault.Wrap(&err, "write a provider")
	if err := by.Must(actor.ManageOrg); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := ProvidersOf(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Provider) bool { return x.ID == p.ID })
		if p.ID != "" && i < 0 {
			return fault.NotFound("provider")
		}
		bad := &fault.Invalid{}
		if strings.TrimSpace(p.Name) == "" {
			bad.Add("name", "cases.provider.no_name")
		}
		limit(bad, "name", p.Name, maxName)
		limit(bad, "trade", p.Trade, maxName)
		limit(bad, "hours", p.Hours, maxName)
		if limit(bad, "phone", p.Phone, 40); p.Public && digits(p.Phone) < 3 {
			bad.Add("phone", "cases.provider.no_phone")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if i < 0 {
			p.ID, p.Position = store.NewID(), len(list)+1
		} else if p.Position == 0 {
			p.Position = list[i].Position
		}
		id = p.ID
		if _, err := store.Exec(tx, putProvider, p.ID, p.Position, p.Name, p.Trade, p.Phone, p.Hours, p.Icon, p.Public, p.Active); err != nil {
			return err
		}
		if _, err := store.Exec(tx, dropProviderProperties, p.ID); err != nil {
			return err
		}
		for _, property := range p.Properties {
			if _, err := store.Exec(tx, putProviderProperty, p.ID, property); err != nil {
				return err
			}
		}
		return audit.Note(tx, s.Now(), by, "case.provider", "provider:"+p.ID, nil)
	})
	return id, err
}

func providerByID(list []Provider, id string) (Provider, bool) {
	i := slices.IndexFunc(list, func(p Provider) bool { return p.ID == id && id != "" })
	if i < 0 {
		return Provider{}, false
	}
	return list[i], true
}

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// limit complains about a text that is too long.
func limit(bad *fault.Invalid, name, text string, max int) {
	if utf8.RuneCountInString(text) > max {
		bad.Add(name, "cases.too_long", "max", max)
	}
}
