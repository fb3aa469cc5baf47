package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
)

// speak returns a context that speaks the language with the kit's texts.
func speak(t *testing.T, lang string) context.Context {
	t.Helper()
	b, err := i18n.New(i18n.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	return i18n.With(t.Context(), b.Printer(lang))
}

// render draws a component in German.
func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(speak(t, "de"), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// within draws a component around children.
func within(outer, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	})
}

func TestFormListsComplaintsAndLinksThem(t *testing.T) {
	inv := &fault.Invalid{}
	inv.Add("", "ui.error.after", "when", "morgen")
	inv.Add("mail", "ui.skip")
	fields := templ.Join(
		Field(FieldProps{Name: "name", Label: "Name"}),
		Field(FieldProps{Name: "mail", Label: "E-Mail-Adresse", Hint: "Damit melden Sie sich an."}),
	)
	got := render(t, within(Form(FormProps{Action: "/x", Prefix: "reg", Invalid: inv, Key: "k1"}), fields))
	for _, want := range []string{
		`role="alert"`, "Bitte prüfen Sie 2 Angaben",
		`<a class="ds-link" href="#reg-mail">E-Mail-Adresse: Zum Inhalt springen</a>`,
		"<li>Versuchen Sie es morgen noch einmal.</li>",
		`<input type="hidden" name="_key" value="k1">`,
		`id="reg-mail" name="mail" type="text" value="" aria-describedby="reg-mail-h reg-mail-e" aria-invalid="true"`,
		`id="reg-mail-e">Zum Inhalt springen`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, `id="reg-name-e"`) {
		t.Error("the field without complaint shows one")
	}
}

func TestTitleOfPage(t *testing.T) {
	got := render(t, AuthLayout(Shell{OrgName: "Lindhof"}, Head{Title: "Anmelden", Invalid: true}))
	if !strings.Contains(got, "<title>Fehler: Anmelden – Lindhof</title>") {
		t.Error(got)
	}
}
