package accessweb_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// Each text of the staff's pages is used, each that is used exists, in every
// language.
func TestStaffTextsAreCompleteAndUsed(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	if missing := o.texts.Missing("en"); len(missing) > 0 {
		t.Errorf("English: %v", missing)
	}
	used := map[string]bool{}
	literal := regexp.MustCompile(`"(accessweb\.s\.[a-z0-9_.]*[a-z0-9_])"`)
	for _, pattern := range []string{"*.templ", "*.go"} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		for _, f := range files {
			if strings.HasSuffix(f, "_templ.go") || strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			must(t, err)
			for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
			}
		}
	}
	// Keys that are put together: the parts that may come behind each beginning.
	parts := map[string][]string{
		"role_in_lease":  {portfolio.ContractParty, portfolio.CoResident, portfolio.Owner},
		"today":          {"morning", "day_greeting", "evening"},
		"property.tab":   {"bewohner", "einheiten", "einstellungen"},
		"consent.source": {"import", "staff", "resident"},
		"letter":         {"title", "text", "text_plain", "verb"},
		"reset_access":   {"title", "text", "verb"},
		"revoke":         {"title", "text", "text_plain", "verb"},
		"withdraw":       {"title", "text", "verb"},
		"mail.stage":     {"compose", "connect", "sender", "recipient", "content", "accept"},
		"mail":           {"invitation", "confirm", "registered", "reset", "reset_notice", "password_changed", "new_device", "staff_invitation"},
	}
	for _, r := range actor.Roles {
		parts["role"] = append(parts["role"], string(r))
	}
	for _, r := range []access.BatchReason{access.ForDownload, access.ForRelease, access.ForCommand, access.ForFirstMessage} {
		parts["letters.reason"] = append(parts["letters.reason"], string(r))
	}
	for _, s := range []access.BatchState{access.BatchQueued, access.BatchRunning, access.BatchReady, access.BatchErased, access.BatchFailed} {
		parts["letters.state"] = append(parts["letters.state"], string(s))
	}
	for _, s := range []notifications.State{notifications.Queued, notifications.Sending, notifications.Sent, notifications.Failed, notifications.Dropped} {
		parts["delivery"] = append(parts["delivery"], string(s))
	}
	for begin, ends := range parts {
		delete(used, "accessweb.s."+begin) // the beginning alone is no text
		for _, end := range ends {
			used["accessweb.s."+begin+"."+end] = true
		}
	}
	for _, key := range slices.Collect(maps.Keys(used)) { // what was done has a second line
		if strings.HasPrefix(key, "accessweb.s.done.") || key == "accessweb.s.today.dismissed" || key == "accessweb.s.letters.printed_done" {
			used[key+"_text"] = true
		}
	}
	keys := o.texts.Keys("de")
	for _, k := range keys {
		if strings.HasPrefix(k, "accessweb.s.") && !used[k] {
			t.Errorf("nobody uses %s", k)
		}
	}
	for k := range used {
		if !slices.Contains(keys, k) {
			t.Errorf("no text for %s", k)
		}
	}
}
