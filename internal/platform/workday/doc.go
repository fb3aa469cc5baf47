// Package workday counts working days: Monday to Friday without the public
// holidays of a region. Regions are named as in ISO 3166: a country ("DE") or
// one of its parts with holidays of its own ("DE-BE", "CH-ZH"). The holidays
// come from github.com/rickar/cal; what it lacks or has kept too long is put
// right here, with the law that says so.
//
// Only public holidays of a whole region count. Where a town keeps a day of its
// own (the Augsburger Friedensfest) a promised day may come one day early.
package workday
