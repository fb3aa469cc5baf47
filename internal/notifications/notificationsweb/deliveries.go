package notificationsweb

import (
	"github.com/a-h/templ"

	"foyer/internal/notifications"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// deliveryView is one line of a list of deliveries.
type deliveryView struct {
	icon                        ui.IconName
	topic, channel, state, when string
	reason                      string
	tone                        ui.Tone
}

// PersonPanel shows on a person's page by which channels what was told, and how
// far it came (W10). That staff may see the person is the page's to check.
func (h *Handlers) PersonPanel(c *web.Ctx, personID string) (templ.Component, error) {
	list, err := h.Notifications.DeliveriesTo(c, c.Actor, personID, 20)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return deliveriesPanel(views(c, list)), nil
}

// Deliveries draws deliveries as a list, for the pages of items (W10). The
// caller has checked that the visitor may see them.
func Deliveries(c *web.Ctx, list []notifications.Delivery) templ.Component {
	return deliveryList(views(c, list))
}

func views(c *web.Ctx, list []notifications.Delivery) []deliveryView {
	out := make([]deliveryView, len(list))
	for i, d := range list {
		v := deliveryView{topic: c.T(d.Topic.Label()), channel: c.T("notificationsweb.channel." + string(d.Channel)), tone: ui.Neutral, icon: ui.IconMail}
		states := "notificationsweb.deliveries.state."
		switch d.Channel {
		case notifications.ByLetter:
			states, v.icon = "notificationsweb.deliveries.letter.", ui.IconPrinter
		case notifications.ByPush:
			v.icon = ui.IconSmartphone
		case notifications.ByPortal:
			v.icon = ui.IconBell
		}
		v.state = c.T(states + string(d.State))
		at := d.CreatedAt
		switch d.State {
		case notifications.Sent:
			v.tone, at = ui.Success, d.SentAt
		case notifications.Failed:
			v.tone, at = ui.Danger, d.FailedAt
		case notifications.Queued, notifications.Sending:
			v.tone = ui.Info
		}
		v.when = c.Printer().Moment(at.In(c.Org.Zone))
		if d.State == notifications.Failed {
			v.reason = reason(c, d)
		}
		out[i] = v
	}
	return out
}

// reason says why a delivery failed: a sentence of ours about a letter, what the
// mail server answered about a mail.
func reason(c *web.Ctx, d notifications.Delivery) string {
	if d.Channel == notifications.ByLetter {
		key, char := notifications.LetterReason(d.Reason)
		return c.T(key, "char", char)
	}
	_, answer := notifications.ReadReason(d.Reason)
	return answer
}
