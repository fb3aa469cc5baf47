// Package orgsweb is where an organisation's administrators work on it: what
// residents see of it, how invitations leave, what letters say, under which
// addresses it is reached, and who works in it.
//
// A page has several forms, each saved by itself. A form names the settings it
// may touch (section.apply) and nothing else of the organisation changes. What
// was typed stays on the page until it is right. The look has a preview in the
// colours that will be used, a letter text a preview on paper; neither is saved.
//
// The logo is public: it stands on the sign-in page.
package orgsweb

//go:generate go tool templ generate
