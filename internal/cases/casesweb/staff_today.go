package casesweb

import (
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/cases"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Today is what waits on the page Heute.
func (h *Handlers) Today(c *web.Ctx) (out []ui.TodayItem, err error) {
	if !c.Actor.Has(actor.ReadCases) {
		return nil, nil
	}
	w, err := h.Cases.Today(c, c.Actor)
	if err != nil {
		return nil, err
	}
	add := func(group ui.TodayGroup, rows []cases.Row, icon ui.IconName) {
		for _, r := range rows {
			i := ui.TodayItem{Group: group, Icon: icon, Title: r.Subject, URL: r.StaffURL(), Text: strings.Join(compact(r.Place, r.Who), " · "), Urgent: r.Urgency == cases.Now,
				Meta: compact(when(c, r.CreatedAt), who(c, r))}
			if group == ui.TodayAnswer && r.InText != "" {
				i.Text = r.InName + ": " + r.InText
			}
			out = append(out, i)
		}
	}
	add(ui.TodayFirst, w.Urgent, ui.IconSiren)
	add(ui.TodayAnswer, w.Answer, ui.IconMessageSquareText)
	add(ui.TodayTodo, w.Absent, ui.IconUserX)
	return out, nil
}

// TodayCount counts what Today lists.
func (h *Handlers) TodayCount(c *web.Ctx) (int, error) {
	if !c.Actor.Has(actor.ReadCases) {
		return 0, nil
	}
	return h.Cases.CountToday(c, c.Actor)
}

// TodaySide is the appointments of today.
func (h *Handlers) TodaySide(c *web.Ctx) (templ.Component, error) {
	if !c.Actor.Has(actor.ReadCases) {
		return nil, nil
	}
	list, err := h.Cases.Meetings(c, c.Actor, c.Today())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var rows []rowView
	for _, m := range list {
		rows = append(rows, rowView{icon: ui.IconCalendarClock, title: m.From + "–" + m.Till + " " + m.Who, url: staffPath + "/" + m.CaseID, meta: compact(m.Place, m.Subject)})
	}
	return meetingsPanel(rows), nil
}
