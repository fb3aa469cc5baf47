package documentsweb

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/documents"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Addresses of the residents' pages.
const (
	Path         = documents.Path
	ContractPath = "/vertrag"
)

// shelfView is the page Dokumente.
type shelfView struct {
	years    []yearView
	handy    []itemView // always at hand: contract and house rules
	kind     string
	year     string
	text     string
	kinds    []ui.Option
	all      []ui.Option // years
	filtered bool
	none     bool // there is nothing at all
	pages    ui.Pages
	hidden   string // why contracts are kept back, "" when none is
}

type yearView struct {
	year  string
	items []itemView
}

type itemView struct {
	title, url string
	meta       []string
	fresh      bool
	picture    bool
}

func (h *Handlers) shelf(c *web.Ctx) error {
	_, chosen, err := h.Mine(c)
	if err != nil {
		return err
	}
	shelf, err := h.Documents.Mine(c, c.Actor)
	if err != nil {
		return err
	}
	v := shelfView{kind: c.Query("art"), year: c.Query("jahr"), text: cut(c.Query("q"))}
	own := ofTenancy(shelf.Entries, chosen)
	v.choices(c, own)
	v.filtered = v.kind != "" || v.year != "" || v.text != ""
	v.none = len(own) == 0
	var list []documents.Entry
	for _, e := range own {
		switch {
		case !v.filtered && handy(e):
			v.handy = append(v.handy, entryItem(c, e))
		case e.Matches(documents.Kind(v.kind), v.year, v.text):
			list = append(list, e)
		}
	}
	page, _ := strconv.Atoi(c.Query("seite"))
	v.show(c, list, page)
	if hidden := ofTenancy(shelf.Hidden, chosen); len(hidden) > 0 {
		v.hidden = c.T("documentsweb.r.hidden", "day", c.Printer().Day(shelf.From))
	}
	return c.Page(ui.Head{Title: c.T("documentsweb.r.title"), Printed: c.Today()}, shelfPage(v))
}

// cut bounds what was typed into a search field.
func cut(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100])
	}
	return s
}

// ofTenancy keeps what belongs to the lease that the switcher shows.
func ofTenancy(list []documents.Entry, t portfolio.Tenancy) []documents.Entry {
	return slices.DeleteFunc(slices.Clone(list), func(e documents.Entry) bool { return !e.Of(t) })
}

// handy tells whether a document stands beside the list: the contract, and what
// holds until it is replaced.
func handy(e documents.Entry) bool {
	return e.Kind == documents.Contract || e.Audience.Day == ""
}

// choices fills the filters with what there is.
func (v *shelfView) choices(c *web.Ctx, list []documents.Entry) {
	v.kinds = []ui.Option{{Label: c.T("documentsweb.all")}}
	v.all = []ui.Option{{Label: c.T("documentsweb.all")}}
	years := map[string]bool{}
	kinds := map[documents.Kind]bool{}
	for _, e := range list {
		kinds[e.Kind] = true
		if y := e.Day[:4]; !years[y] {
			years[y] = true
			v.all = append(v.all, ui.Option{Value: y, Label: y})
		}
	}
	for _, k := range documents.Kinds {
		if kinds[k] {
			v.kinds = append(v.kinds, ui.Option{Value: string(k), Label: c.T(k.Key())})
		}
	}
}

// show fills one page of the list, year by year.
func (v *shelfView) show(c *web.Ctx, list []documents.Entry, page int) {
	of := max(1, (len(list)+documents.PageSize-1)/documents.PageSize)
	page = min(max(1, page), of)
	link := func(n int) string {
		if n < 1 || n > of {
			return ""
		}
		q := url.Values{}
		for k, s := range map[string]string{"art": v.kind, "jahr": v.year, "q": v.text} {
			if s != "" {
				q.Set(k, s)
			}
		}
		q.Set("seite", strconv.Itoa(n))
		return Path + "?" + q.Encode()
	}
	v.pages = ui.Pages{Page: page, Of: of, PrevURL: link(page - 1), NextURL: link(page + 1), Total: c.T("documentsweb.count", "count", len(list))}
	for _, e := range list[(page-1)*documents.PageSize : min(len(list), page*documents.PageSize)] {
		if y := e.Day[:4]; len(v.years) == 0 || v.years[len(v.years)-1].year != y {
			v.years = append(v.years, yearView{year: y})
		}
		last := &v.years[len(v.years)-1]
		last.items = append(last.items, entryItem(c, e))
	}
}

func entryItem(c *web.Ctx, e documents.Entry) itemView {
	v := itemView{title: e.Title, url: FilePath(web.ResidentSite, e.FileID), fresh: e.Fresh(store.Micros(c.Now())), picture: e.File.Picture()}
	switch {
	case e.Kind == documents.Contract && e.SignedOn != "":
		v.meta = append(v.meta, c.T("documentsweb.r.signed", "day", c.Printer().Day(e.SignedOn)))
	case e.Audience.Day == "":
		v.meta = append(v.meta, c.T("documentsweb.r.as_of", "day", c.Printer().Day(e.Day)))
	default:
		v.meta = append(v.meta, c.Printer().Day(e.Day))
	}
	v.meta = append(v.meta, fileMeta(c, e.File))
	return v
}

// fileMeta says what a file is: "PDF, 4 Seiten".
func fileMeta(c *web.Ctx, f documents.File) string {
	if f.Picture() {
		return c.T("documentsweb.picture", "size", f.SizeText(c.Lang()))
	}
	return c.T("documentsweb.pdf", "count", f.Pages)
}

// NewPanel is the panel "Neue Dokumente" of the home page: what is unread in all
// leases, nil when nothing is.
func (h *Handlers) NewPanel(c *web.Ctx, _ portfolio.Mine, _ portfolio.Tenancy) (templ.Component, error) {
	shelf, err := h.Documents.Mine(c, c.Actor)
	if err != nil {
		return nil, err
	}
	var list []itemView
	more := 0
	for _, e := range shelf.Entries {
		if !e.Fresh(store.Micros(c.Now())) {
			continue
		}
		if len(list) == 3 {
			more++
			continue
		}
		list = append(list, entryItem(c, e))
	}
	if len(list) == 0 {
		return nil, nil
	}
	return newPanel(list, more), nil
}

// contractView is the page Vertrag.
type contractView struct {
	plate, title, lead string
	none               bool // no lease at all
	ownership          bool
	party              bool
	facts, money       []ui.Fact
	parties            []partyView
	files              []itemView
	hidden             string
}

type partyView struct{ name, role string }

func (h *Handlers) contract(c *web.Ctx) error {
	_, t, err := h.Mine(c)
	if err != nil {
		return err
	}
	head := ui.Head{Title: c.T("documentsweb.c.title"), Printed: c.Today()}
	if t.Lease.ID == "" {
		return c.Page(head, contractPage(contractView{title: head.Title, none: true}))
	}
	v := contractView{plate: t.Unit.Plate(t.Building), title: strings.Join(nonEmpty(t.Building.AddressLine(), t.Unit.Name(c.Printer())), ", "),
		ownership: t.Lease.Kind == portfolio.Ownership, party: t.Party}
	v.lead = strings.Join(nonEmpty(t.Unit.Floor, rooms(c, t.Unit), area(c, t.Unit)), " · ")
	v.facts, v.money = leaseFacts(c, t), moneyFacts(c, t)
	if t.Party {
		list, err := h.Documents.Parties(c, c.Actor, t)
		if err != nil {
			return err
		}
		for _, p := range list {
			v.parties = append(v.parties, partyView{name: p.Name, role: c.T("documentsweb.c.role." + p.Role)})
		}
	}
	shelf, err := h.Documents.Mine(c, c.Actor)
	if err != nil {
		return err
	}
	for _, e := range ofTenancy(shelf.Entries, t) {
		if e.Kind == documents.Contract {
			v.files = append(v.files, entryItem(c, e))
		}
	}
	if hidden := ofTenancy(shelf.Hidden, t); t.Party && shelf.From != "" && (len(hidden) > 0 || len(v.files) == 0 && t.Lease.SignedOn < shelf.From) {
		v.hidden = c.T("documentsweb.r.hidden", "day", c.Printer().Day(shelf.From))
	}
	return c.Page(head, contractPage(v))
}

func nonEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

func rooms(c *web.Ctx, u portfolio.Unit) string {
	if u.RoomsTenth == 0 {
		return ""
	}
	return c.T("documentsweb.c.rooms", "rooms", c.Printer().Decimal(u.RoomsTenth, 1, 0))
}

func area(c *web.Ctx, u portfolio.Unit) string {
	if u.AreaCM2 == 0 {
		return ""
	}
	return c.T("documentsweb.c.area", "area", c.Printer().Decimal(u.AreaCM2, 2, 0))
}

// leaseFacts are the terms; who is no party reads only the own days.
func leaseFacts(c *web.Ctx, t portfolio.Tenancy) (out []ui.Fact) {
	add := func(key, text string) {
		if text != "" {
			out = append(out, ui.Fact{Term: c.T("documentsweb.c." + key), Text: text})
		}
	}
	l := t.Lease
	add("ref", l.Ref)
	begin := c.Printer().Day(l.StartsOn)
	if l.EndsOn == "" && l.Kind == portfolio.Rental {
		begin = c.T("documentsweb.c.unlimited", "day", begin)
	}
	add("begin", begin)
	if l.EndsOn != "" {
		add("end", c.Printer().Day(l.EndsOn))
	}
	if l.SignedOn != "" {
		add("signed", c.Printer().Day(l.SignedOn))
	}
	add("notice", l.NoticePeriod)
	if l.Deposit != 0 {
		add("deposit", c.Printer().Money(l.Deposit, l.Currency))
	}
	return out
}

func moneyFacts(c *web.Ctx, t portfolio.Tenancy) (out []ui.Fact) {
	l := t.Lease
	for _, m := range []struct {
		key    string
		amount int64
	}{{"rent", l.RentNet}, {"service", l.RentService}, {"heating", l.RentHeating}} {
		if m.amount != 0 {
			out = append(out, ui.Fact{Term: c.T("documentsweb.c." + m.key), Text: c.Printer().Money(m.amount, l.Currency)})
		}
	}
	if len(out) > 1 {
		out = append(out, ui.Fact{Term: c.T("documentsweb.c.sum"), Text: c.Printer().Money(l.RentNet+l.RentService+l.RentHeating, l.Currency), Sum: true})
	}
	return out
}

func t(ctx context.Context, key string, args ...any) string {
	return i18n.T(ctx, "documentsweb."+key, args...)
}
