package accessweb_test

import (
	"testing"

	"foyer/internal/platform/store"
)

// Where one arrives is a setting; who has asked for a page gets that one.
func TestE15_X12_WhereResidentsArrive(t *testing.T) {
	h := home(t)
	set := func(settings string) {
		h.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, setOrg, settings)
			return err
		})
	}
	set(`{"landing": "messages"}`)
	h.visitor().post("/anmelden", "email", marlene, "password", password).goes("/nachrichten")
	h.visitor().post("/anmelden", "email", marlene, "password", password, "weiter", "/").goes("/nachrichten")
	h.visitor().post("/anmelden", "email", marlene, "password", password, "weiter", "/mehr").goes("/mehr")
	set(`{"landing": "overview"}`)
	h.visitor().post("/anmelden", "email", marlene, "password", password).goes("/")
}
