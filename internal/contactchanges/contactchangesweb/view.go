package contactchangesweb

import (
	"context"

	"foyer/internal/platform/i18n"
)

// postHint says when the postal address is needed.
func postHint(ctx context.Context, street string) string {
	if street == "" {
		return i18n.T(ctx, "contactchangesweb.post_hint_any")
	}
	return i18n.T(ctx, "contactchangesweb.post_hint", "street", street)
}

// panelMeta is when a change was asked for, and why it ended.
func panelMeta(l line) []string {
	if l.text == "" {
		return []string{l.sub}
	}
	return []string{l.sub, l.text}
}
