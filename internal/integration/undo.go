package integration

import (
	"context"
	"errors"
	"slices"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Why an object stays although the import that made or changed it is undone.
const (
	KeptInUse   = "import.undo.in_use"        // somebody has begun to use it
	KeptChanged = "import.undo.changed_since" // it was changed after the import
	KeptOverlap = "import.undo.overlap"       // its old period is taken by now
)

var (
	startUndo = store.Scoped(`UPDATE import_run SET state = 'undoing', step = 'undo', position = $3, done = 0, undone_by = $4, worked_at = $5
		WHERE org_id = $1 AND id = $2 AND state IN ('applied', 'stopped')`)
	batchAt    = store.Scoped(`SELECT data FROM import_batch WHERE org_id = $1 AND run_id = $2 AND n = $3`)
	dropBatch  = store.Scoped(`DELETE FROM import_batch WHERE org_id = $1 AND run_id = $2 AND n = $3`)
	undoneSome = store.Scoped(`UPDATE import_run SET position = $4, done = $5, counts = $6, worked_at = $7
		WHERE org_id = $1 AND id = $2 AND state = 'undoing' AND position = $3`)
	finishUndo = store.Scoped(`UPDATE import_run SET state = 'undone', step = '', done = 1000, undone_at = $3, worked_at = $3
		WHERE org_id = $1 AND id = $2 AND state = 'undoing'`)
	insertKept = store.Scoped(`INSERT INTO import_kept (org_id, run_id, kind, object_id, label, reason) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`)
)

// Undo lets a job take back the last applied run: what it changed is as before,
// what it made is removed. What somebody has used or changed since stays and is
// listed, see Kept.
func (s *Service) Undo(ctx context.Context, by actor.Actor, id string) error {
	err := s.write(ctx, by, func(tx *store.Tx) error {
		r, err := mine(tx, by, id)
		if err != nil {
			return err
		}
		if err := s.clearWay(tx); err != nil {
			return err
		}
		last, ok, err := undoable(tx)
		if err != nil {
			return err
		}
		if !ok || last.ID != r.ID {
			return fault.Conflicting("import.run.not_the_last")
		}
		n, err := store.Value[int](tx, lastBatch, id)
		if err != nil {
			return err
		}
		if _, err := store.Exec(tx, dropHold, id); err != nil { // of a command that died long ago
			return err
		}
		now := s.now()
		if err := moved(store.Exec(tx, startUndo, id, n, by.Label(), store.Micros(now))); err != nil {
			return err
		}
		if err := audit.Note(tx, now, by, "import.undo", "import:"+id, nil); err != nil {
			return err
		}
		return enqueue(tx, now, undoJob, id)
	})
	switch {
	case store.IsUnique(err):
		return fault.Conflicting(OtherWrites)
	case errors.Is(err, errMoved):
		return fault.Conflicting("import.run.moved_on")
	}
	return err
}

// runUndo is the job behind Undo: it takes the batches back, the last first.
func (s *Service) runUndo(ctx context.Context, by actor.Actor, id string) error {
	total := 0
	for {
		done := false
		err := s.write(ctx, by, func(tx *store.Tx) error {
			r, err := load(tx, id)
			if err != nil {
				return err
			}
			if r.State != Undoing {
				return errMoved
			}
			total = max(total, r.position)
			now := s.now()
			if done = r.position == 0; done {
				if err := moved(store.Exec(tx, finishUndo, id, store.Micros(now))); err != nil {
					return err
				}
				return audit.Note(tx, now, by, "import.undone", "import:"+id, map[string]any{"kept": r.Counts.Kept})
			}
			if err := s.undoBatch(tx, &r); err != nil {
				return err
			}
			part := (total - r.position + 1) * 1000 / total
			return moved(store.Exec(tx, undoneSome, id, r.position, r.position-1, part, encode(r.Counts), store.Micros(now)))
		})
		if errors.Is(err, errMoved) {
			return nil
		}
		if done || err != nil {
			return err
		}
		s.between()
	}
}

func (s *Service) undoBatch(tx *store.Tx, r *Run) error {
	text, err := store.Value[string](tx, batchAt, r.ID, r.position)
	if err != nil {
		return err
	}
	b, err := decode[batch](text)
	if err != nil {
		return err
	}
	u := &undoing{tx: tx, run: r, b: &b, now: s.now()}
	for _, step := range []func() error{u.consents, u.memberships, u.leases, u.persons, u.units, u.buildings, u.properties} {
		if err := step(); err != nil {
			return err
		}
	}
	r.Counts.Restored += max(b.objects()-u.stayed, 0)
	_, err = store.Exec(tx, dropBatch, r.ID, r.position)
	return err
}

// objects counts what there is to take back, but for consents.
func (b *batch) objects() int {
	return len(b.NewProperties.IDs) + len(b.NewBuildings.IDs) + len(b.NewUnits.IDs) + len(b.NewPersons.IDs) + len(b.NewLeases.IDs) + len(b.NewMemberships.IDs) +
		len(b.Properties.List) + len(b.Buildings.List) + len(b.Units.List) + len(b.Persons.List) + len(b.Leases.List) + len(b.Memberships.List) + len(b.Removed)
}

// keep lists an object that stays.
func (u *undoing) keep(kind, id, label, reason string) error {
	n, err := store.Exec(u.tx, insertKept, u.run.ID, kind, id, label, reason)
	u.run.Counts.Kept += int(n)
	u.stayed++
	return err
}

// without returns the ids that are not in use.
func without(ids []string, used map[string]bool) (out []string) {
	for _, id := range ids {
		if !used[id] {
			out = append(out, id)
		}
	}
	return out
}

// set makes a set of the answers of several look-ups.
func (u *undoing) set(ids []string, queries ...store.Query) (map[string]bool, error) {
	out := map[string]bool{}
	for _, q := range queries {
		for rest := ids; len(rest) > 0; {
			part := rest[:min(len(rest), 1000)]
			rest = rest[len(part):]
			list, err := store.List[string](u.tx, q, store.Spread(part))
			if err != nil {
				return nil, err
			}
			for _, id := range list {
				out[id] = true
			}
		}
	}
	return out, nil
}

var (
	usedConsents = store.Scoped(`SELECT consent_id FROM access_code WHERE org_id = $1 AND consent_id IN ($2...)`)
	usedMembers  = store.Scoped(`SELECT c.lease_id || '/' || c.person_id FROM access_code c WHERE c.org_id = $1 AND c.person_id IN ($2...)`)
	letters      = store.Scoped(`SELECT l.lease_id || '/' || l.person_id FROM letter l WHERE l.org_id = $1 AND l.person_id IN ($2...)`)
	usedLeases   = []store.Query{
		store.Scoped(`SELECT lease_id FROM access_code WHERE org_id = $1 AND lease_id IN ($2...)`),
		store.Scoped(`SELECT lease_id FROM letter WHERE org_id = $1 AND lease_id IN ($2...)`),
		store.Scoped(`SELECT lease_id FROM contact_change WHERE org_id = $1 AND lease_id IN ($2...)`)}
	usedPersons = []store.Query{
		store.Scoped(`SELECT person_id FROM access_code WHERE org_id = $1 AND person_id IN ($2...)`),
		store.Scoped(`SELECT person_id FROM letter WHERE org_id = $1 AND person_id IN ($2...)`),
		store.Scoped(`SELECT person_id FROM account_person WHERE org_id = $1 AND person_id IN ($2...)`),
		store.Scoped(`SELECT person_id FROM person_access WHERE org_id = $1 AND person_id IN ($2...)`),
		store.Scoped(`SELECT person_id FROM delivery WHERE org_id = $1 AND person_id IN ($2...)`),
		store.Scoped(`SELECT person_id FROM consent WHERE org_id = $1 AND person_id IN ($2...)`),
		store.Scoped(`SELECT person_id FROM contact_change WHERE org_id = $1 AND person_id IN ($2...)`)}
	usedProperties = []store.Query{
		store.Scoped(`SELECT property_id FROM checklist WHERE org_id = $1 AND property_id IN ($2...)`),
		store.Scoped(`SELECT property_id FROM letter_batch WHERE org_id = $1 AND property_id IN ($2...)`),
		store.Scoped(`SELECT property_id FROM contact_change WHERE org_id = $1 AND property_id IN ($2...)`),
		store.Scoped(`SELECT id FROM property WHERE org_id = $1 AND (portal_on OR released_at > 0) AND id IN ($2...)`)}
)

// consents takes back the recorded consents that nothing was sent on.
func (u *undoing) consents() error {
	used, err := u.set(u.b.Consents, usedConsents)
	if err != nil {
		return err
	}
	ended := u.b.Replaced
	if len(used) > 0 {
		ended = nil // who ended for which is not kept: the newer wish stays
	}
	return notifications.TakeBackConsents(u.tx, without(u.b.Consents, used), ended)
}

// memberships puts back who was taken out, restores days and roles, and takes
// out who came in, unless a code or letter was made for this person in this
// lease.
func (u *undoing) memberships() error {
	var leaseIDs, personIDs []string
	for _, m := range slices.Concat(u.b.Removed, u.b.Memberships.after()) {
		leaseIDs = append(leaseIDs, m.LeaseID)
	}
	for _, id := range u.b.NewMemberships.IDs {
		personIDs = append(personIDs, memberKey(id).PersonID)
	}
	list, err := portfolio.MembershipsOfLeases(u.tx, leaseIDs)
	if err != nil {
		return err
	}
	now := map[portfolio.MembershipKey]membership{}
	for _, m := range list {
		now[m.Key()] = m
	}
	var put []membership
	for _, m := range u.b.Removed {
		if _, ok := now[m.Key()]; !ok {
			put = append(put, m)
		}
	}
	for _, m := range u.b.Memberships.List {
		if now[m.After.Key()] == m.After {
			put = append(put, m.Before)
		} else if err := u.keepMember(m.After.Key(), KeptChanged); err != nil {
			return err
		}
	}
	if err := portfolio.PutMemberships(u.tx, put); err != nil {
		return err
	}
	used, err := u.set(personIDs, usedMembers, letters)
	if err != nil {
		return err
	}
	var gone []portfolio.MembershipKey
	for _, id := range u.b.NewMemberships.IDs {
		if used[id] {
			if err := u.keepMember(memberKey(id), KeptInUse); err != nil {
				return err
			}
			continue
		}
		gone = append(gone, memberKey(id))
	}
	_, err = portfolio.RemoveMemberships(u.tx, gone)
	return err
}

func (u *undoing) keepMember(k portfolio.MembershipKey, why string) error {
	persons, err := portfolio.PersonsByID(u.tx, []string{k.PersonID})
	if err != nil || len(persons) == 0 {
		return err
	}
	return u.keep("membership", k.LeaseID+"/"+k.PersonID, persons[0].DisplayName(), why)
}
