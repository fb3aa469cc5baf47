// Package portfolio holds what an organisation manages and for whom: a
// property has buildings (a street and a number each), a building has units, a
// unit has leases that follow each other, and a lease has persons with a role
// and their own days in it. Staff read and switch settings through Service;
// the rows themselves come from the manager's resident lists.
//
// # Words
//
// A lease is a rental, or the ownership of a unit. A membership is a person's
// part in a lease, as contract party, co-resident or owner. A tenancy is a
// lease as one of its persons sees it. There is no "current unit" of a person:
// everything is judged on a day.
//
// # Who may see an item
//
// Every item that a resident may read (message, case, notice, document,
// consumption, invoice) carries an Audience: to whom it is addressed, and its
// date. CanSee, Recipients and the SQL of MayCTE with AudienceSQL are one
// decision in three directions; no other package decides this.
//
// The period of a membership is what it has in common with its lease, first to
// last day; with no common day it does not exist. It counts when its last day
// is today or later, so from the first notice of a future lease on. Afterwards
// X14 decides: with own_period_read_only it counts on until so many months
// have passed, with none it does not. A membership taken away never counts.
//
//	addressed to            contract party        co-resident    owner
//	person (and author)     that person, whatever the item's date, while any
//	                        membership of theirs counts
//	lease                   all of it (1)         -              of an ownership: all of it (1)
//	unit                    dated in the period   -              -
//	stairwell, building,    dated in the period   dated in the   -
//	property, everyone                            period
//	owners of a property    -                     -              dated in the period
//
//	(1) Until the last day, items of every date: the contract was signed
//	    before the first day. After it, for who joined the lease after its
//	    start nothing from before; for who left before its end nothing from
//	    after; for who stayed to the end also what comes later, such as the
//	    final statement.
//
// "Dated in the period" gives the successor nothing of the predecessor, and
// those who moved out no later notice. An item without a date (house rules)
// counts as dated today. A person with several memberships sees what any of
// them shows. An owner who lives in the unit has a second membership that says
// so. A co-resident's message that is shared with the whole lease is addressed
// to the lease and names its author.
//
// Whether the portal is switched on at all is asked before, at sign-in.
//
// # For the import of lists
//
// An importer works in batches of some hundred rows, each batch one Write:
//
//  1. look up what the rows name: PropertiesByRef, UnitsByRef, LeasesByRef,
//     PersonsByRef; without references BuildingsByKey, UnitsByKey,
//     LeasesOfUnits, and PersonsByName with a second thing that matches;
//     then MembershipsOfLeases;
//  2. build the rows as they shall be, with store.NewID for new ones; Diff
//     tells what changes (nothing: write nothing), Contradicts finds two lines
//     that disagree about one object, Lease.Overlaps two rentals of a unit;
//  3. Put… what is new or changed, keeping the rows of step 1 as
//     before-images.
//
// Undo is Put… with the before-images and Remove… for the ids that were new,
// in reverse order; what has got a life of its own since then stays. All rows
// are comparable with == and survive JSON unchanged. A unit must be placed in
// its building (Unit.Place) before it is put, and all units of a building
// again when the building's address changes.
package portfolio
