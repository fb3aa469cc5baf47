package orgsweb

import (
	"context"
	"slices"

	"foyer/internal/orgs"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// languages are options named in the reader's language.
func languages(ctx context.Context, codes []string) []ui.Option {
	out := make([]ui.Option, len(codes))
	for i, l := range codes {
		out[i] = ui.Option{Value: l, Label: i18n.T(ctx, "i18n.language."+l)}
	}
	return out
}

// zones are the usual time zones and the one that is set.
func zones(ctx context.Context, current string) []ui.Option {
	list := slices.Clone(orgs.Zones)
	if !slices.Contains(list, current) {
		list = append(list, current)
	}
	out := make([]ui.Option, len(list))
	for i, z := range list {
		out[i] = ui.Option{Value: z, Label: zone(i18n.From(ctx), z)}
	}
	return out
}

// same are options whose value is their name.
func same(values []string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: v, Label: v}
	}
	return out
}

// countries are options named in the reader's language.
func countries(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(orgs.Countries))
	for i, c := range orgs.Countries {
		out[i] = ui.Option{Value: c, Label: i18n.T(ctx, "orgsweb.country."+c)}
	}
	return out
}
