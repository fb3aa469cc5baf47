package access

import (
	"testing"
	"time"

	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// What ran out is removed, what lives stays.
func TestCleanUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		own := w.remembered(jette, secret, firefox)
		w.mustSignIn(ResidentSite, jette, secret)
		w.ask(ResidentSite, jette)
		w.write(func(tx *store.Tx) error { return jobs.Enqueue(tx, jobCleanup, "schedule", nil, w.now()) })
		count := func() (out [3]int) {
			w.write(func(tx *store.Tx) (err error) {
				for i, table := range []string{"session", "access_link", "throttle"} {
					if out[i], err = store.Value[int](tx, store.Scoped(`SELECT count(*) FROM `+table+` WHERE org_id = $1`)); err != nil {
						return err
					}
				}
				return nil
			})
			return out
		}
		w.drain()
		if got := count(); got[0] != 2 || got[1] != 1 || got[2] == 0 {
			t.Fatalf("before: %v", got)
		}
		w.later(49 * time.Hour)
		w.drain()
		if got := count(); got != [3]int{1, 0, 0} {
			t.Errorf("after two days: %v", got)
		}
		w.mustBe(ResidentSite, own.Token)
	})
}
