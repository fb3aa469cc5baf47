// Package web is the front door: one table of routes, each with its site, its
// right and its handler in one line; hosts that choose the organisation;
// session cookies; security headers; forms; pages.
//
// A request goes through, in this order: request id and log → panic guard →
// /healthz, /readyz → cross-origin check → host → organisation (unknown: 421)
// → assets → route → session → right → handler. A handler returns an error;
// here each kind of fault becomes one status and one page, and only the
// unexpected is logged as an error. What an actor may not know about answers
// exactly like what does not exist.
//
// Residents live at "/", staff at "/verwaltung". Their accounts and cookies
// are different, and neither is read on the other side.
package web
