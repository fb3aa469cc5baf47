package accessweb

import (
	"net/url"
	"slices"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// who is a person as far as the choice of actions goes.
type who struct {
	person   string // id
	lease    string // id, "" = the best one
	state    access.State
	entitled bool   // may have an own access by some lease
	open     bool   // the portal of the property is on
	back     string // where one comes from
	page     bool   // on the person's own page
}

// path is where an action of the person lives.
func (w who) path(action string) string {
	path := personPath(w.person) + "/" + action
	if w.lease == "" {
		return withBack(path, w.back)
	}
	path += "?vertrag=" + url.QueryEscape(w.lease)
	if w.back != "" {
		path += "&von=" + url.QueryEscape(w.back)
	}
	return path
}

// accessMenu offers exactly what the state of the access allows (requirements,
// Decided): somebody who is confirmed gets no access data, only a reset.
func accessMenu(c *web.Ctx, w who) []ui.MenuItem {
	var list []ui.MenuItem
	if c.Actor.Has(actor.IssueAccess) {
		list = accessActions(c, w)
	}
	if !w.page {
		list = append(list, ui.MenuItem{Label: c.T("accessweb.s.menu.person"), Icon: ui.IconUserRound, URL: withBack(personPath(w.person), w.back), Gap: len(list) > 0})
	}
	if c.Actor.Has(actor.IssueAccess) && revocable(w.state) {
		list = append(list, ui.MenuItem{Label: c.T("accessweb.s.menu.revoke"), Icon: ui.IconBan, URL: w.path("entziehen"), Danger: true, Gap: true})
	}
	return list
}

// accessActions are the ways to get somebody in.
func accessActions(c *web.Ctx, w who) []ui.MenuItem {
	switch {
	case w.state == access.Confirmed && w.open:
		return []ui.MenuItem{{Label: c.T("accessweb.s.menu.reset"), Icon: ui.IconRefreshCw, URL: w.path("zuruecksetzen")}}
	case w.state == access.Confirmed, w.state == access.Ended, !w.entitled, !w.open:
		return nil
	}
	var list []ui.MenuItem
	byMail, byPost := ways(settingsOf(c), w.state != access.NoAccess)
	mail, letter := "accessweb.s.menu.email", "accessweb.s.menu.letter"
	if w.state != access.NoAccess {
		mail, letter = "accessweb.s.menu.email_again", "accessweb.s.menu.letter_again"
	}
	if byMail {
		list = append(list, ui.MenuItem{Label: c.T(mail), Icon: ui.IconMail, URL: w.path("einladen")})
	}
	if byPost {
		list = append(list, ui.MenuItem{Label: c.T(letter), Icon: ui.IconDownload, URL: w.path("brief")})
	}
	return list
}

// ways tells how access data may leave by hand: the first time by X4, after
// that by X5.
func ways(s orgs.Settings, again bool) (byMail, byPost bool) {
	if again {
		return s.ReissueChannel == orgs.ReissueBoth, true
	}
	byHand := slices.Contains(s.InviteTriggers, orgs.ByHand)
	return byHand && slices.Contains(s.InviteChannels, orgs.ByEmail), byHand && slices.Contains(s.InviteChannels, orgs.ByPost)
}

// revocable tells whether there is something to take back.
func revocable(s access.State) bool {
	return s == access.Pending || s == access.Confirmed || s == access.Expired || s == access.Requested
}

// withBack adds where one comes from to a path.
func withBack(path, back string) string {
	if back == "" {
		return path
	}
	return path + "?von=" + url.QueryEscape(back)
}

// doneAt adds what was done to the page to go back to.
func doneAt(back, done string) string {
	u, err := url.Parse(back)
	if err != nil {
		return web.StaffPrefix
	}
	q := u.Query()
	q.Set("ok", done)
	u.RawQuery = q.Encode()
	return u.String()
}
