package integrationweb

import (
	"os"
	"testing"

	"foyer/internal/integration"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// TestW14_OnlyAFinishedImportIsDone looks at the step that is marked as the
// present one in every state of a run.
func TestW14_OnlyAFinishedImportIsDone(t *testing.T) {
	b, err := i18n.New(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), b.Printer("de"))
	for _, c := range []struct {
		state      integration.State
		step, want string
	}{
		{integration.Checking, "read", "Prüfen"}, {integration.Checked, "", "Prüfen"}, {integration.Failed, "", "Prüfen"},
		{integration.Applying, "apply", "Übernehmen"}, {integration.Applying, "end", "Übernehmen"}, {integration.Stopped, "apply", "Übernehmen"},
		{integration.Applied, "", "Fertig"},
		{integration.Stopped, "undo", ""}, {integration.Undoing, "undo", ""}, {integration.Undone, "", ""}, {integration.Cancelled, "", ""},
	} {
		now := ""
		for _, s := range progress(ctx, integration.Run{State: c.state, Step: c.step}) {
			if s.State == ui.StepNow {
				now = s.Label
			}
			if s.Label == "Fertig" && s.State != ui.StepAhead && c.want != "Fertig" {
				t.Errorf("%s %s is done", c.state, c.step)
			}
		}
		if now != c.want {
			t.Errorf("%s %s: at %q, want %q", c.state, c.step, now, c.want)
		}
	}
}
