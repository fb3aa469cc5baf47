package integration

import (
	"cmp"
	"strconv"
	"time"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/portfolio"
)

type (
	property   = portfolio.Property
	building   = portfolio.Building
	unit       = portfolio.Unit
	lease      = portfolio.Lease
	person     = portfolio.Person
	membership = portfolio.Membership
)

// node is one object that rows of a batch speak of: as the database has it,
// and as it is to become.
type node[T any] struct {
	id     string
	key    string // of a new one
	before *T     // nil = it is new
	after  T      // set by the first row that names it
	set    bool   // after is set
	owner  *line  // the row that decides about it in this batch
	dead   bool   // new, but the row that should have made it was refused
}

func known[T any](id string, v T) *node[T] { return &node[T]{id: id, before: &v} }

// isNew tells whether the database does not have it yet.
func (n *node[T]) isNew() bool { return n.before == nil }

// nodes finds the objects of one kind by id.
type nodes[T any] map[string]*node[T]

// add brings objects in from the database; objects that are there stay.
func (m nodes[T]) add(list []T, id func(T) string, seen func(*node[T])) {
	for _, v := range list {
		if _, ok := m[id(v)]; ok {
			continue
		}
		n := known(id(v), v)
		m[n.id] = n
		if seen != nil {
			seen(n)
		}
	}
}

// world is what one batch of rows meets: the objects of the database that they
// may mean, and the new ones that they make. It lives inside one transaction.
type world struct {
	settings
	properties nodes[property]
	buildings  nodes[building]
	units      nodes[unit]
	leases     nodes[lease]
	persons    nodes[person]
	members    map[portfolio.MembershipKey]membership

	propertyRef  map[string]*node[property]
	propertyName map[string][]*node[property]
	buildingAt   map[string][]*node[building]
	buildingsOf  map[string][]*node[building] // by property, where all of them were asked for
	unitRef      map[string][]*node[unit]
	unitAt       map[string][]*node[unit]
	leaseRef     map[string]*node[lease]
	leasesIn     map[string][]*node[lease] // by unit
	personRef    map[string]*node[person]
	personName   map[string][]*node[person]

	houses map[*node[unit]]*node[building] // where units are to be

	collided []collision

	newProperties map[string]*node[property]
	newBuildings  map[string]*node[building]
	newUnits      map[string]*node[unit]
	newLeases     map[string]*node[lease]
	newPersons    map[string]*node[person]

	logins   map[string]string       // person → login address
	wanted   map[string]string       // person → proved address that is to become the login
	consents map[string]consentState // person → newest consent
	keys     map[address]string
}

// settings are what holds for a whole run.
type settings struct {
	run        string
	mapping    residentlist.Mapping
	country    bool // the file has a column for the building's country
	leaseEnd   bool // ... and for the end of leases
	complete   bool
	endMissing bool
	limited    bool
	limits     map[string]bool
	today      string
	tomorrow   string
	zone       *time.Location
	unnamed    string // name of a property about which a list says nothing
	bareUnits  bool   // the database has units without a reference
	barePerson bool   // ... and persons
	by         actor.Actor
}

func newWorld(s settings) *world {
	return &world{settings: s,
		properties: nodes[property]{}, buildings: nodes[building]{}, units: nodes[unit]{}, leases: nodes[lease]{}, persons: nodes[person]{},
		members:     map[portfolio.MembershipKey]membership{},
		propertyRef: map[string]*node[property]{}, propertyName: map[string][]*node[property]{},
		buildingAt: map[string][]*node[building]{}, buildingsOf: map[string][]*node[building]{},
		unitRef: map[string][]*node[unit]{}, unitAt: map[string][]*node[unit]{},
		leaseRef: map[string]*node[lease]{}, leasesIn: map[string][]*node[lease]{},
		personRef: map[string]*node[person]{}, personName: map[string][]*node[person]{},
		houses:        map[*node[unit]]*node[building]{},
		newProperties: map[string]*node[property]{}, newBuildings: map[string]*node[building]{}, newUnits: map[string]*node[unit]{},
		newLeases: map[string]*node[lease]{}, newPersons: map[string]*node[person]{},
		logins: map[string]string{}, wanted: map[string]string{}, consents: map[string]consentState{}, keys: map[address]string{}}
}

// reason makes a reason about a column, with its heading in the file.
func (s *settings) reason(c residentlist.Column, key string, args ...any) Reason {
	r := Reason{Column: string(c), Heading: s.mapping[c], Key: key, Args: map[string]any{"heading": cmp.Or(s.mapping[c], string(c))}}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i].(string)] = args[i+1]
	}
	return r
}

// personColumn is the column by which the file tells persons apart.
func (s *settings) personColumn() residentlist.Column {
	for _, c := range []residentlist.Column{residentlist.PersonRef, residentlist.LastName} {
		if s.mapping[c] != "" {
			return c
		}
	}
	return residentlist.Company
}

// rowArg is a row number as a name, without the grouping of numbers.
func rowArg[N int | int32](no N) string { return strconv.Itoa(int(no)) }

type address struct{ street, number, postcode, city string }

// addressKey is Building.AddressKey, remembered: neighbouring rows have the
// same address.
func (w *world) addressKey(r *residentlist.Row) string {
	short := address{r.Street, r.HouseNumber, r.Postcode, r.City}
	key, ok := w.keys[short]
	if !ok {
		key = buildingOf(r).AddressKey()
		w.keys[short] = key
	}
	return key
}
