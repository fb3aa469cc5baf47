// Package portfolio holds what an organisation manages and for whom:
// properties, their buildings and units, the persons, the leases between them
// and who is in a lease as what.
package portfolio
