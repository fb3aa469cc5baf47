package casesweb

import "foyer/internal/platform/web"

func (h *Handlers) staffRoutes() []web.Route { return nil }
