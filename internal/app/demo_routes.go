package app

import (
	"context"
	"embed"
	"strings"
	"unicode/utf8"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

//go:generate go tool templ generate

// Texts are the sentences of the demo's own pages.
//
//go:embed text/*.json
var Texts embed.FS

// routes are the pages that only the demo has: the mails that it has caught,
// and the component kit.
func (d *demoRun) routes(*App) []web.Route {
	return []web.Route{
		{Pattern: "GET /demo/outbox", Right: actor.Everyone, Open: true, Handle: d.showOutbox},
		{Pattern: "GET /demo/outbox/{id}", Right: actor.Everyone, Open: true, Handle: d.showMail},
		{Pattern: "GET /demo/storybook", Right: actor.Everyone, Open: true, Handle: d.showStory},
		{Pattern: "GET /demo/storybook/{page}", Right: actor.Everyone, Open: true, Handle: d.showStory},
	}
}

func (d *demoRun) showOutbox(c *web.Ctx) error {
	mine, err := d.ours(c, d.outbox.Messages())
	if err != nil {
		return err
	}
	return c.Plain(200, ui.Head{Title: c.T("app.outbox.title")}, outboxPage(mine))
}

func (d *demoRun) showMail(c *web.Ctx) error {
	m, ok := d.outbox.Find(c.Path("id"))
	if !ok {
		return fault.NotFound("mail")
	}
	mine, err := d.ours(c, []mail.Caught{m})
	if err != nil {
		return err
	}
	if len(mine) == 0 {
		return fault.NotFound("mail")
	}
	return c.Plain(200, ui.Head{Title: m.Subject}, mailPage(m))
}

// ours keeps the mails of the organisation whose host was asked. It goes by
// their deliveries: two organisations may have one sender's address, and one may
// change it.
func (d *demoRun) ours(c *web.Ctx, all []mail.Caught) (mine []mail.Caught, err error) {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].MessageID
	}
	var own map[string]bool
	err = d.DB.Read(c, c.Actor.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		own, err = notifications.Own(tx, ids)
		return err
	})
	for _, m := range all {
		if own[m.MessageID] {
			m.At = m.At.In(c.Org.Zone) // as everywhere else, by the organisation's clock
			mine = append(mine, m)
		}
	}
	return mine, err
}

func (d *demoRun) showStory(c *web.Ctx) error {
	story := ui.Storybook(c.Path("page"))
	if story == nil {
		return fault.NotFound("page")
	}
	return c.Whole(200, story)
}

// line is one paragraph of a mail's text, or a link on a line of its own.
type line struct {
	text string
	link bool
}

// mailWidth is where text mails are wrapped (72 characters).
const mailWidth = 72

// lines puts together again what was wrapped.
func lines(text string) []line {
	var out []line
	before := "" // the line before, as it came
	for l := range strings.SplitSeq(text, "\n") {
		l = strings.TrimSpace(l)
		word, _, _ := strings.Cut(l, " ")
		link := word == l && (strings.HasPrefix(l, "http://") || strings.HasPrefix(l, "https://"))
		if l != "" && !link && before != "" && utf8.RuneCountInString(before)+1+utf8.RuneCountInString(word) > mailWidth {
			out[len(out)-1].text += " " + l
		} else {
			out = append(out, line{l, link})
		}
		before = l
	}
	return out
}
