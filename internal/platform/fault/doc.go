// Package fault names the few ways in which a use-case can refuse: the thing
// is not there, the actor may not, the input is wrong, somebody was faster, or
// a part of the machine is down. Capabilities return these kinds, web maps
// each kind once to a status and a page. An error of no kind is our own bug
// and is the only kind that is logged as an error.
package fault
