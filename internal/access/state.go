package access

import (
	"time"

	"foyer/internal/platform/fault"
)

// State is how far a person's way into the portal is, as staff see it.
type State string

// The states. Expired and Ended are read from the clock and the leases; the
// others are written when something happens.
const (
	NoAccess  State = "none"      // nothing was sent
	Requested State = "requested" // the person asked for new access data; staff print a letter
	Pending   State = "pending"   // sent, no password set yet
	Confirmed State = "confirmed" // registered with an own password
	Expired   State = "expired"   // sent, and the code has run out
	Revoked   State = "revoked"   // taken back by staff, or turned away by "that is not me"
	Ended     State = "ended"     // no lease any more
)

// States lists all states in the order of the legend.
var States = []State{NoAccess, Requested, Pending, Confirmed, Expired, Revoked, Ended}

// Label returns the catalogue key of the state's name.
func (s State) Label() string { return "access.state." + string(s) }

// Legend returns the catalogue key of the sentence that explains the state.
func (s State) Legend() string { return "access.state." + string(s) + ".legend" }

// Valid tells whether s is one of States.
func (s State) Valid() bool {
	for _, x := range States {
		if s == x {
			return true
		}
	}
	return false
}

// Channel is how a code travels.
type Channel string

// The channels.
const (
	ByLetter Channel = "letter"
	ByEmail  Channel = "email"
)

// Access is what is written down about a person's access. The zero value
// stands for nothing.
type Access struct {
	State   State     // "", requested, pending, confirmed or revoked
	Since   time.Time // when that state began
	Until   time.Time // pending: when the code runs out
	Channel Channel   // how the last code travelled
}

// StateOf tells the state at a moment. ended is true when the person's leases
// are all over.
func StateOf(a Access, now time.Time, ended bool) State {
	switch {
	case ended:
		return Ended
	case a.State == "":
		return NoAccess
	case a.State == Pending && !now.Before(a.Until):
		return Expired
	}
	return a.State
}

// event is what can happen to an access.
type event string

const (
	issued    event = "issued"    // a code is on its way
	asked     event = "asked"     // the person asked for a new code in place of an expired one
	redeemed  event = "redeemed"  // an own password is set
	takenBack event = "takenBack" // revoked by staff, or "that is not me"
	detached  event = "detached"  // the login was voided (reset, account closed)
	unsent    event = "unsent"    // the code never left: consent withdrawn, batch given up
)

// after applies an event. It refuses every step that the states do not have:
// the only way to Confirmed leads through a code that was sent.
func (a Access) after(e event, now, until time.Time, by Channel) (Access, error) {
	next := Access{Since: now, Channel: a.Channel}
	switch {
	case e == issued && a.State != Confirmed:
		next.State, next.Until, next.Channel = Pending, until, by
	case e == issued:
		return a, fault.Conflicting("access.state.confirmed_already")
	case e == asked && StateOf(a, now, false) == Expired:
		next.State = Requested
	case e == redeemed && (a.State == Pending || a.State == Requested):
		next.State = Confirmed
	case e == takenBack && a.State != "" && a.State != Revoked:
		next.State = Revoked
	case e == takenBack:
		return a, fault.Conflicting("access.state.nothing_to_revoke")
	case e == detached && a.State == Confirmed, e == unsent && a.State == Pending:
		return Access{}, nil
	default:
		return a, fault.Conflicting("access.state.changed_meanwhile")
	}
	return next, nil
}
