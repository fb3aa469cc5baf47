package conversationsweb

import (
	"net/url"
	"slices"

	"foyer/internal/conversations"
	"foyer/internal/notifications"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// composeView is the page of a new message of staff: first to whom, then what.
type composeView struct {
	kind  string // which tile is chosen while nobody is
	kinds []ui.Choice
	typed string
	found []rowView
	asked bool
	draft string // id of the draft

	to, toName, toPlace string
	toIcon              ui.IconName
	change              string // address of the first step
	subject, text, key  string
	replies             bool
	kept                bool
	invalid             *fault.Invalid
	figures             []ui.Fact
	rows                []ui.Row // readers with their channels
	rest                int      // readers that are not shown
	letters, nowhere    int
	invites             bool
	whose               string
	send                string // label of the button
}

// kindOf reads which sort of readers an address names.
func kindOf(s string) portfolio.Kind {
	if k := portfolio.Kind(s); slices.Contains([]portfolio.Kind{portfolio.ToPerson, portfolio.ToStairwell, portfolio.ToProperty, portfolio.ToEveryone}, k) {
		return k
	}
	return ""
}

func (h *Handlers) compose(c *web.Ctx) error {
	v := composeView{draft: c.Query("entwurf"), replies: true, key: store.NewID()}
	if v.draft != "" {
		d, ok, err := h.Conversations.Draft(c, c.Actor, "compose:"+v.draft)
		if err != nil {
			return err
		}
		if ok {
			v.to, v.subject, v.text, v.replies, v.kept = d.Fields["to"], d.Fields["subject"], d.Fields["text"], d.Fields["replies"] != "", true
		}
	} else {
		v.draft = store.NewID()
	}
	if to := c.Query("an"); to != "" {
		v.to = to
	}
	if v.to == "" {
		return h.whom(c, v)
	}
	if err := h.described(c, &v); err != nil {
		return err
	}
	return c.Page(composeHead(c), composePage(v))
}

func composeHead(c *web.Ctx) ui.Head { return ui.Head{Title: c.T("conversationsweb.s.compose")} }

// whom is the first step: choose the readers.
func (h *Handlers) whom(c *web.Ctx, v composeView) error {
	kind := kindOf(c.Query("art"))
	v.typed = c.Query("q")
	if kind == portfolio.ToEveryone {
		return c.Redirect(writePath + "?" + url.Values{"an": {conversations.Target{Kind: kind, ID: portfolio.Everyone}.String()}, "entwurf": {v.draft}}.Encode())
	}
	v.kinds = []ui.Choice{{Value: "person", Label: c.T("conversationsweb.s.to_person"), Icon: ui.IconUserRound}, {Value: "stairwell", Label: c.T("conversationsweb.s.to_stairwell"), Icon: ui.IconDoorOpen},
		{Value: "property", Label: c.T("conversationsweb.s.to_property"), Icon: ui.IconBuilding2}}
	if !c.Actor.Limited() {
		v.kinds = append(v.kinds, ui.Choice{Value: "everyone", Label: c.T("conversationsweb.s.to_everyone"), Icon: ui.IconUsers})
	}
	if v.kind = string(kind); kind == "" {
		v.kind = "person"
		return c.Page(composeHead(c), composePage(v))
	}
	v.asked = true
	list, err := h.Conversations.Targets(c, c.Actor, kind, v.typed)
	if err != nil {
		return err
	}
	for _, t := range list {
		q := url.Values{"an": {t.String()}, "entwurf": {v.draft}}
		row := rowView{icon: targetIcon(t.Kind), title: t.Name, url: writePath + "?" + q.Encode(), meta: compact(t.Place)}
		if t.Whole {
			row.title += ", " + c.T("conversationsweb.s.whole")
		}
		v.found = append(v.found, row)
	}
	return c.Page(composeHead(c), composePage(v))
}

func targetIcon(k portfolio.Kind) ui.IconName {
	switch k {
	case portfolio.ToStairwell, portfolio.ToBuilding:
		return ui.IconDoorOpen
	case portfolio.ToProperty:
		return ui.IconBuilding2
	case portfolio.ToEveryone, portfolio.ToLease:
		return ui.IconUsers
	}
	return ui.IconUserRound
}

// described names the chosen readers.
func (h *Handlers) described(c *web.Ctx, v *composeView) error {
	t, err := h.Conversations.Describe(c, c.Actor, conversations.ParseTarget(v.to))
	if fault.AsInvalid(err) != nil {
		return fault.NotFound("readers")
	}
	if err != nil {
		return err
	}
	v.to, v.toName, v.toPlace, v.toIcon = t.String(), t.Name, t.Place, targetIcon(t.Kind)
	if v.toName == "" {
		v.toName = c.T("conversationsweb.s.to_everyone")
	}
	v.whose = h.whose(c, "compose:"+v.draft)
	if err := h.preview(c, v, t.Target); err != nil {
		return err
	}
	kind := t.Kind
	if kind == portfolio.ToBuilding {
		kind = portfolio.ToStairwell
	}
	v.change = writePath + "?" + url.Values{"art": {string(kind)}, "entwurf": {v.draft}}.Encode()
	if t.Kind == portfolio.ToEveryone || t.Kind == portfolio.ToLease {
		v.change = writePath
	}
	return nil
}

func (h *Handlers) doCompose(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := composeView{draft: f.Text("draft"), to: f.Text("to"), subject: f.Text("subject"), text: f.Long("text"), replies: f.On("replies"), key: f.Text(ui.KeyField)}
	if f.Text("do") == "draft" && v.draft != "" {
		fields := map[string]string{"to": v.to, "subject": v.subject, "text": v.text}
		if v.replies {
			fields["replies"] = "on"
		}
		if err := h.Conversations.SaveDraft(c, c.Actor, "compose:"+v.draft, fields); err != nil {
			return err
		}
		return c.Redirect(staffPath + "?ordner=" + folderDrafts + "&ok=entwurf")
	}
	id, err := h.Conversations.Send(c, c.Actor, conversations.NewSending{Key: v.key, To: conversations.ParseTarget(v.to), Subject: v.subject, Text: v.text, Replies: v.replies})
	if bad := fault.AsInvalid(err); bad != nil {
		if v.to == "" {
			return err
		}
		if err := h.described(c, &v); err != nil {
			return err
		}
		v.invalid = bad
		return c.Again(composeHead(c), composePage(v))
	}
	if err != nil {
		return err
	}
	if v.draft != "" {
		if err := h.Conversations.Forget(c, c.Actor, "compose:"+v.draft); err != nil {
			return err
		}
	}
	return c.Redirect(staffPath + "/" + id + "?ok=verschickt")
}

// preview shows who gets the message by which channel.
func (h *Handlers) preview(c *web.Ctx, v *composeView, to conversations.Target) error {
	p, err := h.Conversations.Preview(c, c.Actor, to)
	if err != nil {
		return err
	}
	v.figures = figureFacts(c, p.Figures, false)
	v.letters, v.nowhere, v.invites, v.rest = p.Letter, p.Nowhere, p.Invited > 0, p.Persons-len(p.First)
	v.send = c.T("conversationsweb.s.send_to", "count", p.Persons)
	for _, x := range p.First {
		v.rows = append(v.rows, ui.Row{ui.TitleCell(x.Reader.Name, "", x.Reader.Where), channelCell(channelsOf(c, x))})
	}
	return nil
}

// channel is a way by which a reader is told.
type channel struct {
	icon  ui.IconName
	label string
}

func channelsOf(c *web.Ctx, p notifications.Planned) (out []channel) {
	for _, x := range []struct {
		is   bool
		icon ui.IconName
		key  string
	}{{p.Portal, ui.IconInbox, "portal"}, {p.Push, ui.IconSmartphone, "push"}, {p.Email, ui.IconMail, "email"}, {p.Letter, ui.IconFileText, "letter"}, {p.Invite, ui.IconKeyRound, "invite"},
		{!p.Reached() && !p.Invite, ui.IconBan, "nowhere"}} {
		if x.is {
			out = append(out, channel{x.icon, c.T("conversationsweb.s.by." + x.key)})
		}
	}
	return out
}

// figureFacts are how many are reached by each channel.
func figureFacts(c *web.Ctx, f conversations.Figures, sent bool) []ui.Fact {
	facts := []ui.Fact{}
	for _, x := range []struct {
		key    string
		n      int
		always bool
	}{{"portal", f.Portal, true}, {"email", f.Email, true}, {"push", f.Push, false}, {"letter", f.Letter, true}, {"invite", f.Invited, false}, {"nowhere", f.Nowhere, false}, {"seen", f.Seen, sent}} {
		if x.n > 0 || x.always {
			facts = append(facts, ui.Fact{Term: c.T("conversationsweb.s.by." + x.key), Text: c.Printer().Int(int64(x.n))})
		}
	}
	return facts
}
