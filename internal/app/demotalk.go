package app

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"foyer/internal/access"
	"foyer/internal/contactchanges"
	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/noticeboard"
	"foyer/internal/notifications/letter"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// The people of the demo who talk, by user name.
const (
	demoMarlene = "marlene.brandt@post.example"
	demoHanna   = "hanna.kaya@post.example"
	demoVera    = "vera.czerny@post.example"
	demoJette   = "jette.petersen@lindhof.example"
)

// talk fills the first organisation with what people wrote: messages, documents,
// notices and a wish for another phone number.
func (s *seeder) talk(ctx context.Context) error {
	if s.as[demoJette].Org() == "" { // the other organisation is quiet
		return nil
	}
	for _, part := range []func(context.Context) error{s.documents, s.messages, s.notices, s.change} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) messages(ctx context.Context) error {
	house, err := s.stairwell(ctx, "14")
	if err != nil {
		return err
	}
	if _, err := s.Conversations.Send(ctx, s.as[demoJette], conversations.NewSending{Key: "anstrich", To: conversations.Target{Kind: house.Kind, ID: house.ID}, Replies: true, Subject: "Treppenhaus: Anstrich in der nächsten Woche",
		Text: "Guten Tag,\n\nab Montag streicht die Firma Holm das Treppenhaus in der Ahornallee 14. Die Arbeiten dauern etwa vier Tage. Bitte stellen Sie in dieser Zeit nichts im Treppenhaus ab."}); err != nil {
		return err
	}
	for _, m := range []struct{ who, subject, text, answer string }{
		{demoMarlene, "Schlüssel für den Fahrradkeller", "Guten Tag, mein Schlüssel für den Fahrradkeller ist abgebrochen. Wo bekomme ich einen neuen?", "Guten Tag, Frau Brandt, der Hauswart hat einen Ersatzschlüssel für Sie. Sprechzeit ist Montag und Donnerstag, 8–9 Uhr."},
		{demoHanna, "Untervermietung eines Zimmers", "Guten Tag, ich möchte ab Januar ein Zimmer untervermieten. Was brauchen Sie dafür von mir?", ""},
		{demoVera, "Frage zur Betriebskostenabrechnung", "Warum ist die Position Hauswart höher als im Vorjahr?", ""},
	} {
		by := s.as[m.who]
		mine, err := s.Portfolio.LeasesOf(ctx, by)
		if err != nil {
			return err
		}
		id, err := s.Conversations.Write(ctx, by, conversations.NewMessage{Key: m.subject, LeaseID: mine[0].Lease.ID, Subject: m.subject, Text: m.text})
		if err != nil {
			return err
		}
		if m.answer == "" {
			continue
		}
		if err := s.Conversations.Respond(ctx, s.as[demoJette], id, conversations.Reply{Key: "antwort", Text: m.answer}); err != nil {
			return err
		}
	}
	return nil
}

// stairwell is where a house number's messages and notices go.
func (s *seeder) stairwell(ctx context.Context, number string) (a portfolio.Audience, err error) {
	p, err := s.property(ctx, "100")
	if err != nil {
		return a, err
	}
	err = s.DB.Read(ctx, s.by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := portfolio.BuildingsOf(tx, []string{p.ID})
		for _, b := range list {
			if b.HouseNumber == number {
				a = portfolio.Audience{Kind: portfolio.ToBuilding, ID: b.ID}
			}
		}
		if err == nil && a.ID == "" {
			err = fmt.Errorf("no house %s", number)
		}
		return err
	})
	return a, err
}

func (s *seeder) documents(ctx context.Context) error {
	jette := s.as[demoJette]
	p, err := s.property(ctx, "100")
	if err != nil {
		return err
	}
	mine, err := s.Portfolio.LeasesOf(ctx, s.as[demoMarlene])
	if err != nil {
		return err
	}
	today := s.now().Format(time.DateOnly)
	for _, d := range []struct {
		key, title, text string
		kind             documents.Kind
		to               portfolio.Kind
		id               string
		standing         bool
	}{
		{"hausordnung", "Hausordnung", "Von 22 bis 7 Uhr ist Ruhe im Haus. Treppenhaus und Keller bleiben frei.", documents.Rules, portfolio.ToProperty, p.ID, true},
		{"abrechnung", "Betriebskostenabrechnung 2025", "Diese Abrechnung gehört zur Vorführung. Ihr Guthaben wird mit der nächsten Miete verrechnet.", documents.Statement, portfolio.ToLease, mine[0].Lease.ID, false},
	} {
		f, err := s.Documents.Keep(ctx, jette, "datei", d.title+".pdf", bytes.NewReader(s.paper(d.title, d.text)))
		if err != nil {
			return err
		}
		if _, err := s.Documents.Publish(ctx, jette, documents.Draft{Key: d.key, FileID: f.ID, Audience: d.to, TargetID: d.id,
			Facts: documents.Facts{Kind: d.kind, Title: d.title, Day: today, Standing: d.standing}}); err != nil {
			return err
		}
	}
	return nil
}

// paper is a document of the demo as PDF.
func (s *seeder) paper(title, text string) []byte {
	var out bytes.Buffer
	b, err := letter.New(&out, letter.Sender{Name: s.plan.name}, letter.Options{Title: title, CreatedAt: s.now()})
	if err == nil {
		err = b.Add(letter.Letter{Lang: "de", To: []string{"Zur Vorführung"}, Subject: title, Salutation: "Guten Tag,", Intro: []string{text}, Closing: []string{"Freundliche Grüße", "Jette Petersen"}})
	}
	if err == nil {
		err = b.Close()
	}
	if err != nil { // the texts above fit; anything else is a mistake of ours
		panic(err)
	}
	return out.Bytes()
}

func (s *seeder) notices(ctx context.Context) error {
	p, err := s.property(ctx, "100")
	if err != nil {
		return err
	}
	house, err := s.stairwell(ctx, "14")
	if err != nil {
		return err
	}
	now := s.now()
	on := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	for i, in := range []noticeboard.Input{
		{PropertyID: p.ID, Place: noticeboard.PlaceOf(house), Title: "Im Haus 14 werden die Ventile getauscht", Body: "Heizung und Kaltwasser laufen weiter.", From: on(0), Until: on(5),
			Outage: noticeboard.HotWater, OutageFrom: on(5) + "T09:00", OutageTo: on(5) + "T13:00"},
		{PropertyID: p.ID, Place: "property", Title: "Gelbe Tonne: Abholung jetzt mittwochs", Body: "Bitte stellen Sie die Tonnen am Dienstagabend an die Straße.", From: on(0), Until: on(30)},
		{PropertyID: p.ID, Place: "property", Title: "Laternenfest im Innenhof", Body: "Wir laden alle im Haus ein. Für Kinder gibt es Punsch.\n\nBeginn ist um 17 Uhr.", From: on(0), Until: on(7)},
	} {
		id, err := s.Noticeboard.Write(ctx, s.as[demoJette], fmt.Sprint("aushang", i), in)
		if err != nil {
			return err
		}
		if err := s.Noticeboard.Release(ctx, s.as[demoJette], id); err != nil {
			return err
		}
	}
	return nil
}

// change is a wish for another phone number, which waits for the organisation.
func (s *seeder) change(ctx context.Context) error {
	by := s.as[demoVera]
	who := by.Persons()[0]
	holds, err := s.Contacts.Mine(ctx, by, who)
	if err != nil {
		return err
	}
	_, err = s.Contacts.Request(ctx, by, contactchanges.Wish{Person: who, AuthAt: s.now(), Key: "telefon", Email: holds.Email, Mobile: holds.Mobile, Phone: "030 5550199", Post: holds.Post})
	return err
}

// remember keeps who a person of the demo is, for what that person does later.
func (s *seeder) remember(ctx context.Context, email string, site access.Site, token string) (err error) {
	s.as[email], _, err = s.Access.Authenticate(ctx, s.anon.Org(), site, token)
	return err
}
