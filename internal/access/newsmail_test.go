package access

import (
	"strings"
	"testing"

	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// What other capabilities mail has the organisation's frame, one button to its
// own site, and text only when it is handed in.
func TestMailsOfOthersHaveTheFrame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		var o orgs.Org
		e.write(func(tx *store.Tx) (err error) { o, err = orgs.Load(tx); return err })
		w := Wording{Subject: "access.account.mail.reset.subject", Title: "access.account.mail.reset.title", Text: "access.account.mail.reset.text", Button: "access.account.mail.reset.button", Why: "access.account.mail.why"}
		m := e.NewsMail(o, "xx", ResidentSite, w, "/nachrichten/1", []string{"Guten <b>Tag</b>"})
		html, text, err := mail.Render(m.Layout)
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject == "" || m.Layout.Lang != "de" || !strings.Contains(text, o.Name) || !strings.Contains(text, "030 23125 100") || !strings.Contains(text, "/nachrichten/1") {
			t.Errorf("%q: %s", m.Subject, text)
		}
		if strings.Contains(html, "<b>Tag") || !strings.Contains(text, "Guten <b>Tag</b>") {
			t.Error("the text of others is not escaped as text")
		}
	})
}
