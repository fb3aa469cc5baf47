package notifications_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/notifications"
	"foyer/internal/notifications/letter"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var berlin = func() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}()

func policy() notifications.Policy {
	return notifications.Policy{Couples: "all", QuietFrom: "22:00", QuietTo: "07:00", DigestAt: "07:00", Zone: berlin}
}

// confirmed has access, listed has only the resident list.
func confirmed(id string) notifications.Reader {
	return notifications.Reader{PersonID: id, LeaseID: "l-" + id, AccountID: "a-" + id, Lang: "de", Name: id, Login: id + "@post.example", Party: true,
		Lines: []string{"Frau", id, "Ahornallee 14", "12623 Berlin"}, NameLines: 2, Line: "Frau " + id, PropertyID: "p1"}
}

func listed(id string) notifications.Reader {
	r := confirmed(id)
	r.AccountID, r.Login = "", ""
	return r
}

func withConsent(r notifications.Reader) notifications.Reader {
	r.Contact, r.Consent = r.PersonID+"@list.example", true
	return r
}

func (b *bench) announce(t *testing.T, p notifications.Policy, a notifications.Announcement) []notifications.Planned {
	t.Helper()
	var plan []notifications.Planned
	if err := b.db.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) (err error) {
		before, err := b.svc.Plan(tx, b.t, p, a)
		if err != nil {
			return err
		}
		if plan, err = b.svc.Announce(tx, b.t, p, a); err == nil && !cmp.Equal(before, plan) {
			t.Error("the preview is not what is sent")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return plan
}

func (b *bench) withLetters() *bench {
	b.svc.RegisterLetter("test", func(context.Context, actor.Actor, notifications.Delivery) (letter.Letter, error) {
		return letter.Letter{Lang: "de", Subject: "Betreff", Salutation: "Guten Tag,", Intro: []string{"Text"}}, nil
	})
	return b
}

var allRows = store.Scoped(`SELECT channel || ' ' || person_id || ' ' || address || ' ' || state FROM delivery WHERE org_id = $1 ORDER BY channel, person_id`)

func (b *bench) rows(t *testing.T) (out []string) {
	t.Helper()
	if err := b.db.Read(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = store.List[string](tx, allRows)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (b *bench) choose(t *testing.T, account string, topic notifications.Topic, post, email, push bool) {
	t.Helper()
	q := store.Scoped(`INSERT INTO preference (org_id, account_id, topic, post, email, push, chosen_at) VALUES ($1, $2, $3, $4, $5, $6, 1)`)
	b.exec(t, q, account, string(topic), post, email, push)
}

func (b *bench) exec(t *testing.T, q store.Query, args ...any) {
	t.Helper()
	if err := b.db.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, q, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func to(topic notifications.Topic, key string, readers ...notifications.Reader) notifications.Announcement {
	return notifications.Announcement{Topic: topic, Kind: "test", Key: key, Readers: readers, Letter: true, PropertyID: "p1"}
}

// ways writes a plan as "id: portal email …".
func ways(plan []notifications.Planned) (out []string) {
	for _, p := range plan {
		var w []string
		for _, x := range []struct {
			on   bool
			name string
		}{{p.Portal, "portal"}, {p.Email, "email"}, {p.Full, "full"}, {p.Push, "push"}, {p.Letter, "letter"}, {p.Shared, "shared"}, {p.Invite, "invite"}} {
			if x.on {
				w = append(w, x.name)
			}
		}
		out = append(out, p.Reader.PersonID+": "+strings.Join(w, " "))
	}
	return out
}

func TestH11_A15_A16_W9_WhoIsToldByWhichChannel(t *testing.T) {
	full := policy()
	full.FullText = true
	basis := full
	basis.TransactionalBasis = true
	byMail, urgent := policy(), func(a notifications.Announcement) notifications.Announcement { a.Urgent = true; return a }
	byMail.InviteByEmail, byMail.InviteByPost = true, false
	noPaper := func(a notifications.Announcement) notifications.Announcement { a.Letter = false; return a }
	mayRegister := func(r notifications.Reader) notifications.Reader { r.MayRegister = true; return r }
	unlisted := listed("ole")
	unlisted.Lines, unlisted.NameLines = nil, 0
	contact := listed("ole")
	contact.Contact = "ole@list.example"
	cases := []struct {
		name string
		p    notifications.Policy
		a    notifications.Announcement
		want []string
	}{
		{"a reply: portal and e-mail (H11)", policy(), to(notifications.Messages, "k", confirmed("ada")), []string{"ada: portal email"}},
		{"answers to requests (A15)", policy(), to(notifications.Cases, "k", confirmed("ada")), []string{"ada: portal email"}},
		{"ordinary notices stay in the portal", policy(), to(notifications.Notices, "k", confirmed("ada")), []string{"ada: portal"}},
		{"urgent notices do not", policy(), urgent(to(notifications.Notices, "k", confirmed("ada"))), []string{"ada: portal email"}},
		{"as chosen (A16)", policy(), to(notifications.Documents, "k", confirmed("eva")), []string{"eva: portal push letter"}},
		{"not chosen", policy(), to(notifications.Messages, "k", confirmed("eva")), []string{"eva: portal"}},
		{"urgent in spite of the choice", policy(), urgent(to(notifications.Messages, "k", confirmed("eva"))), []string{"eva: portal email push"}},
		{"paper for whom nobody registered (W9)", policy(), to(notifications.Messages, "k", listed("ole")), []string{"ole: letter"}},
		{"nothing", policy(), noPaper(to(notifications.Messages, "k", listed("ole"))), []string{"ole: "}},
		{"no postal address", policy(), to(notifications.Messages, "k", unlisted), []string{"ole: "}},
		{"consent, notices only (X7)", policy(), to(notifications.Messages, "k", withConsent(listed("ole"))), []string{"ole: letter"}},
		{"consent and full text (E18)", full, to(notifications.Messages, "k", withConsent(listed("ole"))), []string{"ole: email full"}},
		{"full text, no consent (X7)", full, to(notifications.Messages, "k", contact), []string{"ole: letter"}},
		{"full text by the organisation's own basis (X7)", basis, to(notifications.Messages, "k", contact), []string{"ole: email full"}},
		{"full text for whom has access and agreed (X9)", full, to(notifications.Messages, "k", withConsent(confirmed("ada"))), []string{"ada: portal email full"}},
		{"an address that bounces", policy(), to(notifications.Messages, "k", confirmed("bea")), []string{"bea: portal letter"}},
		{"invited by e-mail (X4)", byMail, to(notifications.Messages, "k", mayRegister(withConsent(listed("ole")))), []string{"ole: letter invite"}},
		{"not invited without consent", byMail, to(notifications.Messages, "k", mayRegister(contact)), []string{"ole: letter"}},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).withLetters()
		b.choose(t, "a-eva", notifications.Documents, true, false, true)
		b.exec(t, store.Scoped(`INSERT INTO push_device (org_id, id, account_id, endpoint, p256dh, auth, device, created_at, seen_at)
			VALUES ($1, 'd', 'a-eva', 'https://push.example/1', 'x', 'x', 'x', 1, 1)`))
		b.exec(t, store.Scoped(`INSERT INTO bouncing (org_id, address, delivery_id, status, reason, since) VALUES ($1, 'bea@post.example', 'x', '5.1.1', '', 1)`))
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				c.a.Key = fmt.Sprint("message:", i)
				if got := ways(b.announce(t, c.p, c.a)); !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
	})
}

func TestW4_CouplesGetOneLetterOrNone(t *testing.T) {
	mate := func(r notifications.Reader) notifications.Reader { r.LeaseID = "l"; return r }
	elsewhere := mate(listed("ole"))
	elsewhere.Lines = []string{"Herrn", "ole", "Hafenweg 1", "20457 Hamburg"}
	one := policy()
	one.Couples = "one"
	child := mate(listed("kim"))
	child.Party = false
	for _, c := range []struct {
		name    string
		p       notifications.Policy
		readers []notifications.Reader
		want    []string
		letters []string
	}{
		{"all: the other one gets a letter", policy(), []notifications.Reader{mate(confirmed("ada")), mate(listed("ole"))},
			[]string{"ada: portal email", "ole: letter"}, []string{"Frau\nole\nAhornallee 14\n12623 Berlin"}},
		{"one: no paper any more", one, []notifications.Reader{mate(listed("ole")), mate(confirmed("ada"))}, []string{"ole: ", "ada: portal email"}, nil},
		{"one: but for who is no party", one, []notifications.Reader{child, mate(confirmed("ada"))},
			[]string{"kim: letter", "ada: portal email"}, []string{"Frau\nkim\nAhornallee 14\n12623 Berlin"}},
		{"one: alone", one, []notifications.Reader{mate(listed("ole"))}, []string{"ole: letter"}, []string{"Frau\nole\nAhornallee 14\n12623 Berlin"}},
		{"together", policy(), []notifications.Reader{mate(listed("eva")), mate(listed("ole"))},
			[]string{"eva: letter", "ole: letter shared"}, []string{"Frau eva\nFrau ole\nAhornallee 14\n12623 Berlin", "shared"}},
		{"apart", policy(), []notifications.Reader{mate(listed("eva")), elsewhere},
			[]string{"eva: letter", "ole: letter"}, []string{"Frau\neva\nAhornallee 14\n12623 Berlin", "Herrn\nole\nHafenweg 1\n20457 Hamburg"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				b := setup(db).withLetters()
				if got := ways(b.announce(t, c.p, to(notifications.Messages, "k", c.readers...))); !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
				var letters []string
				if err := db.Read(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) (err error) {
					letters, err = store.List[string](tx, store.Scoped(`SELECT CASE WHEN shared_id <> '' THEN 'shared' ELSE address END FROM delivery
						WHERE org_id = $1 AND channel = 'letter' ORDER BY id`))
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(letters, c.letters) {
					t.Errorf("letters %q, want %q", letters, c.letters)
				}
			})
		})
	}
}

func TestAnnouncedOnceWhateverHappens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).withLetters()
		twice := confirmed("ada")
		twice.PersonID = "ada-2" // one login, two persons
		a := to(notifications.Messages, "message:1", confirmed("ada"), twice, listed("ole"))
		b.announce(t, policy(), a)
		b.announce(t, policy(), a)
		b.drain(t)
		want := []string{"email ada ada@post.example sent", "letter ole Frau\nole\nAhornallee 14\n12623 Berlin queued", "portal ada  sent", "portal ada-2  sent"}
		if got := b.rows(t); !cmp.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
		if len(b.sender.sent) != 1 {
			t.Errorf("%d mails", len(b.sender.sent))
		}
	})
}

func TestQuietHoursDelayWhatIsNotUrgent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).withLetters()
		b.t = time.Date(2026, 11, 12, 22, 30, 0, 0, berlin)
		b.announce(t, policy(), to(notifications.Messages, "late", confirmed("ada")))
		now := to(notifications.Messages, "urgent", confirmed("eva"))
		now.Urgent = true
		b.announce(t, policy(), now)
		b.drain(t)
		if len(b.sender.sent) != 1 || b.sender.sent[0].To.Addr != "eva@post.example" {
			t.Fatalf("%d mails in the night", len(b.sender.sent))
		}
		b.t = time.Date(2026, 11, 13, 6, 59, 0, 0, berlin)
		b.drain(t)
		if len(b.sender.sent) != 1 {
			t.Fatal("mailed before seven")
		}
		b.t = time.Date(2026, 11, 13, 7, 0, 0, 0, berlin)
		b.drain(t)
		if len(b.sender.sent) != 2 {
			t.Fatal("not mailed at seven")
		}
	})
}

func TestNoticesAreCollectedIntoOneMail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).withLetters()
		b.choose(t, "a-ada", notifications.Notices, false, true, false)
		for i := range 3 {
			b.announce(t, policy(), to(notifications.Notices, fmt.Sprint("notice:", i), confirmed("ada")))
			b.t = b.t.Add(time.Hour)
		}
		b.drain(t)
		if len(b.sender.sent) != 0 {
			t.Fatal("a notice was mailed at once")
		}
		b.t = time.Date(2026, 11, 13, 7, 0, 0, 0, berlin)
		b.drain(t)
		if len(b.sender.sent) != 1 || strings.Count(b.sender.sent[0].Text, "Titel") < 3 {
			t.Fatalf("%d mails", len(b.sender.sent))
		}
		for _, r := range b.rows(t) {
			if strings.HasPrefix(r, "email") && !strings.HasSuffix(r, "sent") {
				t.Error(r)
			}
		}
	})
}
