package orgs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Staff is one person who works in the organisation.
type Staff struct {
	ID         string
	Name       string
	Email      string // login, canonical
	Phone      string
	Role       actor.Role
	Limited    bool     // true: only Properties
	Properties []string // ids; empty unless limited
	Language   string
	CreatedAt  time.Time
	DisabledAt time.Time // zero: active
}

// Active tells whether the person may work.
func (m Staff) Active() bool { return m.DisabledAt.IsZero() }

// StaffChange is what may be changed of a staff row. The e-mail address is the
// login; see Readdress.
type StaffChange struct {
	Name       string
	Phone      string
	Role       actor.Role
	Limited    bool
	Properties []string // ids; ignored unless limited
	Language   string   // "" = the organisation's first
}

// NewStaff is somebody to be invited.
type NewStaff struct {
	Email string
	StaffChange
}

type staffRow struct {
	Staff
	created, disabled int64
}

func (r *staffRow) dest() []any {
	return []any{&r.ID, &r.Name, &r.Email, &r.Phone, &r.Role, &r.Limited, &r.Language, &r.created, &r.disabled}
}

func (r staffRow) staff(limits []string) Staff {
	m := r.Staff
	m.CreatedAt, m.DisabledAt = store.Time(r.created), store.Time(r.disabled)
	if m.Limited {
		m.Properties = limits
	}
	return m
}

// StaffByID returns one staff member, active or not.
func StaffByID(tx *store.Tx, id string) (Staff, error) {
	r, err := store.Get(tx, staffByID, (*staffRow).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return Staff{}, fault.NotFound("staff member")
	}
	if err != nil {
		return Staff{}, err
	}
	limits, err := store.List[string](tx, limitsOf, id)
	return r.staff(limits), err
}

// StaffList returns all staff, active ones first, by name. It needs ManageOrg.
func (s *Service) StaffList(ctx context.Context, by actor.Actor) (list []Staff, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, listStaff, (*staffRow).dest)
		if err != nil {
			return err
		}
		limits := map[string][]string{}
		var staff, property string
		err = store.Each(tx, allLimits, []any{&staff, &property}, func() error {
			limits[staff] = append(limits[staff], property)
			return nil
		})
		list = make([]Staff, len(rows))
		for i, r := range rows {
			list[i] = r.staff(limits[r.ID])
		}
		return err
	})
	return list, err
}

// StaffMember returns one staff member. It needs ManageOrg.
func (s *Service) StaffMember(ctx context.Context, by actor.Actor, id string) (m Staff, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return Staff{}, err
	}
	err = s.d.DB.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		m, err = StaffByID(tx, id)
		return err
	})
	return m, err
}

// LimitChoices returns the properties to which the actor may limit staff. It
// needs ManageOrg.
func (s *Service) LimitChoices(ctx context.Context, by actor.Actor) (list []Property, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		all, err := s.d.Properties(tx)
		list = slices.DeleteFunc(slices.Clone(all), func(p Property) bool { return !by.MayProperty(p.ID) })
		return err
	})
	return list, err
}

// AddStaff writes the row of somebody new, within access' invitation: a staff
// row is never made without one. It needs ManageOrg.
func (s *Service) AddStaff(tx *store.Tx, by actor.Actor, in NewStaff) (id string, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return "", err
	}
	var bad fault.Invalid
	if in.Email, err = email.Canonical(strings.TrimSpace(in.Email)); errors.Is(err, email.ErrEmpty) {
		bad.Add("email", "orgs.staff.email_missing")
	} else if err != nil {
		bad.Add("email", email.Key(err))
	}
	if err := s.checkStaff(tx, by, &bad, &in.StaffChange); err != nil {
		return "", err
	}
	if _, err := store.Value[string](tx, staffByEmail, in.Email); err == nil {
		return "", fault.Wrong("email", "orgs.staff.email_taken")
	} else if !errors.Is(err, store.ErrNoRow) {
		return "", err
	}
	m := Staff{ID: store.NewID(), Role: in.Role, Limited: in.Limited, Properties: in.Properties}
	if err := mayTouch(by, m); err != nil {
		return "", err
	}
	now := s.d.Now()
	if _, err := store.Exec(tx, insertStaff, m.ID, in.Name, in.Email, in.Phone, in.Role, in.Limited, in.Language, store.Micros(now)); store.IsUnique(err) {
		return "", fault.Wrong("email", "orgs.staff.email_taken") // somebody was faster
	} else if err != nil {
		return "", err
	}
	if err := writeLimits(tx, m.ID, in.StaffChange); err != nil {
		return "", err
	}
	return m.ID, audit.Note(tx, now, by, "staff.add", "staff:"+m.ID, detail(in.StaffChange))
}

// Readdress corrects the e-mail address of somebody who has no password yet,
// within access' new invitation, and tells whether it is another one. Once it
// is a login it stays: who could change it could act in that person's name. It
// needs ManageOrg.
func (s *Service) Readdress(tx *store.Tx, by actor.Actor, id, typed string) (changed bool, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return false, err
	}
	was, err := StaffByID(tx, id)
	if err != nil {
		return false, err
	}
	if err := mayTouch(by, was); err != nil {
		return false, err
	}
	address, err := email.Canonical(strings.TrimSpace(typed))
	switch {
	case errors.Is(err, email.ErrEmpty):
		return false, fault.Wrong("email", "orgs.staff.email_missing")
	case err != nil:
		return false, fault.Wrong("email", email.Key(err))
	case address == was.Email:
		return false, nil
	}
	if _, err := store.Value[string](tx, staffByEmail, address); err == nil {
		return false, fault.Wrong("email", "orgs.staff.email_taken")
	} else if !errors.Is(err, store.ErrNoRow) {
		return false, err
	}
	if _, err := store.Exec(tx, setStaffEmail, id, address); store.IsUnique(err) {
		return false, fault.Wrong("email", "orgs.staff.email_taken") // somebody was faster
	} else if err != nil {
		return false, err
	}
	return true, audit.Note(tx, s.d.Now(), by, "staff.readdress", "staff:"+id, nil)
}

// UpdateStaff changes name, role, limits and language. It needs ManageOrg and
// keeps the rules of staff: see the package's story.
func (s *Service) UpdateStaff(ctx context.Context, by actor.Actor, id string, in StaffChange) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		c, bad := in, fault.Invalid{}
		was, err := StaffByID(tx, id)
		if err != nil {
			return err
		}
		if err := mayTouch(by, was); err != nil {
			return err
		}
		if err := s.checkStaff(tx, by, &bad, &c); err != nil {
			return err
		}
		will := was
		will.Role, will.Limited, will.Properties = c.Role, c.Limited, c.Properties
		if err := mayTouch(by, will); err != nil {
			return err
		}
		if sameRights := was.Role == will.Role && was.Limited == will.Limited && slices.Equal(was.Properties, will.Properties); !sameRights && isSelf(by, id) {
			return fault.Conflicting("orgs.staff.self")
		}
		if err := keepProprietor(tx, was, will); err != nil {
			return err
		}
		if _, err := store.Exec(tx, updateStaff, id, c.Name, c.Phone, c.Role, c.Limited, c.Language); err != nil {
			return err
		}
		if _, err := store.Exec(tx, clearLimits, id); err != nil {
			return err
		}
		if err := writeLimits(tx, id, c); err != nil {
			return err
		}
		return audit.Note(tx, s.d.Now(), by, "staff.change", "staff:"+id, detail(c))
	})
}

// DisableStaff shuts somebody out at once and ends his sessions; the row stays
// for the sake of what he did. It needs ManageOrg.
func (s *Service) DisableStaff(ctx context.Context, by actor.Actor, id string) error {
	return s.setDisabled(ctx, by, id, true)
}

// EnableStaff lets somebody in again, with the password he had. It needs
// ManageOrg.
func (s *Service) EnableStaff(ctx context.Context, by actor.Actor, id string) error {
	return s.setDisabled(ctx, by, id, false)
}

func (s *Service) setDisabled(ctx context.Context, by actor.Actor, id string, off bool) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		was, err := StaffByID(tx, id)
		if err != nil {
			return err
		}
		if err := mayTouch(by, was); err != nil {
			return err
		}
		if was.Active() != off {
			return nil
		}
		if isSelf(by, id) {
			return fault.Conflicting("orgs.staff.self")
		}
		action, at, will := "staff.enable", int64(0), was
		if off {
			action, at, will.DisabledAt = "staff.disable", store.Micros(s.d.Now()), s.d.Now()
			if err := keepProprietor(tx, was, will); err != nil {
				return err
			}
			if s.d.EndSessions != nil {
				if err := s.d.EndSessions(tx, id); err != nil {
					return err
				}
			}
		}
		if _, err := store.Exec(tx, setDisabled, id, at); err != nil {
			return err
		}
		return audit.Note(tx, s.d.Now(), by, action, "staff:"+id, nil)
	})
}

func writeLimits(tx *store.Tx, id string, c StaffChange) error {
	if !c.Limited {
		return nil
	}
	rows := make([][]any, len(c.Properties))
	for i, p := range c.Properties {
		rows[i] = []any{id, p}
	}
	_, err := store.InsertAll(tx, addLimits, rows)
	return err
}

// detail is what the audit line says of a change: rights, no names.
func detail(c StaffChange) map[string]any {
	return map[string]any{"role": c.Role, "limited": c.Limited, "properties": c.Properties}
}
