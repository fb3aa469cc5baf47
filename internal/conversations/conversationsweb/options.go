package conversationsweb

import (
	"context"

	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// asOptions are the ways in which staff add to a conversation.
func asOptions(ctx context.Context, v staffView) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "conversationsweb.s.as_answer")}, {Value: "note", Label: i18n.T(ctx, "conversationsweb.s.as_note")}}
	if v.personal {
		for _, source := range []string{"phone", "letter", "visit"} {
			out = append(out, ui.Option{Value: source, Label: i18n.T(ctx, "conversationsweb.s.as_"+source)})
		}
	}
	return out
}

// caption names the folder that is open.
func (v officeView) caption(ctx context.Context) string {
	switch v.folder {
	case folderSent:
		return i18n.T(ctx, "conversationsweb.sent")
	case folderDrafts:
		return i18n.T(ctx, "conversationsweb.s.drafts")
	}
	return i18n.T(ctx, "conversationsweb.s.inbox")
}
