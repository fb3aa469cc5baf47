package casesweb

import (
	"context"
	"strconv"

	"foyer/internal/platform/ui"
)

func choiceLegend(ctx context.Context, damage bool) string {
	if damage {
		return t(ctx, "report.affected")
	}
	return t(ctx, "contact.about")
}

func textLabel(ctx context.Context, damage bool) string {
	if damage {
		return t(ctx, "report.text")
	}
	return t(ctx, "contact.text")
}

func sendLabel(ctx context.Context, damage bool) string {
	if damage {
		return t(ctx, "report.title")
	}
	return t(ctx, "send")
}

func starOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "choose")}}
	for i := 5; i > 0; i-- {
		out = append(out, ui.Option{Value: strconv.Itoa(i), Label: t(ctx, "rate."+strconv.Itoa(i))})
	}
	return out
}
