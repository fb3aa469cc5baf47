package documentsweb

import (
	"errors"
	"net/http"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

const filesPath = "/dateien"

// FilePath returns the lasting address of a file for residents or staff.
func FilePath(site web.Site, id string) string {
	if site == web.StaffSite {
		return web.StaffPrefix + filesPath + "/" + id
	}
	return filesPath + "/" + id
}

// ThumbPath returns the address of a file's small picture.
func ThumbPath(site web.Site, id string) string { return FilePath(site, id) + "/vorschau" }

func (h *Handlers) fileRoutes() (list []web.Route) {
	for prefix, right := range map[string]actor.Right{"": actor.Self, web.StaffPrefix: actor.StaffSelf} {
		list = append(list,
			web.Route{Pattern: "GET " + prefix + filesPath + "/{id}", Right: right, Handle: h.lead},
			web.Route{Pattern: "GET " + prefix + filesPath + "/{id}/vorschau", Right: right, Handle: h.thumb},
			web.Route{Pattern: "GET " + prefix + filesPath + "/{id}/{link}", Right: right, Handle: h.file})
	}
	return list
}

func siteOf(c *web.Ctx) web.Site {
	if c.Actor.Kind() == actor.Staff {
		return web.StaffSite
	}
	return web.ResidentSite
}

// lead checks the right and leads to the address that is good for an hour.
func (h *Handlers) lead(c *web.Ctx) error {
	token, err := h.Documents.Link(c, c.Actor, c.Session.ID, c.Path("id"))
	if err != nil {
		return err
	}
	return c.Redirect(FilePath(siteOf(c), c.Path("id")) + "/" + token)
}

func (h *Handlers) file(c *web.Ctx) error {
	o, err := h.Documents.Open(c, c.Actor, c.Session.ID, c.Path("id"), c.Path("link"))
	if errors.Is(err, fault.ErrGone) {
		title := c.T("documentsweb.gone.title")
		return c.PageStatus(http.StatusGone, ui.Head{Title: title, Narrow: true}, gonePage(o.File, FilePath(siteOf(c), o.ID)))
	}
	if err != nil {
		return err
	}
	if err := h.Documents.Seen(c, c.Actor, o.File); err != nil { // the mark may be missing, the file may not
		c.Log().Warn("read mark not kept", "err", err)
	}
	return c.Show(o.Name, o.Type, o.Body)
}

func (h *Handlers) thumb(c *web.Ctx) error {
	o, err := h.Documents.Thumb(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	return c.Show(o.Name, "image/jpeg", o.Body)
}
