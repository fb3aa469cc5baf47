package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// demoPassword is everybody's in the demo.
const demoPassword = "Kastanie-Nordwind-Laterne"

// demoPlan is one organisation of the demo.
type demoPlan struct {
	slug, name, host string
	set              func(*orgs.Settings)
	staff            []orgs.NewStaff
	list             func() *demoList
	uvi              []string // references of properties with consumption information
	released         []string // released long ago: their first letters have run out
	letters          []string // released this morning: letters wait to be printed
	registered       []demoLogin
	invited          map[string]string // person reference → address
	codes            []string          // persons whose code is in demo.json
}

var demoPlans = []demoPlan{
	{slug: "lindhof", name: "Lindhof Hausverwaltung", host: "localhost", list: lindhofList, set: func(s *orgs.Settings) {
		s.LegalName, s.Street, s.Postcode, s.City = "Lindhof Hausverwaltung GmbH", "Werftstraße 8", "12459", "Berlin"
		s.Phone, s.Hours, s.Email = "030 23125 100", "Mo–Fr 8–16 Uhr", "hallo@lindhof.example"
		s.LetterContact, s.LetterFooter = "Jette Petersen", []string{"Amtsgericht Berlin, HRB 000000", "USt-IdNr. DE000000000", "Geschäftsführerin: Inga Lindhof"}
		s.SenderAddress, s.ImprintURL = "portal@lindhof.example", "https://www.lindhof.example/impressum"
		s.EmergencyNumbers = []orgs.EmergencyNumber{{Label: "Notdienst der Verwaltung", Number: "030 23125 900", Note: "Tag und Nacht"}, {Label: "Aufzug-Notruf", Number: "030 23125 911"}}
	},
		staff: []orgs.NewStaff{
			{Email: "inga.lindhof@lindhof.example", StaffChange: orgs.StaffChange{Name: "Inga Lindhof", Role: actor.Proprietor}},
			{Email: "jette.petersen@lindhof.example", StaffChange: orgs.StaffChange{Name: "Jette Petersen", Phone: "030 23125 112", Role: actor.Manager}},
			{Email: "timo.krueger@lindhof.example", StaffChange: orgs.StaffChange{Name: "Timo Krüger", Role: actor.Caretaker}},
		},
		uvi: []string{"100", "130"}, released: []string{"100", "110", "120"}, letters: []string{"130"},
		registered: []demoLogin{{"marlene.brandt@post.example", "M-1405"}, {"samira.haddad@post.example", "14-02-1"}, {"praxis@kern.example", "14-06-1"}, {"hanna.kaya@post.example", "10-01-1"}, {"vera.czerny@post.example", "10-03-1"}},
		invited:    map[string]string{"14-11-1": "lea.moreau@post.example", "14-03-1": "ole.christensen@umgezogen.example"},
		codes:      []string{"14-11-2", "14-01-1", "14-05-2"}},
	{slug: "seeblick", name: "Wohnungsgenossenschaft Seeblick", host: "127.0.0.1", list: seeblickList, set: func(s *orgs.Settings) {
		s.LegalName, s.Street, s.Postcode, s.City = "Wohnungsgenossenschaft Seeblick eG", "Uferweg 1", "18055", "Rostock"
		s.Phone, s.Hours, s.Email, s.Brand = "0381 4963 00", "Mo–Do 9–15 Uhr", "info@seeblick.example", "#a3242e"
		s.LetterContact, s.SenderAddress = "Henning Maas", "portal@seeblick.example"
		s.EmergencyNumbers = []orgs.EmergencyNumber{{Label: "Bereitschaft", Number: "0381 4963 99", Note: "nach 16 Uhr"}}
	},
		staff: []orgs.NewStaff{{Email: "henning.maas@seeblick.example", StaffChange: orgs.StaffChange{Name: "Henning Maas", Role: actor.Proprietor}}},
		uvi:   []string{"S-1"}, released: []string{"S-1"}, registered: []demoLogin{{"ingrid.halvorsen@post.example", "SB-1"}}, codes: []string{"U5-02-1"}},
}

// make fills one organisation through the use-cases that people use, with the
// clock set back for what lies in the past.
func (d *demoRun) make(ctx context.Context, plan demoPlan) error {
	o, err := d.Orgs.Create(ctx, actor.NewOperator(store.NewID()), orgs.NewOrg{Slug: plan.slug, Name: plan.name, Host: plan.host + ":" + d.port})
	if err != nil {
		return d.plain(err)
	}
	s := &seeder{demoRun: d, plan: plan, by: actor.NewOperator(o.ID), anon: actor.NewAnonymous(o.ID), as: map[string]actor.Actor{}}
	origin := "http://" + plan.host + ":" + d.port
	s.out = demoOrg{Slug: plan.slug, URL: origin + "/anmelden", StaffURL: origin + "/verwaltung/anmelden"}
	defer d.back.Store(0)
	for _, step := range []struct {
		ago time.Duration
		run func(context.Context) error
	}{{100 * day, s.settings}, {99 * day, s.team}, {98 * day, s.portfolio}, {90 * day, s.release(plan.released)}, {70 * day, s.register}, {12 * day, s.renew},
		{2 * day, s.invite}, {26 * time.Hour, s.talk}, {3 * time.Hour, s.release(plan.letters)}, {0, s.hand}} {
		d.back.Store(int64(step.ago))
		if err := step.run(ctx); err != nil {
			return d.plain(err)
		}
		if _, err := d.Queue.Drain(ctx); err != nil {
			return err
		}
	}
	d.file.BaseURL = "http://localhost:" + d.port
	d.file.Organisations = append(d.file.Organisations, s.out)
	return nil
}

const day = 24 * time.Hour

type seeder struct {
	*demoRun
	plan     demoPlan
	by, anon actor.Actor
	out      demoOrg
	as       map[string]actor.Actor // people who do something later, by user name
}

func (s *seeder) settings(ctx context.Context) error {
	return s.Orgs.Change(ctx, s.by, func(e *orgs.Edit) { s.plan.set(&e.Settings); e.PortalOn = true })
}

func (s *seeder) team(ctx context.Context) error {
	for _, m := range s.plan.staff {
		id, err := s.Access.InviteStaff(ctx, s.by, m)
		if err != nil {
			return err
		}
		link, err := s.Access.InvitationLink(ctx, s.by, id)
		if err != nil {
			return err
		}
		known, err := s.Access.AcceptInvitation(ctx, s.anon, last(link), demoPassword)
		if err != nil {
			return err
		}
		in, err := s.Access.SignIn(ctx, s.anon, access.StaffSite, access.SignIn{Email: m.Email, Password: demoPassword, Visit: access.Visit{Known: known}})
		if err != nil {
			return err
		}
		if err := s.remember(ctx, m.Email, access.StaffSite, in.Token); err != nil {
			return err
		}
		s.out.Staff = append(s.out.Staff, demoLogin{m.Email, demoPassword})
	}
	return nil
}

// last returns what follows the last slash: the token of a link.
func last(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

func (s *seeder) portfolio(ctx context.Context) error {
	if err := s.importList(ctx, s.by, "mieter-"+s.plan.slug+".csv", s.plan.list().csv()); err != nil {
		return err
	}
	for _, ref := range s.plan.uvi {
		p, err := s.property(ctx, ref)
		if err != nil {
			return err
		}
		if err := s.Portfolio.SetUVIService(ctx, s.by, p.ID, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) property(ctx context.Context, ref string) (p portfolio.Property, err error) {
	err = s.DB.Read(ctx, s.by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		list, err := portfolio.PropertiesByRef(tx, []string{ref})
		if err == nil && len(list) != 1 {
			return fmt.Errorf("no property %s", ref)
		}
		if err == nil {
			p = list[0]
		}
		return err
	})
	return p, err
}

func (s *seeder) person(ctx context.Context, ref string) (id string, err error) {
	err = s.DB.Read(ctx, s.by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		list, err := portfolio.PersonsByRef(tx, []string{ref})
		if err == nil && len(list) != 1 {
			return fmt.Errorf("no person %s", ref)
		}
		if err == nil {
			id = list[0].ID
		}
		return err
	})
	return id, err
}

// release opens properties, which makes their letters.
func (s *seeder) release(refs []string) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, ref := range refs {
			p, err := s.property(ctx, ref)
			if err != nil {
				return err
			}
			if err := s.Access.ConfirmChecklist(ctx, s.by, p.ID, true, true, true); err != nil {
				return err
			}
			if err := s.Access.SetPropertyPortal(ctx, s.by, p.ID, true); err != nil {
				return err
			}
		}
		return nil
	}
}

var sixDigits = regexp.MustCompile(`\b\d{3} ?\d{3}\b`)

// register lets residents register as they do: code, form, number from the
// mail, "yes, that is me".
func (s *seeder) register(ctx context.Context) error {
	for _, login := range s.plan.registered {
		id, err := s.person(ctx, login.Password) // the plan holds the person's reference there
		if err != nil {
			return err
		}
		code, _, err := s.Access.CodeInHand(ctx, s.by, id)
		if err != nil {
			return err
		}
		browser, err := s.Access.StartRegistration(ctx, s.anon, access.Start{Entered: access.Entered{Code: code}, Email: login.Email, Password: demoPassword, Lang: "de"})
		if err != nil {
			return err
		}
		if _, err := s.Queue.Drain(ctx); err != nil {
			return err
		}
		pin := sixDigits.FindString(s.outbox.Messages()[0].Text)
		if err := s.Access.ConfirmByPIN(ctx, s.anon, browser, pin); err != nil {
			return err
		}
		in, err := s.Access.Accept(ctx, s.anon, browser, true, access.Visit{UserAgent: "Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"})
		if err != nil {
			return err
		}
		if err := s.remember(ctx, login.Email, access.ResidentSite, in.Token); err != nil {
			return err
		}
		s.out.Residents = append(s.out.Residents, demoLogin{login.Email, demoPassword})
	}
	return nil
}

// renew gives two of three persons a new code, as a manager would for who asks,
// so that the lists show every state.
func (s *seeder) renew(ctx context.Context) error {
	for i, row := range s.plan.list().rows {
		if i%3 == 0 || !slices.Contains(s.plan.released, row[0]) {
			continue
		}
		id, err := s.person(ctx, row[slices.Index(demoHeader, "person_ref")])
		if err != nil {
			return err
		}
		var confirmed *fault.Conflict
		if _, _, err := s.Access.CodeInHand(ctx, s.by, id); err != nil && !errors.As(err, &confirmed) {
			return err
		}
	}
	return nil
}

func (s *seeder) invite(ctx context.Context) error {
	for ref, address := range s.plan.invited {
		id, err := s.person(ctx, ref)
		if err != nil {
			return err
		}
		given := &access.ConsentGiven{On: s.now().AddDate(0, 0, -10).Format(time.DateOnly), Wording: "Einwilligung im Übergabeprotokoll"}
		if err := s.Access.Invite(ctx, s.by, access.ByMail{PersonID: id, Address: address, Consent: given}); err != nil {
			return err
		}
	}
	return nil
}

// hand puts codes into demo.json, to register with.
func (s *seeder) hand(ctx context.Context) error {
	for _, ref := range s.plan.codes {
		id, err := s.person(ctx, ref)
		if err != nil {
			return err
		}
		code, link, err := s.Access.CodeInHand(ctx, s.by, id)
		if err != nil {
			return err
		}
		s.out.Codes = append(s.out.Codes, demoCode{code, link})
	}
	return nil
}

// move rewrites the addresses for another port.
func (o *demoOrg) move(host, port string) {
	at := func(link string) string {
		u, err := url.Parse(link)
		if err != nil {
			return link
		}
		u.Host = host + ":" + port
		return u.String()
	}
	o.URL, o.StaffURL = at(o.URL), at(o.StaffURL)
	for i := range o.Codes {
		o.Codes[i].URL = at(o.Codes[i].URL)
	}
}
