// Package browsertest looks at pages as people do: in headless Chromium, in a
// window of a given width, light or dark, with or without script, by mouse and
// by keyboard.
//
//	b := browsertest.Start(t)
//	p := b.Open(browsertest.Window{Width: 390})
//	p.Go(server.URL + "/anmelden")
//	p.Fill("E-Mail-Adresse", "marlene.brandt@post.example")
//	p.Follow("Anmelden")
//	p.Fits() // nothing scrolls sideways
//	p.Axe()  // no violation of WCAG 2.2 AA or best practice
//	p.Quiet() // nothing was refused, missing or broken
//	p.Shot("start")
//
// Fields and buttons are found by the words that a visitor reads. A step that
// does not work ends the test. Pictures are written only when FOYER_SHOTS names
// a folder. FOYER_CHROMIUM names another browser than the one in PATH.
//
// testdata/axe.min.js is axe-core 4.14.1 (MPL-2.0, licence beside it), unchanged
// from the npm package of that name.
package browsertest
