// Package app wires the house: it reads the settings, opens store, secret and
// blobs, builds the capabilities in their order, mounts their routes behind
// the front door and runs jobs and servers until it is told to stop. It is the
// one package that knows all others, and it decides nothing of the domain.
package app
