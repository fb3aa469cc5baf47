package actor

import (
	"context"
	"slices"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Kind tells what sort of party acts.
type Kind string

// The kinds.
const (
	Anonymous Kind = "anonymous" // a visitor of one organisation's public pages
	Resident  Kind = "account"
	Staff     Kind = "staff"
	Job       Kind = "job"
	Operator  Kind = "operator" // somebody with a shell on the server
)

// Actor is who acts. The zero Actor may do nothing.
type Actor struct {
	kind       Kind
	org        string
	id         string // account id (resident), staff id (staff), job kind
	account    string // account id, for sessions, of residents and staff
	name       string
	role       Role
	rights     rights
	persons    []string // the resident's persons
	limited    bool
	properties []string // of a limited staff member
	viewer     string   // staff id of who looks at the portal as this resident
}

// NewAnonymous returns a visitor of an organisation's public pages.
func NewAnonymous(org string) Actor {
	return Actor{kind: Anonymous, org: org, rights: set(Everyone)}
}

// NewResident returns a signed-in resident with the persons that the account
// stands for.
func NewResident(org, account string, persons []string) Actor {
	return Actor{kind: Resident, org: org, id: account, account: account, rights: set(Everyone, Self), persons: persons}
}

// NewViewer returns a staff member who looks at the residents' pages as some
// persons see them (W13). What such an actor writes is rolled back by the store;
// the front door refuses forms before.
func NewViewer(org, account, staff string, persons []string) Actor {
	a := NewResident(org, account, persons)
	a.id, a.viewer = staff, staff
	return a
}

// NewStaff returns a signed-in staff member. properties counts only when
// limited is true.
func NewStaff(org, account, staff, name string, role Role, limited bool, properties []string) Actor {
	return Actor{kind: Staff, org: org, id: staff, account: account, name: name, role: role, rights: byRole[role], limited: limited, properties: properties}
}

// NewJob returns the product itself at work on a job of an organisation.
func NewJob(org, kind string) Actor {
	return Actor{kind: Job, org: org, id: kind, rights: set(System, ReadPortfolio, EditPortfolio, IssueAccess, ManageOrg)}
}

// NewOperator returns somebody with a shell on the server, acting for one
// organisation.
func NewOperator(org string) Actor {
	return Actor{kind: Operator, org: org, rights: set(Operate, ReadPortfolio, EditPortfolio, IssueAccess, ManageOrg)}
}

// Scope returns the scope of the actor's transactions.
func (a Actor) Scope() store.Scope {
	if a.viewer != "" {
		return store.OrgScope(a.org).Looking()
	}
	return store.OrgScope(a.org)
}

// SessionScope is the scope in which the actor's own session is kept, which even
// who only looks may change.
func (a Actor) SessionScope() store.Scope { return store.OrgScope(a.org) }

// Views tells whether this is a staff member who looks at the portal as a
// resident sees it.
func (a Actor) Views() bool { return a.viewer != "" }

// Org returns the organisation's id.
func (a Actor) Org() string { return a.org }

// Kind returns what sort of party this is.
func (a Actor) Kind() Kind { return a.kind }

// ID returns the account id of a resident, the staff id of staff, the kind of
// a job.
func (a Actor) ID() string { return a.id }

// Account returns the account id of a resident or staff member, else "".
func (a Actor) Account() string { return a.account }

// Name returns a staff member's name, else "".
func (a Actor) Name() string { return a.name }

// Role returns a staff member's role, else "".
func (a Actor) Role() Role { return a.role }

// Persons returns the persons that a resident's account stands for.
func (a Actor) Persons() []string { return slices.Clone(a.persons) }

// Label names the actor in audit lines: "staff:018f…".
func (a Actor) Label() string {
	if a.id == "" {
		return string(a.kind)
	}
	if a.viewer != "" {
		return "view:" + a.viewer
	}
	return string(a.kind) + ":" + a.id
}

// Has tells whether the actor has a right.
func (a Actor) Has(r Right) bool { return r != None && a.rights&(1<<r) != 0 }

// Must returns fault.Denied unless the actor has the right.
func (a Actor) Must(r Right) error {
	if a.Has(r) {
		return nil
	}
	return fault.Denied("right " + r.String())
}

// Limited tells whether a staff member is limited to single properties.
func (a Actor) Limited() bool { return a.limited }

// Properties returns the properties of a limited staff member.
func (a Actor) Properties() []string { return slices.Clone(a.properties) }

// MayProperty tells whether the actor's limits include a property.
func (a Actor) MayProperty(id string) bool {
	return !a.limited || slices.Contains(a.properties, id)
}

type key struct{}

// With returns a context that carries the actor, for logs and templates.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns the context's actor, the zero Actor when there is none.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(key{}).(Actor)
	return a
}
