package accessweb

import (
	"time"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// mark is how a state of access looks: never by colour alone.
type mark struct {
	tone ui.Tone
	icon ui.IconName
}

var marks = map[access.State]mark{
	access.NoAccess:  {ui.Neutral, ui.IconCircleDashed},
	access.Requested: {ui.Info, ui.IconInbox},
	access.Pending:   {ui.Warning, ui.IconHourglass},
	access.Confirmed: {ui.Success, ui.IconCircleCheck},
	access.Expired:   {ui.Danger, ui.IconClockAlert},
	access.Revoked:   {ui.Neutral, ui.IconBan},
	access.Ended:     {ui.Neutral, ui.IconDoorOpen},
}

// stateMark draws a state as lists show it.
func stateMark(c *web.Ctx, s access.State) templ.Component {
	m := marks[s]
	return ui.Status(m.tone, m.icon, c.T(s.Label()))
}

// stateNote is the date below a state: when it began, by which channel, until
// when a code ran.
func stateNote(c *web.Ctx, s access.State, since, until time.Time, by access.Channel, lastDay string) string {
	switch s {
	case access.Pending:
		if by == access.ByEmail {
			return c.T("accessweb.s.state.email_of", "day", day(c, dayOf(c, since)))
		}
		return c.T("accessweb.s.state.letter_of", "day", day(c, dayOf(c, since)))
	case access.Confirmed:
		return c.T("accessweb.s.state.since", "day", c.Printer().Day(dayOf(c, since)))
	case access.Expired:
		return c.T("accessweb.s.state.until", "day", day(c, dayOf(c, until.Add(-time.Microsecond))))
	case access.Requested, access.Revoked:
		return c.T("accessweb.s.state.on", "day", day(c, dayOf(c, since)))
	case access.Ended:
		if lastDay != "" {
			return c.T("accessweb.s.state.ended", "day", c.Printer().Day(lastDay))
		}
	}
	return ""
}

// stateLegend explains every state (K6).
func stateLegend(c *web.Ctx) []ui.LegendRow {
	var rows []ui.LegendRow
	for _, s := range access.States {
		rows = append(rows, ui.LegendRow{Mark: stateMark(c, s), Text: c.T(s.Legend())})
	}
	return rows
}
