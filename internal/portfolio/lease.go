package portfolio

// The kinds of a lease.
const (
	Rental    = "rental"
	Ownership = "ownership"
)

// Lease is one contract about one unit for a period: a rental, or the
// ownership of a unit. Both days are included.
type Lease struct {
	ID           string
	UnitID       string
	Kind         string // Rental or Ownership
	Ref          string // the manager's contract number; unique in the organisation
	StartsOn     string // first day
	EndsOn       string // last day, "" = open
	SignedOn     string // "" = unknown
	RentNet      int64  // per month, minor units of Currency; 0 = unknown
	RentService  int64  // advance payment for service charges
	RentHeating  int64  // advance payment for heating and hot water
	Deposit      int64
	Currency     string // ISO 4217
	NoticePeriod string // as written: "3 Monate zum Monatsende"
}

// Until returns the last day, Forever when the lease is open.
func (l Lease) Until() string { return until(l.EndsOn) }

// Overlaps tells whether two leases claim the same unit on the same day.
// Owners may share a unit with each other and with a renter, so only two
// rentals can overlap. A lease does not overlap itself.
func (l Lease) Overlaps(o Lease) bool {
	return l.ID != o.ID && l.UnitID == o.UnitID && l.Kind == Rental && o.Kind == Rental &&
		l.StartsOn <= o.Until() && o.StartsOn <= l.Until()
}

// KindOf returns the kind of lease that a role of the resident list belongs
// to: an owner's is an ownership, everything else a rental.
func KindOf(role string) string {
	if role == Owner {
		return Ownership
	}
	return Rental
}

// The roles of a person in a lease.
const (
	ContractParty = "contract_party"
	CoResident    = "co_resident"
	Owner         = "owner"
)

// Membership is a person's part in a lease: the role and the days. A person
// has at most one in a lease; who leaves and comes back comes by a new lease.
type Membership struct {
	LeaseID  string
	PersonID string
	Role     string // ContractParty, CoResident or Owner
	FromDay  string // first day in the lease, usually the lease's
	ToDay    string // last day, Forever = as long as the lease
}

// MembershipKey names a membership.
type MembershipKey struct{ LeaseID, PersonID string }

// Key returns the membership's key.
func (m Membership) Key() MembershipKey { return MembershipKey{m.LeaseID, m.PersonID} }

// Period returns the first and last day on which the membership holds: what
// the membership and its lease have in common. ok is false when that is no
// day at all.
func (m Membership) Period(l Lease) (first, last string, ok bool) {
	first, last = max(m.FromDay, l.StartsOn), min(m.ToDay, l.Until())
	return first, last, first <= last
}
