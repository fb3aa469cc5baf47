package access

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

var (
	invitedOf = store.Scoped(`SELECT pa.person_id FROM person_access pa WHERE pa.org_id = $1 AND pa.state <> 'requested' AND pa.person_id IN ($2...)`)
	plannedOf = store.Scoped(`SELECT le.person_id FROM letter le JOIN letter_batch b ON b.org_id = le.org_id AND b.id = le.batch_id
		WHERE le.org_id = $1 AND le.state = 'planned' AND b.state IN ('queued', 'running') AND le.person_id IN ($2...)`)
	batchToJoin = store.Scoped(`SELECT b.id, b.total FROM letter_batch b WHERE b.org_id = $1 AND b.property_id = $2 AND b.reason = 'first_message' AND b.state = 'queued'
		ORDER BY b.created_at DESC, b.id DESC LIMIT 1`)
	growBatch = store.Scoped(`UPDATE letter_batch SET total = total + $3 WHERE org_id = $1 AND id = $2 AND state = 'queued'`)
)

// gather is how long letters of first messages wait for more of them, so that a
// message to everybody makes one batch per property.
const gather = 2 * time.Minute

// InviteFirst invites those of the planned readers whom a first message invites
// (X4, E8, E9), in the transaction that announces it: by e-mail where there is a
// consent and the organisation invites so, else by a letter that waits on Heute.
// Who was invited before, was refused or lives where the checklist is open is
// left out. It returns how many it invited; it needs IssueAccess.
func (s *Service) InviteFirst(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, plan []notifications.Planned) (int, error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return 0, err
	}
	plan = slices.DeleteFunc(slices.Clone(plan), func(p notifications.Planned) bool { return !p.Invite })
	fresh, err := notInvited(tx, plan)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	byPost := map[string][]candidate{} // by property
	checked, n := map[string]bool{}, 0
	for _, p := range fresh {
		r := p.Reader
		open, known := checked[r.PropertyID]
		if !known {
			err := needChecklist(tx, r.PropertyID)
			var conflict *fault.Conflict
			if err != nil && !errors.As(err, &conflict) {
				return n, err
			}
			open = err == nil
			checked[r.PropertyID] = open
		}
		if !open {
			continue
		}
		mailed := false
		if slices.Contains(o.Settings.InviteChannels, orgs.ByEmail) && r.Consent {
			if mailed, err = s.inviteReader(tx, now, by, o, r); err != nil {
				return n, err
			}
		}
		if mailed {
			n++
		} else if slices.Contains(o.Settings.InviteChannels, orgs.ByPost) && len(r.Lines) > 0 {
			byPost[r.PropertyID] = append(byPost[r.PropertyID], candidate{personID: r.PersonID, leaseID: r.LeaseID})
			n++
		}
	}
	properties := make([]string, 0, len(byPost))
	for id := range byPost {
		properties = append(properties, id)
	}
	slices.SortFunc(properties, strings.Compare)
	for _, id := range properties {
		if err := s.gatherLetters(tx, now, by, id, byPost[id]); err != nil {
			return n, err
		}
	}
	return n, nil
}

// notInvited leaves out who has been invited, or has a letter under way.
func notInvited(tx *store.Tx, plan []notifications.Planned) ([]notifications.Planned, error) {
	skip := map[string]bool{}
	for part := range slices.Chunk(plan, 500) {
		ids := make([]string, len(part))
		for i, p := range part {
			ids[i] = p.Reader.PersonID
		}
		for _, q := range []store.Query{invitedOf, plannedOf} {
			list, err := store.List[string](tx, q, store.Spread(ids))
			if err != nil {
				return nil, err
			}
			for _, id := range list {
				skip[id] = true
			}
		}
	}
	return slices.DeleteFunc(plan, func(p notifications.Planned) bool { return skip[p.Reader.PersonID] }), nil
}

// inviteReader queues the mail of an invitation; false when the consent is none.
func (s *Service) inviteReader(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, r notifications.Reader) (bool, error) {
	consent, ok, err := notifications.ActiveConsent(tx, r.PersonID, string(ByEmail))
	if err != nil || !ok {
		return false, err
	}
	h, err := loadHolder(tx, r.PersonID)
	if err != nil {
		return false, err
	}
	p, ok := h.entitled(o, o.Today(now), r.LeaseID)
	if !ok {
		return false, nil
	}
	return true, s.inviteBy(tx, now, by, o, h, p, consent)
}

// gatherLetters adds letters to the property's batch that is waiting to be
// made, or begins one.
func (s *Service) gatherLetters(tx *store.Tx, now time.Time, by actor.Actor, propertyID string, list []candidate) error {
	var id string
	var total int
	err := store.Each(tx, batchToJoin, []any{&id, &total}, func() error { return nil }, propertyID)
	if err != nil {
		return err
	}
	if id == "" {
		seed := make([]byte, 32)
		rand.Read(seed)
		id = store.NewID()
		sealed := base64.RawStdEncoding.EncodeToString(s.keys.Seal(purposeSeed, by.Org(), seed))
		if _, err := store.Exec(tx, insertBatch, id, propertyID, string(ForFirstMessage), false, sealed, 0, by.Label(), store.Micros(now)); err != nil {
			return err
		}
		if err := jobs.Enqueue(tx, JobLetters, id, map[string]string{"batch": id}, now.Add(gather)); err != nil {
			return err
		}
	}
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{id, c.personID, c.leaseID, total + i + 1, "planned"}
	}
	if _, err := store.InsertAll(tx, insertLetters, rows); err != nil {
		return err
	}
	if _, err := store.Exec(tx, growBatch, id, len(rows)); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "access.letters", "property:"+propertyID, map[string]any{"batch": id, "letters": len(rows), "reason": ForFirstMessage})
}
