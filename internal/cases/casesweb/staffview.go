package casesweb

import (
	"context"

	"foyer/internal/cases"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

func (v officeView) reset(action string) string {
	if v.filtered {
		return action
	}
	return ""
}

func (v officeView) assignee() string {
	if v.mine {
		return "ich"
	}
	return v.filter.Assignee
}

func (v officeView) sorts(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "", Label: t(ctx, "s.sort.urgent")}, {Value: "last", Label: t(ctx, "s.sort.last")}, {Value: "due", Label: t(ctx, "s.sort.due")}}
}

// bulkStatuses are those that need no word about each case.
func (v officeView) bulkStatuses(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "", Label: t(ctx, "s.unchanged")}, {Value: string(cases.InProgress), Label: i18n.T(ctx, cases.InProgress.Key())}, {Value: string(cases.Done), Label: i18n.T(ctx, cases.Done.Key())}}
}

func (v staffView) sendLabel(ctx context.Context) string {
	if v.c.Status == cases.Open && v.report == "" {
		return t(ctx, "s.send_begin")
	}
	return t(ctx, "send")
}
