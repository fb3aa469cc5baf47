package orgsweb

import (
	"slices"

	"github.com/a-h/templ"

	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// show is a page of settings as they are stored.
func (p *pages) show(which page) web.Handler {
	return func(c *web.Ctx) error {
		v, err := p.view(c)
		if err != nil {
			return err
		}
		v.saved = savedText(c)
		return c.Page(head(c, which), body(which, v))
	}
}

func (p *pages) view(c *web.Ctx) (view, error) {
	o, err := p.Orgs.Current(c, c.Actor)
	return view{org: o, langs: p.Languages}, err
}

func head(c *web.Ctx, which page) ui.Head {
	switch which {
	case texts:
		return ui.Head{Title: c.T("orgsweb.texts.title")}
	case talk:
		return ui.Head{Title: c.T("orgsweb.talk.title")}
	}
	return ui.Head{Title: c.T("orgsweb.title")}
}

func body(which page, v view) templ.Component {
	switch which {
	case texts:
		return textsPage(v)
	case talk:
		return talkPage(v)
	}
	return generalPage(v)
}

// save takes one form: a preview, complaints on the same page, or the change.
func (p *pages) save(s section) web.Handler {
	return func(c *web.Ctx) error {
		f, err := c.Form()
		if err != nil {
			return err
		}
		if s.check != nil {
			if bad := fault.AsInvalid(s.check(c, f)); bad != nil {
				return p.again(c, s, f, bad)
			}
		}
		fn := func(e *orgs.Edit) { s.apply(f, e) }
		switch preview := f.Text("preview"); {
		case preview != "" && s.name == "aussehen":
			return p.previewLook(c, s, f, fn)
		case preview != "" && s.name == "briefe":
			err = p.previewLetter(c, preview, fn)
			if err == nil {
				return nil
			}
		case s.name == "briefe":
			if err = p.tryLetters(c, fn); err == nil {
				err = p.Orgs.Change(c, c.Actor, fn)
			}
		default:
			err = p.Orgs.Change(c, c.Actor, fn)
		}
		if bad := fault.AsInvalid(err); bad != nil {
			return p.again(c, s, f, bad)
		}
		if err != nil {
			return err
		}
		return saved(c, s.page.path(), s.name)
	}
}

func (p *pages) again(c *web.Ctx, s section, f web.Form, bad *fault.Invalid) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	v.typed, v.form, v.bad = &s, f, bad
	return c.Again(head(c, s.page), body(s.page, v))
}

// previewLook shows the whole page in a colour that is not saved.
func (p *pages) previewLook(c *web.Ctx, s section, f web.Form, fn func(*orgs.Edit)) error {
	tried, err := p.Orgs.Preview(c, c.Actor, fn)
	if bad := fault.AsInvalid(err); bad != nil {
		return p.again(c, s, f, bad)
	}
	if err != nil {
		return err
	}
	v, err := p.view(c)
	if err != nil {
		return err
	}
	v.typed, v.form, v.tried = &s, f, tried.Settings.Brand
	c.Org.Shell.BrandHex = tried.Settings.Brand
	return c.Page(head(c, s.page), body(s.page, v))
}

// previewLetter answers with a letter of texts that are not saved.
func (p *pages) previewLetter(c *web.Ctx, lang string, fn func(*orgs.Edit)) error {
	o, err := p.Orgs.Preview(c, c.Actor, fn)
	if err != nil {
		return err
	}
	return p.letter(c, o, lang)
}

// tryLetters draws every language's letter: a text that does not fit the page
// is told when it is saved, not when letters are due.
func (p *pages) tryLetters(c *web.Ctx, fn func(*orgs.Edit)) error {
	o, err := p.Orgs.Preview(c, c.Actor, fn)
	if err != nil {
		return err
	}
	for _, l := range o.Settings.Languages {
		if _, err := p.SampleLetter(c, c.Actor, o, l); err != nil {
			return err
		}
	}
	return nil
}

// sample answers with a letter of the saved texts.
func (p *pages) sample(c *web.Ctx) error {
	o, err := p.Orgs.Current(c, c.Actor)
	if err != nil {
		return err
	}
	return p.letter(c, o, c.Query("sprache"))
}

func (p *pages) letter(c *web.Ctx, o orgs.Org, lang string) error {
	if !slices.Contains(o.Settings.Languages, lang) {
		return fault.NotFound("language")
	}
	data, err := p.SampleLetter(c, c.Actor, o, lang)
	if err != nil {
		return err
	}
	return c.File(c.T("orgsweb.letters.file")+"-"+lang+".pdf", "application/pdf", data)
}

// setLogo takes a new picture.
func (p *pages) setLogo(c *web.Ctx) error {
	up, err := c.Upload("logo")
	if err == nil {
		err = p.Orgs.SetLogo(c, c.Actor, up)
	}
	if bad := fault.AsInvalid(err); bad != nil {
		return p.again(c, section{page: general, name: "logo"}, web.Form{}, bad)
	}
	if err != nil {
		return err
	}
	return saved(c, Path, "logo")
}

func (p *pages) removeLogo(c *web.Ctx) error {
	if err := p.Orgs.RemoveLogo(c, c.Actor); err != nil {
		return err
	}
	return saved(c, Path, "logo")
}
