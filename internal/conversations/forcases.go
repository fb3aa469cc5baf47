package conversations

import (
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// What package cases needs of conversations beside the functions that write.

// SearchKind names conversations in the search; cases stand among them.
const SearchKind = searchKind

// Answering returns as whom, from which lease, a resident answers in a
// conversation; why is the catalogue key of the reason when not at all.
func (s *Service) Answering(tx *store.Tx, o orgs.Org, by actor.Actor, c Conversation) (t portfolio.Tenancy, why string, err error) {
	return s.answering(tx, o, by.Persons(), c)
}

// OwnTenancy returns the own lease that a resident may begin something about;
// ok is false when it is none, or has ended (X14).
func (s *Service) OwnTenancy(tx *store.Tx, o orgs.Org, by actor.Actor, leaseID string) (t portfolio.Tenancy, ok bool, err error) {
	return s.tenancy(tx, o, by, leaseID)
}

// Calm fails with fault.TooMany when a person has sent more in an hour than
// anybody writes.
func (s *Service) Calm(tx *store.Tx, personID string) error { return s.calm(tx, personID) }

// SeenUntil returns until when the actor has seen a conversation; zero: never.
func SeenUntil(tx *store.Tx, id string, by actor.Actor) (time.Time, error) {
	return seenUntil(tx, id, by)
}

// PersonName returns a person's name as lists show it.
func PersonName(tx *store.Tx, id string) (string, error) { return personName(tx, id) }

// StaffName returns a staff member's name, "" for nobody.
func StaffName(tx *store.Tx, id string) (string, error) { return staffName(tx, id) }

// HasPost tells whether there is a message with an id: whether it was sent
// before.
func HasPost(tx *store.Tx, id string) (bool, error) {
	_, err := store.Value[string](tx, hasPost, id)
	if isNoRow(err) {
		return false, nil
	}
	return err == nil, err
}

// PostByID returns a message; ok is false when there is none.
func PostByID(tx *store.Tx, id string) (p Post, ok bool, err error) {
	r, err := store.Get(tx, postByID, (*postRow).dest, id)
	if isNoRow(err) {
		return Post{}, false, nil
	}
	return r.post(), err == nil, err
}
