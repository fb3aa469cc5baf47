package cases

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// The states of an appointment.
const (
	Set       = "set"
	Declined  = "declined"  // by the resident, who asks for another
	Cancelled = "cancelled" // by staff
)

// Appointment is when somebody comes.
type Appointment struct {
	ID         string
	CaseID     string
	Day        string // YYYY-MM-DD
	From, Till string // "08:00" where the organisation is
	ProviderID string
	Who        string // "Firma Sander, Herr Yilmaz"
	Phone      string
	Note       string
	State      string
	Version    int // grows with each change
	CreatedAt  time.Time
}

// Meeting is an appointment with its case, for the work list.
type Meeting struct {
	Appointment
	Subject, Place string
}

type appointmentRow struct {
	m        Meeting
	created  int64
	property string
	assignee string
}

func (r *appointmentRow) dest() []any {
	a := &r.m.Appointment
	return []any{&a.ID, &a.CaseID, &a.Day, &a.From, &a.Till, &a.ProviderID, &a.Who, &a.Phone, &a.Note, &a.State, &a.Version, &r.created}
}

func (r *appointmentRow) destCase() []any {
	return append(r.dest(), &r.m.Subject, &r.m.Place, &r.property, &r.assignee)
}

func appointments(tx *store.Tx, caseID string) ([]Appointment, error) {
	rows, err := store.All(tx, appointmentsOf, (*appointmentRow).dest, caseID)
	out := make([]Appointment, len(rows))
	for i, r := range rows {
		out[i] = r.m.Appointment
		out[i].CreatedAt = store.Time(r.created)
	}
	return out, err
}

var clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// Arrange sets an appointment of a case, a new one when it has no id, and tells
// the resident and those who reported the same. It needs AnswerCases.
// Complaints: day, from, till, who.
func (s *Service) Arrange(ctx context.Context, by actor.Actor, caseID, key string, a Appointment) (err error) {
	defer fault.Wrap(&err, "set an appointment of case %s", caseID)
	return s.work(ctx, by, caseID, func(tx *store.Tx, o orgs.Org, c Case) error {
		bad := &fault.Invalid{}
		if !portfolio.ValidDay(a.Day) {
			bad.Add("day", "cases.no_day")
		} else if a.Day < o.Today(s.Now()) {
			bad.Add("day", "cases.past_day")
		}
		if !clock.MatchString(a.From) {
			bad.Add("from", "cases.no_time")
		}
		if !clock.MatchString(a.Till) || a.Till < a.From {
			bad.Add("till", "cases.no_time")
		}
		if strings.TrimSpace(a.Who) == "" {
			bad.Add("who", "cases.no_who")
		}
		limit(bad, "who", a.Who, 120)
		limit(bad, "phone", a.Phone, 40)
		limit(bad, "note", a.Note, 400)
		if err := bad.Err(); err != nil {
			return err
		}
		list, err := appointments(tx, caseID)
		if err != nil {
			return err
		}
		if a.ID != "" {
			i := slices.IndexFunc(list, func(x Appointment) bool { return x.ID == a.ID })
			if i < 0 {
				return fault.NotFound("appointment")
			}
			a.Version = list[i].Version + 1
		} else {
			a.ID, a.Version = store.NewID(), 1
			if key != "" {
				a.ID = store.IDFrom("appointment", caseID, by.Account(), key)
			}
			if slices.ContainsFunc(list, func(x Appointment) bool { return x.ID == a.ID }) {
				return nil // sent twice
			}
		}
		a.State = Set
		if err := s.putAppointment(tx, c, a); err != nil {
			return err
		}
		if err := s.tellAppointment(tx, o, c, a, "appointment", by.Name()); err != nil {
			return err
		}
		if c.Status == Open && c.LeadID == "" {
			return s.move(tx, by, c, InProgress, conversations.ByStaff, by.Name(), "")
		}
		return audit.Note(tx, s.Now(), by, "case.appointment", "case:"+caseID, map[string]any{"appointment": a.ID})
	})
}

func (s *Service) putAppointment(tx *store.Tx, c Case, a Appointment) error {
	_, err := store.Exec(tx, putAppointment, a.ID, c.ID, c.PropertyID, a.Day, a.From, a.Till, a.ProviderID, a.Who, a.Phone, a.Note, a.State, a.Version, store.Micros(s.Now()))
	return err
}

// tellAppointment writes down what became of an appointment and announces it.
func (s *Service) tellAppointment(tx *store.Tx, o orgs.Org, c Case, a Appointment, kind, who string) error {
	id := store.IDFrom("event", a.ID, fmt.Sprint(a.Version))
	if err := s.note(tx, c.ID, Event{ID: id, Kind: kind, Side: conversations.ByStaff, Who: who, Detail: a.Day + " " + a.From + " " + a.Till}); err != nil {
		return err
	}
	return s.announce(tx, o, c, id, kind)
}

// Cancel calls an appointment off. It needs AnswerCases.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, caseID, id string) (err error) {
	defer fault.Wrap(&err, "cancel an appointment of case %s", caseID)
	return s.work(ctx, by, caseID, func(tx *store.Tx, o orgs.Org, c Case) error {
		a, err := oneOf(tx, caseID, id)
		if err != nil || a.State != Set {
			return err
		}
		a.State = Cancelled
		a.Version++
		if err := s.putAppointment(tx, c, a); err != nil {
			return err
		}
		return s.tellAppointment(tx, o, c, a, "cancelled", by.Name())
	})
}

func oneOf(tx *store.Tx, caseID, id string) (Appointment, error) {
	list, err := appointments(tx, caseID)
	if err != nil {
		return Appointment{}, err
	}
	for _, a := range list {
		if a.ID == id {
			return a, nil
		}
	}
	return Appointment{}, fault.NotFound("appointment")
}

// Decline says that the resident is not there at an appointment, and why or when
// else; staff hear of it. Complaints: text.
func (s *Service) Decline(ctx context.Context, by actor.Actor, caseID, id, text string) (err error) {
	defer fault.Wrap(&err, "decline an appointment of case %s", caseID)
	return s.own(ctx, by, caseID, func(tx *store.Tx, _ orgs.Org, c Case, t portfolio.Tenancy, who string) error {
		a, err := oneOf(tx, caseID, id)
		if err != nil {
			return err
		}
		if a.State != Set {
			return nil // done already
		}
		if strings.TrimSpace(text) == "" {
			return fault.Wrong("text", "cases.no_text")
		}
		bad := &fault.Invalid{}
		limit(bad, "text", text, MaxReason)
		if err := bad.Err(); err != nil {
			return err
		}
		a.State = Declined
		a.Version++
		if err := s.putAppointment(tx, c, a); err != nil {
			return err
		}
		if err := s.note(tx, caseID, Event{Kind: "declined", Side: conversations.ByResident, Who: who, Detail: a.Day + " " + a.From + " " + a.Till}); err != nil {
			return err
		}
		if _, _, err = conversations.Append(tx, s.Now(), by, conversations.NewPost{ConversationID: caseID, Side: conversations.ByResident, AuthorID: t.PersonID, AuthorName: who, Text: text}); err != nil {
			return err
		}
		return s.touched(tx, c)
	})
}

// Calendar returns an appointment of a case that a resident may see as a
// calendar file (RFC 5545).
func (s *Service) Calendar(ctx context.Context, by actor.Actor, caseID, id string) (ics []byte, err error) {
	defer fault.Wrap(&err, "make a calendar file of case %s", caseID)
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		var c Case
		if by.Has(actor.ReadCases) {
			c, err = s.forStaff(tx, by, caseID)
		} else {
			c, err = Visible(tx, portfolio.RuleOf(o, s.Now()), by.Persons(), caseID)
		}
		if err != nil {
			return err
		}
		a, err := oneOf(tx, caseID, id)
		if err != nil {
			return err
		}
		ics, err = calendar(o, c, a, s.Now())
		return err
	})
	return ics, err
}

// Meetings lists the appointments of a day within the actor's limits. It needs
// ReadCases.
func (s *Service) Meetings(ctx context.Context, by actor.Actor, day string) (list []Meeting, err error) {
	defer fault.Wrap(&err, "list the appointments of a day")
	if err := by.Must(actor.ReadCases); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, appointmentsOn, (*appointmentRow).destCase, day)
		list = nil
		for _, r := range rows {
			c := Case{}
			c.PropertyID, c.AssigneeID = r.property, r.assignee
			if MayStaff(by, c) {
				list = append(list, r.m)
			}
		}
		return err
	})
	return list, err
}
