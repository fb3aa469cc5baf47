package documentsweb

import (
	"context"

	"foyer/internal/platform/ui"
)

func (v shelfView) reset() string {
	if v.filtered {
		return Path
	}
	return ""
}

func (e itemView) icon() ui.IconName {
	if e.picture {
		return ui.IconImage
	}
	return ui.IconFileText
}

func (v contractView) sheetTitle(ctx context.Context) string {
	if v.ownership {
		return t(ctx, "c.ownership")
	}
	return t(ctx, "c.lease")
}

func (v listView) state() string {
	if v.filter.Withdrawn {
		return "zurueckgezogen"
	}
	return ""
}

func (v documentView) percent() int {
	if len(v.readers) == 0 {
		return 0
	}
	return v.d.ReadCount() * 100 / len(v.readers)
}

func readMeta(ctx context.Context, r readerView) []string {
	if r.when == "" {
		return []string{t(ctx, "s.not_read")}
	}
	return []string{t(ctx, "s.read_at", "moment", r.when)}
}

func audienceChoices(ctx context.Context) (out []ui.Choice) {
	for _, k := range audiences {
		out = append(out, ui.Choice{Value: string(k), Label: t(ctx, "to."+string(k)), Hint: t(ctx, "to."+string(k)+"_hint")})
	}
	return out
}

// choices puts an empty entry first: nobody is chosen by accident.
func (v newView) choices(ctx context.Context) []ui.Option { return withNone(ctx, "", v.targets) }

func withNone(ctx context.Context, value string, list []ui.Option) []ui.Option {
	if value != "" {
		return list
	}
	return append([]ui.Option{{Label: t(ctx, "s.choose")}}, list...)
}

func dayHint(ctx context.Context, house bool) string {
	if house {
		return t(ctx, "s.day_hint_house")
	}
	return t(ctx, "s.day_hint")
}
