// Package foyer is the root of the module. It holds no code, only the tests
// that keep the house in order: who may import whom, what stays short and
// documented, which requirements are proved by which test.
package foyer
