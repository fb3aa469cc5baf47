package access

import (
	"context"
	"strconv"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/store"
)

// store writes down what became of the letters of a chunk: for each one that
// is in the file for the first time its code and state, for each that failed
// the reason. Either all of the chunk or nothing.
func (r *letterRun) store(tx *store.Tx, drafts []draft, now time.Time, after int) error {
	var fresh []string
	var codes, accesses [][]any
	failed := 0
	at, org := store.Micros(now), r.by.Org()
	for i := range drafts {
		d := &drafts[i]
		switch {
		case d.isWriten && d.state == "planned":
			until := store.Micros(d.page.until)
			fresh = append(fresh, d.personID)
			codes = append(codes, []any{store.NewID(), d.personID, d.leaseID, string(ByLetter),
				r.s.keys.Hash(purposeTyped, org, d.page.secret.Typed), r.s.keys.Hash(purposeLink, org, d.page.secret.Link),
				d.address, r.batch.ID, r.batch.CreatedBy, at, until})
			accesses = append(accesses, []any{d.personID, string(Pending), at, until, string(ByLetter)})
		case !d.isWriten:
			n, err := r.storeFailure(tx, d, now)
			if err != nil {
				return err
			}
			failed += n
		}
	}
	if err := r.storeCodes(tx, fresh, codes, accesses, at, after); err != nil {
		return err
	}
	if len(fresh)+failed == 0 {
		return nil
	}
	_, err := store.Exec(tx, countBatch, r.batch.ID, len(fresh), failed)
	return err
}

func (r *letterRun) storeCodes(tx *store.Tx, fresh []string, codes, accesses [][]any, at int64, after int) error {
	if len(fresh) == 0 {
		return nil
	}
	n, err := store.Value[int](tx, unfit, at, r.batch.IncludePending, store.Spread(fresh))
	if err != nil {
		return err
	}
	done, err := store.Exec(tx, letterDone, r.batch.ID, after, after+letterChunk, store.Spread(fresh))
	if err != nil {
		return err
	}
	if n > 0 || done != int64(len(fresh)) {
		return errStale
	}
	if _, err := store.Exec(tx, revokeMany, at, r.by.Label(), reasonReplaced, store.Spread(fresh)); err != nil {
		return err
	}
	if _, err := store.InsertAll(tx, insertCodes, codes); err != nil {
		return err
	}
	_, err = store.InsertAll(tx, saveAccesses, accesses)
	return err
}

// storeFailure notes a letter that is not in the file. A letter that nobody
// needs any more is not shown to staff. One whose code was stored by an earlier
// run and that cannot be printed any more leaves the person without it.
func (r *letterRun) storeFailure(tx *store.Tx, d *draft, now time.Time) (int, error) {
	key, dismissed := d.failKey, int64(0)
	if d.unneeded {
		key, dismissed = "access.letter.failed.unneeded", store.Micros(now)
	}
	n, err := store.Exec(tx, letterFailed, r.batch.ID, d.personID, key, d.failArg, dismissed)
	if err != nil || n == 0 {
		return 0, err
	}
	if d.state != "done" {
		return 1, nil
	}
	if d.spent == 0 {
		if _, err := store.Exec(tx, revokeCodes, d.personID, store.Micros(now), r.by.Label(), reasonBatch); err != nil {
			return 0, err
		}
		if err := move(tx, d.personID, unsent, now, time.Time{}, ""); err != nil {
			return 0, err
		}
	}
	_, err = store.Exec(tx, countBatch, r.batch.ID, -1, 0)
	return 1, err
}

// giveUp ends a batch that cannot be written: no letter of it exists, so its
// codes are void and its persons are without access as before.
func (s *Service) giveUp(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		n, err := store.Exec(tx, endBatch, id, string(BatchFailed))
		if err != nil || n == 0 {
			return err
		}
		now := s.now()
		if _, err := store.Exec(tx, forgetBatch, id); err != nil {
			return err
		}
		if _, err := store.Exec(tx, revokeBatch, id, store.Micros(now), by.Label(), reasonBatch); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "access.letters.failed", "batch:"+id, nil)
	})
}

// manifestRow is one letter in the list that goes with the file. It has no
// code.
func (r *letterRun) manifestRow(d *draft, to []string) []string {
	p := r.s.texts.Printer(r.org.Language())
	g := d.page
	row := []string{strconv.Itoa(r.file.Pages()), g.holder.DisplayName(), strings.Join(to, ", "),
		strings.Join(nonEmpty(g.place.Building.AddressLine(), g.place.Unit.Location(p)), " · "), r.batch.Property, g.place.Lease.Ref,
		r.paper.day, lastDay(r.paper.zone, g.until), r.batch.ID}
	for i, cell := range row {
		row[i] = plainCell(cell)
	}
	return row
}
