package notifications

import (
	"slices"
	"strings"
	"time"

	"foyer/internal/notifications/letter"
	"foyer/internal/platform/store"
)

// Reader is somebody who is to be told something, and how that person can be
// reached. access.Service.Readers makes it.
type Reader struct {
	PersonID  string
	LeaseID   string // the lease by which the person is addressed, "" for none
	AccountID string // "" = has no access
	Lang      string
	Name      string // as written in lists
	Login     string // address of the confirmed account; "" = has no access
	Contact   string // address with consent, else the one of the resident list; "" = unknown
	Consent   bool   // there is a recorded consent for Contact
	// Party is true for a party of the contract or an owner: W4 is about them.
	Party       bool
	MayRegister bool
	Lines       []string // postal address, name first; empty: unknown
	NameLines   int      // how many of Lines are the name; the place follows
	// Line is the name on one line of a common letter, "Frau Marlene Brandt"; ""
	// is somebody who gets an own one.
	Line       string
	PropertyID string // of the lease; by it letters are printed
	Where      string // "14 · Whg 5"
}

// Policy is what an organisation has decided about telling. access.PolicyOf
// makes it of the settings.
type Policy struct {
	FullText           bool // mail_content is full_text
	TransactionalBasis bool // residents without access may be mailed without a consent (X7)
	// InviteByEmail and InviteByPost: a first message brings an invitation (X4).
	InviteByEmail, InviteByPost bool
	Couples                     string // W4: "one" or "all"
	// QuietFrom and QuietTo are when nothing leaves that is not urgent, DigestAt
	// when collected notices do: "22:00". In Zone.
	QuietFrom, QuietTo, DigestAt string
	Zone                         *time.Location
}

// couplesOne is the value of Policy.Couples by which one confirmed party is
// enough to end the paper of a lease.
const couplesOne = "one"

// Announcement is one piece of news to many readers.
type Announcement struct {
	Topic Topic
	Kind  string            // which Renderer and letter: "conversations.message"
	Key   string            // unique in the organisation: "message:" + id
	Args  map[string]string // ids for the renderers; never a secret
	// Readers: those of one lease belong into one call, or a couple's rule and
	// their common letter are lost.
	Readers []Reader
	Urgent  bool // at once, and by e-mail and push whatever was chosen
	// Letter says that whom nothing else reaches gets it on paper. The kind needs
	// a renderer by RegisterLetter then.
	Letter bool
	Thread string // what the mails of one conversation share, "conversation:" + id; "" for none
	// PropertyID is where the news belongs; "" is the whole organisation.
	PropertyID string
}

// Planned is how one reader is told.
type Planned struct {
	Reader Reader
	Portal bool
	Email  bool
	Push   bool
	Letter bool
	Shared bool // the letter goes in one envelope with that of an earlier reader of the lease
	// Full says that the e-mail may carry the text itself (X7).
	Full bool
	// Invite says that the organisation's rules want this reader invited now (X4);
	// the caller does it with access.
	Invite bool
	Why    string // catalogue key: why so
}

// Reached tells whether anything at all reaches the reader.
func (p Planned) Reached() bool { return p.Portal || p.Email || p.Push || p.Letter }

// address is where the e-mail goes.
func (p Planned) address() string {
	if p.Reader.Login != "" {
		return p.Reader.Login
	}
	return p.Reader.Contact
}

// reach is what is known about the readers of one announcement.
type reach struct {
	choices chosen
	devices map[string]bool // accounts with one
	bad     map[string]bool // addresses that bounce
}

func loadReach(tx *store.Tx, readers []Reader) (r reach, err error) {
	var accounts, addresses []string
	for _, x := range readers {
		if x.AccountID != "" {
			accounts = append(accounts, x.AccountID)
		}
		for _, a := range []string{x.Login, x.Contact} {
			if a != "" {
				addresses = append(addresses, a)
			}
		}
	}
	slices.Sort(accounts)
	slices.Sort(addresses)
	accounts, addresses = slices.Compact(accounts), slices.Compact(addresses)
	if r.choices, err = loadChoices(tx, accounts); err != nil {
		return r, err
	}
	if r.devices, err = among(tx, devicesOf, accounts); err != nil {
		return r, err
	}
	r.bad, err = among(tx, badOf, addresses)
	return r, err
}

// Plan tells how each reader would be told, in the order of a.Readers: what the
// page shows before sending is what Announce does.
func (s *Service) Plan(tx *store.Tx, _ time.Time, p Policy, a Announcement) ([]Planned, error) {
	r, err := loadReach(tx, a.Readers)
	if err != nil {
		return nil, err
	}
	paper := s.letters[a.Kind] != nil
	digital := map[string]bool{} // leases of which a party has access
	for _, x := range a.Readers {
		if x.Party && x.Login != "" && x.LeaseID != "" {
			digital[x.LeaseID] = true
		}
	}
	out := make([]Planned, len(a.Readers))
	mailed := map[string]bool{} // one login may stand for several of the readers
	for i, x := range a.Readers {
		if x.Login != "" {
			out[i] = planConfirmed(x, a, r, paper, mailed[x.AccountID])
			mailed[x.AccountID] = true
			continue
		}
		spouse := p.Couples == couplesOne && x.Party && digital[x.LeaseID]
		out[i] = planOther(x, p, a, r, spouse)
	}
	for i := range out {
		if out[i].Reader.Login != "" {
			out[i].Full = out[i].Email && p.FullText && out[i].Reader.Consent
		}
	}
	share(out)
	return out, nil
}

// planConfirmed is for somebody with access: always the portal, the rest as
// chosen. again tells that the same login is told already.
func planConfirmed(x Reader, a Announcement, r reach, paper, again bool) Planned {
	out := Planned{Reader: x, Portal: true, Why: "notifications.plan.chosen"}
	c, has := r.choices[x.AccountID][a.Topic]
	switch {
	case a.Urgent:
		out.Email, out.Push, out.Why = true, true, "notifications.plan.urgent"
	case has:
		out.Email, out.Push = c.Email, c.Push
	case len(r.choices[x.AccountID]) == 0:
		out.Email, out.Why = a.Topic.byDefault(), "notifications.plan.default"
	}
	out.Push = out.Push && r.devices[x.AccountID]
	out.Letter = c.Post && paper && len(x.Lines) > 0
	if out.Email && r.bad[x.Login] {
		out.Email, out.Why = false, "notifications.plan.bounces"
		out.Letter = out.Letter || a.Letter && len(x.Lines) > 0
	}
	if again {
		out.Email, out.Push = false, false
	}
	return out
}

// planOther is for somebody without access (E8, E9, E18, X7). spouse tells that
// another party of the lease is told in the portal and that this is enough.
func planOther(x Reader, p Policy, a Announcement, r reach, spouse bool) Planned {
	out := Planned{Reader: x, Why: "notifications.plan.nothing"}
	mailable := x.Contact != "" && !r.bad[x.Contact]
	switch {
	case p.FullText && mailable && (x.Consent || p.TransactionalBasis):
		out.Email, out.Full, out.Why = true, true, "notifications.plan.full_text"
	case spouse:
		out.Why = "notifications.plan.spouse"
	case a.Letter && len(x.Lines) > 0:
		out.Letter, out.Why = true, "notifications.plan.letter"
	}
	out.Invite = x.MayRegister && (p.InviteByEmail && x.Consent && mailable || p.InviteByPost && len(x.Lines) > 0)
	return out
}

// share puts the letters of one lease to one postal address into one envelope.
func share(list []Planned) {
	lines := map[string]int{} // of the common address
	for i := range list {
		key := list[i].envelope()
		if key == "" {
			continue
		}
		if n := lines[key]; n > 0 && n < letter.MaxAddressLines {
			list[i].Shared = true
			lines[key]++
			continue
		}
		lines[key] = len(list[i].Reader.Lines) - list[i].Reader.NameLines + 1
	}
}

// envelope names the envelope of a letter, "" when there is none or it cannot
// be shared.
func (p Planned) envelope() string {
	x := p.Reader
	if !p.Letter || x.LeaseID == "" || x.Line == "" || x.NameLines >= len(x.Lines) {
		return ""
	}
	return x.LeaseID + "\n" + x.Lang + "\n" + strings.Join(x.Lines[x.NameLines:], "\n")
}
