package orgsweb

import (
	"context"
	"net/http"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/web"
)

// Addresses of the pages.
const (
	Path     = web.StaffPrefix + "/organisation" // what residents see, invitations
	TextPath = Path + "/texte"                   // address, letters, sender
	TalkPath = Path + "/kommunikation"           // messages, cases, mails, retention
	HostPath = Path + "/adressen"                // internet addresses
	TeamPath = Path + "/team"                    // staff
)

// Deps is what New needs. All fields are required.
type Deps struct {
	Orgs      *orgs.Service
	Languages []string // the complete ones, as orgs has them
	// SampleLetter draws an access letter with an invented recipient as PDF, in
	// the look and with the texts of org, which need not be saved yet. It fails
	// with fault.Invalid at letter_intro_<lang> when they do not fit the page.
	SampleLetter func(ctx context.Context, by actor.Actor, org orgs.Org, lang string) ([]byte, error)
	// InviteStaff adds somebody to the team and sends the invitation.
	InviteStaff func(ctx context.Context, by actor.Actor, in orgs.NewStaff) error
	// ReinviteStaff sends a new invitation to somebody who has not followed one.
	ReinviteStaff func(ctx context.Context, by actor.Actor, staffID string) error
	// ReaddressStaff corrects the address of somebody who has not followed an
	// invitation, and invites him there.
	ReaddressStaff func(ctx context.Context, by actor.Actor, staffID, address string) error
	// StaffAccess tells how far each member's access is, by staff id.
	StaffAccess func(ctx context.Context, by actor.Actor) (map[string]Access, error)
}

// Access is how far a staff member's access is. The zero value means that the
// invitation is on its way, or that its link ran out long ago.
type Access struct {
	Since   time.Time // has a password since
	Invited time.Time // the link was mailed
	Until   time.Time // and works until
}

type pages struct{ Deps }

// Routes returns the pages of the organisation and its team.
func Routes(d Deps) []web.Route {
	p := &pages{d}
	manage := func(pattern string, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.ManageOrg, Handle: h}
	}
	fresh := func(pattern string, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.ManageOrg, Handle: h, Fresh: true}
	}
	routes := []web.Route{
		manage("GET "+Path, p.show(general)),
		manage("GET "+TextPath, p.show(texts)),
		manage("GET "+TalkPath, p.show(talk)),
		manage("GET "+TextPath+"/muster", p.sample),
		{Pattern: "POST " + Path + "/logo", Right: actor.ManageOrg, Handle: p.setLogo, Body: 2 * orgs.MaxLogoBytes, Page: Path},
		manage("POST "+Path+"/logo/entfernen", p.removeLogo).On(Path),
		manage("GET "+HostPath, p.hosts),
		manage("POST "+HostPath+"/bevorzugen", p.preferHost).On(HostPath),
		manage("GET "+TeamPath, p.team),
		fresh("GET "+TeamPath+"/neu", p.newMember),
		fresh("POST "+TeamPath+"/neu", p.invite),
		fresh("GET "+TeamPath+"/{id}", p.member),
		fresh("POST "+TeamPath+"/{id}", p.updateMember),
		manage("POST "+TeamPath+"/{id}/einladen", p.reinvite).On(TeamPath + "/{id}"),
		manage("GET "+TeamPath+"/{id}/sperren", p.askDisable),
		manage("POST "+TeamPath+"/{id}/sperren", p.disable),
		manage("POST "+TeamPath+"/{id}/freigeben", p.enable).On(TeamPath + "/{id}"),
		{Pattern: "GET /logo/{file}", Right: actor.Everyone, Handle: p.logo, Open: true},
		{Pattern: "GET " + web.StaffPrefix + "/logo/{file}", Right: actor.Everyone, Handle: p.logo},
	}
	for _, s := range sections {
		routes = append(routes, manage("POST "+s.path(), p.save(s)).On(s.page.path()))
	}
	return routes
}

// LogoPath returns where a site of the organisation shows its logo, "" when
// it has none. The address changes with the picture, so it may be kept for ever.
func LogoPath(o orgs.Org, site web.Site) string {
	if o.LogoBlob == "" {
		return ""
	}
	path := "/logo/" + logoFile(o)
	if site == web.StaffSite {
		path = web.StaffPrefix + path
	}
	return path
}

// logoFile names the picture by the end of its key, which is its digest.
func logoFile(o orgs.Org) string {
	return o.LogoBlob[max(0, len(o.LogoBlob)-16):] + ".png"
}

func (p *pages) logo(c *web.Ctx) error {
	o, ok := c.Org.Value.(orgs.Org)
	if !ok || o.LogoBlob == "" || c.Path("file") != logoFile(o) {
		return fault.NotFound("logo")
	}
	data, err := p.Orgs.Logo(o)
	if err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	c.W.WriteHeader(http.StatusOK)
	if _, err := c.W.Write(data); err != nil {
		c.Log().Debug("answer not taken", "err", err)
	}
	return nil
}

// saved leads back to a page, which then says what has been saved.
func saved(c *web.Ctx, path, what string) error {
	return c.Redirect(path + "?gespeichert=" + what)
}

// savedText is the sentence about what was saved just before, "" for nothing.
func savedText(c *web.Ctx) string {
	switch what := c.Query("gespeichert"); what {
	case "":
		return ""
	case "portal", "aussehen", "notfall", "sprachen", "anschrift", "briefe", "absender", "kontakt", "bescheid", "kontaktdaten", "aufbewahrung", "logo", "adressen",
		"eingeladen", "team", "gesperrt", "freigegeben":
		return c.T("orgsweb.saved." + what)
	}
	return ""
}

// trimList splits lines and drops empty ones.
func trimList(text string) []string {
	out := []string{}
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
