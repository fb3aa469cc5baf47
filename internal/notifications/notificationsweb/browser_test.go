package notificationsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"foyer/internal/browsertest"
	"foyer/internal/notifications"
	"foyer/internal/notifications/notificationsweb"
)

func reader(id string, access bool) notifications.Reader {
	r := notifications.Reader{PersonID: id, LeaseID: "l-" + id, Lang: "de", Name: id, Party: true, Lines: []string{"Frau", id, "Ahornallee 14", "12623 Berlin"}, NameLines: 2, Line: "Frau " + id, PropertyID: "p1"}
	if access {
		r.AccountID, r.Login = "a-"+id, id+"@post.example"
	}
	return r
}

func TestA16_AResidentChoosesChannels(t *testing.T) {
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 1280, Height: 900}, {Width: 390, NoScript: true}} {
		d := newDesk(t)
		d.people["ada"] = reader("ada", true)
		p := b.OpenFor(t, w)
		p.Go(d.url + notificationsweb.PreferencesPath)
		p.Shows("Wie möchten Sie informiert werden?", "Sie haben noch nichts ausgewählt", "E-Mails gehen an ada@post.example.")
		if n := p.Count("input:checked"); n != 0 {
			t.Errorf("%d boxes are ticked that nobody chose", n)
		}
		looked(p, w, "auswahl-leer")
		p.Tap("Antworten zu Vorgängen: E-Mail")
		p.Tap("Neue Dokumente und Abrechnungen: Post")
		p.Follow("Auswahl speichern")
		p.Shows("Ihre Auswahl ist gespeichert.")
		if n := p.Count("input:checked"); n != 2 || p.Has("Sie haben noch nichts ausgewählt") {
			t.Errorf("%d boxes are ticked", n)
		}
		d.exec(`INSERT INTO push_device (org_id, id, account_id, endpoint, p256dh, auth, device, created_at, seen_at) VALUES ($1, 'd1', 'a-ada', 'https://push.example/1', 'x', 'x', 'Firefox · Android', 1762000000000000, 0)`)
		d.exec(`INSERT INTO bouncing (org_id, address, delivery_id, status, reason, since) VALUES ($1, 'ada@post.example', 'x', '5.1.1', '', 1)`)
		p.Go(d.url + notificationsweb.PreferencesPath + "?ok=gespeichert")
		p.Shows("Push auf Ihren Geräten", "Firefox · Android", "E-Mails an ada@post.example kommen zurück")
		looked(p, w, "auswahl")
		p.Follow("Push entfernen: Firefox · Android")
		p.Shows("Das Gerät bekommt keine Push-Nachrichten mehr.")
	}
}

func TestA16_OneClickEndsTheMailsOfATopic(t *testing.T) {
	d := newDesk(t)
	d.people["ada"] = reader("ada", true)
	d.announce("message:1", d.people["ada"])
	d.drain()
	link := d.outbox.Messages()[0].Unsubscribe
	w := browsertest.Window{Width: 390}
	p := browsertest.Start(t).OpenFor(t, w)
	p.Go(link)
	p.Shows("Möchten Sie keine E-Mails mehr", "Nachrichten der Verwaltung")
	looked(p, w, "abbestellen")
	if got, err := d.Preferences(t.Context(), resident); err != nil || got.Chosen {
		t.Errorf("looking has changed something: %+v, %v", got, err)
	}
	// What a mail program sends (RFC 8058): no cookie, no header of a browser.
	resp, err := http.PostForm(link, url.Values{"List-Unsubscribe": {"One-Click"}})
	must(t, err)
	must(t, resp.Body.Close())
	got, err := d.Preferences(t.Context(), resident)
	if err != nil || resp.StatusCode != http.StatusOK || !got.Chosen || got.Topics[notifications.Messages].Email || !got.Topics[notifications.Cases].Email {
		t.Errorf("%d, %+v, %v", resp.StatusCode, got, err)
	}
	p.Follow("E-Mails abbestellen")
	p.Shows("Sie bekommen keine E-Mails mehr zum Thema")
	looked(p, w, "abbestellt")
	if resp, err := http.Get(strings.Replace(link, "messages", "cases", 1)); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("a forged link: %v, %v", resp, err)
	}
}
