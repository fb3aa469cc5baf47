package conversationsweb

import (
	"encoding/base64"
	"strings"

	"foyer/internal/platform/web"
)

// lostField holds, sealed, for whom and for which place a form was made. When
// the session has ended by the time the form is sent, what was typed becomes a
// draft of that account, and stands in the form after the next sign-in.
const lostField = "_whose"

// sealWhose is the purpose of that seal.
const sealWhose = "conversations.whose"

// whose seals the signed-in account with the place of a form.
func (h *Handlers) whose(c *web.Ctx, place string) string {
	return base64.RawURLEncoding.EncodeToString(h.Keys.Seal(sealWhose, c.Org.ID, []byte(c.Actor.Account()+"\n"+place)))
}

// Lost keeps what was sent by one of our forms after the session had ended.
func (h *Handlers) Lost(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil || !f.Has(lostField) {
		return err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(f.Raw(lostField))
	if err != nil {
		return nil // not ours
	}
	data, err := h.Keys.Open(sealWhose, c.Org.ID, sealed)
	if err != nil {
		return nil
	}
	account, place, _ := strings.Cut(string(data), "\n")
	return h.Conversations.RescueDraft(c, c.Actor, account, place, typed(f))
}

// typed is what a draft keeps of a form.
func typed(f web.Form) map[string]string {
	fields := map[string]string{}
	for _, name := range draftFields {
		if s := f.Long(name); s != "" {
			fields[name] = s
		}
	}
	if fields["text"] == "" && fields["subject"] == "" {
		return nil
	}
	return fields
}
