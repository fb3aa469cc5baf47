// Package ui is the component kit: what every page of Foyer is made of.
//
// A page is a layout (AuthLayout, ResidentLayout, StaffLayout) around
// components (Sheet, Field, Table, Note …). Layouts take a shell, a plain struct
// with the organisation's name, colour and telephone numbers and the navigation
// that exists; the package knows no capability. Components take small structs
// and children, never a map, and look as assets/foyer.css says.
//
// Three promises hold for every component and are tested: hostile text stays
// text, no style attribute, inline script or event attribute leaves the kit (the
// pages run under a Content-Security-Policy without exceptions), and everything
// works without script. Script saves a page load, opens a dialog in place and
// moves the focus; see assets/foyer.js.
//
// An organisation has one colour. Brand takes its hue and computes sixteen steps
// for light and dark with the contrasts that reading needs.
//
// Texts of the kit are keys "ui.*" in text/*.json; everything else a page hands
// in is already in the reader's language.
package ui

//go:generate go run ./assets/gen
//go:generate go tool templ generate
