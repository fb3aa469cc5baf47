// Package noticeboard hangs notices in a house: what is said to everybody of a
// stairwell, a building or a property, with a first and a last day.
//
// A notice begins as a draft. Released, it is planned until the morning of its
// first day and published from then on: planned it may still be changed, once
// published it is locked, for people have read it. It may be withdrawn, and
// hangs until its last day otherwise. A planned outage (no hot water on Tuesday
// from 9 to 13) stands with the notice as data, so that the home page can say it
// in one line.
//
// Who may read a notice: residents whose membership counts today in the house
// that it is addressed to (portfolio.Audience without a day), while it hangs.
// Who moves in finds it, who has moved out does not. Staff with the right to
// publish notices write them within their properties; everybody of the staff
// reads them there.
//
// Publishing tells each reader by the ways that the person has chosen: an urgent
// notice at once, another one with the day's digest (notifications). Paper is the
// printed notice on the wall of the house. That a person has opened a notice is
// kept as a figure for staff: how many have read it, not who.
package noticeboard
