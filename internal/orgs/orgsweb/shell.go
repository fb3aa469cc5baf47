package orgsweb

import (
	"foyer/internal/orgs"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Shell returns what every page of a site shows of the organisation.
func Shell(o orgs.Org, site web.Site) ui.Shell {
	s := ui.Shell{
		OrgName: o.Name, LogoURL: LogoPath(o, site), BrandHex: o.Settings.Brand, Hours: o.Settings.Hours,
		ImprintURL: o.Settings.ImprintURL, PrivacyURL: o.Settings.PrivacyURL,
	}
	if o.Settings.Phone != "" {
		s.Phone = ui.Phone{Label: o.Name, Number: o.Settings.Phone}
	}
	for _, n := range o.Settings.EmergencyNumbers {
		s.Emergency = append(s.Emergency, ui.Phone{Label: n.Label, Number: n.Number, Note: n.Note})
	}
	return s
}
