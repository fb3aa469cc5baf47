package contactchanges

import (
	"flag"
	"os"
	"strings"
	"testing"

	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var update = flag.Bool("update", false, "write the golden mails")

// Every mail of this package in both languages, as it reads in clear.
func TestGoldenMails(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t).DB)
	var o orgs.Org
	w.write(func(tx *store.Tx) (err error) { o, err = orgs.Load(tx); return err })
	for _, lang := range []string{"de", "en"} {
		var b strings.Builder
		for _, m := range []struct{ kind, path string }{{mailVerify, VerifyPath + "TOKEN"}, {mailAsked + "_email", CancelPath + "TOKEN"}, {mailAsked + "_data", CancelPath + "TOKEN"},
			{mailMoved + ".old", Page}, {mailMoved + ".new", Page}, {mailRestored + ".old", forgotPath}, {mailRestored + ".new", Page},
			{mailHolds, Page}, {mailRejected, Page}, {mailWaited, Page}, {mailDropped, Page}} {
			made := w.compose(o, lang, m.kind, m.path)
			made.Layout.Lang = lang
			_, text, err := mail.Render(made.Layout)
			w.must(err)
			b.WriteString("=== " + m.kind + "\nSubject: " + made.Subject + "\n\n" + text + "\n")
		}
		file := "testdata/mails." + lang + ".golden"
		if *update {
			w.must(os.WriteFile(file, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(file)
		w.must(err)
		if b.String() != string(want) {
			t.Errorf("the mails in %s are not those of %s; run the test with -update and read the difference\n%s", lang, file, b.String())
		}
	}
}
