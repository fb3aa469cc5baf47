package noticeboardweb

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"foyer/internal/noticeboard"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// panelRows is how many notices the home page shows.
const panelRows = 3

// hangingView is a notice as a row.
type hangingView struct {
	title, url, text string
	meta             []string
	urgent, fresh    bool
	icon             ui.IconName
}

func (h *Handlers) board(c *web.Ctx) error {
	list, err := h.Board.Board(c, c.Actor)
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("noticeboardweb.title"), Narrow: true, Printed: c.Today()}, boardPage(rows(c, list)))
}

func rows(c *web.Ctx, list []noticeboard.Hanging) []hangingView {
	out := make([]hangingView, len(list))
	for i, n := range list {
		out[i] = hangingView{title: n.Title, url: Path + "/" + n.ID, urgent: n.Urgent, fresh: n.New, icon: icon(n.Notice), meta: []string{n.Where, until(c, n.Notice)}}
		if n.Outage.Kind != "" {
			out[i].text = outageLine(c, n.Outage)
		}
	}
	return out
}

// open shows one notice and notes that it was opened.
func (h *Handlers) open(c *web.Ctx) error {
	n, err := h.Board.Open(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: n.Title, Narrow: true, Printed: c.Today()}, noticePage(n, facts(c, n)))
}

// Warnings is the panel of the home page that says what does not work today or
// soon, and what is urgent; nil when nothing is.
func (h *Handlers) Warnings(c *web.Ctx, _ portfolio.Mine, _ portfolio.Tenancy) (templ.Component, error) {
	list, err := h.hanging(c)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(n noticeboard.Hanging) bool { return !warns(c, n.Notice) })
	if len(list) == 0 {
		return nil, nil
	}
	return warnings(rows(c, list[:min(len(list), panelRows)])), nil
}

// warns tells whether a notice stands at the top of the home page: urgent ones,
// and outages that are not over.
func warns(c *web.Ctx, n noticeboard.Notice) bool {
	return n.Urgent || n.Outage.Kind != "" && n.Outage.To.After(c.Now())
}

// Panel is the notice board on the home page; nil when nothing hangs.
func (h *Handlers) Panel(c *web.Ctx, _ portfolio.Mine, _ portfolio.Tenancy) (templ.Component, error) {
	list, err := h.hanging(c)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(n noticeboard.Hanging) bool { return warns(c, n.Notice) })
	if len(list) == 0 {
		return nil, nil
	}
	return boardPanel(rows(c, list[:min(len(list), panelRows)])), nil
}

type boardKey struct{}

// hanging reads the board once per request.
func (h *Handlers) hanging(c *web.Ctx) ([]noticeboard.Hanging, error) {
	if list, ok := c.Value(boardKey{}).([]noticeboard.Hanging); ok {
		return list, nil
	}
	list, err := h.Board.Board(c, c.Actor)
	if err == nil {
		c.Context = context.WithValue(c.Context, boardKey{}, list)
	}
	return list, err
}

// facts are where and how long a notice hangs.
func facts(c *web.Ctx, n noticeboard.Notice) []ui.Fact {
	list := []ui.Fact{{Term: c.T("noticeboardweb.where"), Text: n.Where}, {Term: c.T("noticeboardweb.hangs"), Text: period(c, n)}}
	if n.Outage.Kind != "" {
		list = append(list, ui.Fact{Term: c.T("noticeboardweb.outage"), Text: outageLine(c, n.Outage)})
	}
	return list
}

func period(c *web.Ctx, n noticeboard.Notice) string {
	return c.T("noticeboardweb.period", "from", c.Printer().Day(n.From), "until", c.Printer().Day(n.Until))
}

func until(c *web.Ctx, n noticeboard.Notice) string {
	return c.T("noticeboardweb.until", "day", c.Printer().DayMonth(n.Until))
}

// outageLine says in one line what does not work when.
func outageLine(c *web.Ctx, o noticeboard.Outage) string {
	return c.Printer().Span(o.From.In(c.Org.Zone), o.To.In(c.Org.Zone)) + ": " + c.T(outageTexts[o.Kind])
}

// outageTexts say what does not work.
var outageTexts = map[noticeboard.OutageKind]string{
	noticeboard.HotWater: "noticeboardweb.outage.hot_water", noticeboard.ColdWater: "noticeboardweb.outage.cold_water", noticeboard.Heating: "noticeboardweb.outage.heating",
	noticeboard.Power: "noticeboardweb.outage.power", noticeboard.Lift: "noticeboardweb.outage.lift", noticeboard.Internet: "noticeboardweb.outage.internet", noticeboard.Other: "noticeboardweb.outage.other",
}

var outageIcons = map[noticeboard.OutageKind]ui.IconName{
	noticeboard.HotWater: ui.IconDroplets, noticeboard.ColdWater: ui.IconDroplets, noticeboard.Heating: ui.IconFlame, noticeboard.Power: ui.IconZap,
	noticeboard.Lift: ui.IconArrowUpDown, noticeboard.Internet: ui.IconWifiOff,
}

func icon(n noticeboard.Notice) ui.IconName {
	if i, ok := outageIcons[n.Outage.Kind]; ok {
		return i
	}
	if n.Urgent {
		return ui.IconTriangleAlert
	}
	return ui.IconMegaphone
}
