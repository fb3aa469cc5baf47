package orgs

import (
	"context"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

var (
	absences   = store.Scoped(`SELECT s.id, s.away_from, s.away_till, s.deputy_id FROM staff s WHERE s.org_id = $1 AND s.away_from <> '' AND s.away_from <= $2 AND s.away_till >= $2`)
	absenceOf  = store.Scoped(`SELECT s.id, s.away_from, s.away_till, s.deputy_id FROM staff s WHERE s.org_id = $1 AND s.id = $2`)
	setAbsence = store.Scoped(`UPDATE staff SET away_from = $3, away_till = $4, deputy_id = $5 WHERE org_id = $1 AND id = $2`)
)

// Absence is when a staff member is away, and who stands in.
type Absence struct {
	StaffID  string
	From     string // first day, YYYY-MM-DD; "" = is not away
	Till     string // last day
	DeputyID string // "" = nobody in particular
}

func (a *Absence) dest() []any { return []any{&a.StaffID, &a.From, &a.Till, &a.DeputyID} }

// Absences returns who is away on a day, by staff id.
func Absences(tx *store.Tx, day string) (map[string]Absence, error) {
	list, err := store.All(tx, absences, (*Absence).dest, day)
	out := make(map[string]Absence, len(list))
	for _, a := range list {
		out[a.StaffID] = a
	}
	return out, err
}

// AbsenceOf returns when a staff member is away: one's own, or with ManageOrg
// anybody's.
func (s *Service) AbsenceOf(ctx context.Context, by actor.Actor, staffID string) (a Absence, err error) {
	if staffID != by.ID() {
		err = by.Must(actor.ManageOrg)
	} else {
		err = by.Must(actor.StaffSelf)
	}
	if err != nil {
		return Absence{}, err
	}
	err = s.d.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		a, err = store.Get(tx, absenceOf, (*Absence).dest, staffID)
		return err
	})
	return a, err
}

// SetAbsence says when a staff member is away and who stands in; without a first
// day that ends. Everybody may for himself, ManageOrg for all. Complaints: from,
// till, deputy.
func (s *Service) SetAbsence(ctx context.Context, by actor.Actor, a Absence) (err error) {
	defer fault.Wrap(&err, "set the absence of %s", a.StaffID)
	if a.StaffID != by.ID() {
		err = by.Must(actor.ManageOrg)
	} else {
		err = by.Must(actor.StaffSelf)
	}
	if err != nil {
		return err
	}
	return s.d.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := StaffByID(tx, a.StaffID); err != nil {
			return err
		}
		bad := &fault.Invalid{}
		if a.From == "" {
			a.Till, a.DeputyID = "", ""
		} else {
			if !validDay(a.From) {
				bad.Add("from", "orgs.away.no_day")
			}
			if !validDay(a.Till) || a.Till < a.From {
				bad.Add("till", "orgs.away.no_end")
			}
		}
		if a.DeputyID != "" {
			d, err := StaffByID(tx, a.DeputyID)
			if err != nil || !d.Active() || d.ID == a.StaffID {
				bad.Add("deputy", "orgs.away.no_deputy")
			}
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if _, err := store.Exec(tx, setAbsence, a.StaffID, a.From, a.Till, a.DeputyID); err != nil {
			return err
		}
		return audit.Note(tx, s.d.Now(), by, "staff.absence", "staff:"+a.StaffID, nil)
	})
}

func validDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
