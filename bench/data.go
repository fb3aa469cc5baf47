package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"foyer/internal/app"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// Sizes of the generated data.
const (
	orgCount     = 500
	personsSmall = 40   // per organisation: 20,000 residents
	personsBig   = 4000 // a hundredfold
	houseOf      = 40   // persons in a property; the last organisation has all in one
	staffPerOrg  = 4    // 2,000 sessions
)

var (
	insOrg      = store.Scoped(`INSERT INTO org (org_id, slug, name, portal_on, settings, created_at, updated_at) VALUES ($1, $2, $3, TRUE, '{}', $4, $4)`)
	insHost     = store.Scoped(`INSERT INTO org_host (org_id, host, site, canonical) VALUES ($1, $2, 'both', TRUE)`)
	insStaff    = store.Scoped(`INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at) VALUES $rows`)
	insAccount  = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, staff_id, created_at, password_at) VALUES $rows`)
	insProperty = store.Scoped(`INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, created_at, updated_at) VALUES $rows`)
	insBuilding = store.Scoped(`INSERT INTO building (org_id, id, property_id, street, house_number, postcode, city, country, sort_key, match_key) VALUES $rows`)
	insUnit     = store.Scoped(`INSERT INTO unit (org_id, id, property_id, building_id, ref, label, stairwell, floor, usage, uvi_needed, sort_key, match_key) VALUES $rows`)
	insPerson   = store.Scoped(`INSERT INTO person (org_id, id, ref, salutation, title, first_name, last_name, company, language, email, phone, post_name, post_street, post_postcode, post_city, post_country, search, created_at, updated_at) VALUES $rows`)
	insLease    = store.Scoped(`INSERT INTO lease (org_id, id, unit_id, kind, ref, starts_on, ends_on, until, signed_on, currency, notice_period, created_at, updated_at) VALUES $rows`)
	insMember   = store.Scoped(`INSERT INTO lease_person (org_id, lease_id, person_id, role, from_day, to_day) VALUES $rows`)
	insAccess   = store.Scoped(`INSERT INTO person_access (org_id, person_id, state, since, until, channel) VALUES $rows`)
)

// password is that of every generated staff account.
const password = "vier Wörter für den Prüfstand"

// generate fills a database with orgCount organisations of some persons, in
// properties of houseOf; the last organisation has one property with all of
// them, the longest list there is.
func generate(ctx context.Context, cfg app.Config, persons int, hash string) error {
	if err := os.MkdirAll(filepath.Dir(cfg.SecretFile), 0o700); err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, app.Options{Log: os.Stderr, Migrate: true})
	if err != nil {
		return err
	}
	defer a.Close()
	for i := range orgCount {
		scope := actor.NewOperator(orgID(i)).Scope()
		err := a.DB.Write(ctx, scope, func(ctx context.Context, tx *store.Tx) error { return fillOrg(tx, i, persons, hash) })
		if err != nil {
			return fmt.Errorf("organisation %d: %w", i, err)
		}
	}
	return nil
}

func orgID(i int) string { return fmt.Sprintf("org-%04d", i) }
func host(i int) string  { return fmt.Sprintf("o%d.localhost", i) }

func fillOrg(tx *store.Tx, i, persons int, hash string) error {
	now := time.Now().UnixMicro()
	if _, err := store.Exec(tx, insOrg, fmt.Sprintf("o%d", i), fmt.Sprintf("Verwaltung %d", i), now); err != nil {
		return err
	}
	if _, err := store.Exec(tx, insHost, host(i)); err != nil {
		return err
	}
	var t tables
	for s := range staffPerOrg {
		id := fmt.Sprintf("s%d", s)
		t.staff = append(t.staff, []any{id, "Jette Petersen", email(s), "manager", false, "de", now})
		t.account = append(t.account, []any{"a" + id, "staff", email(s), hash, id, now, now})
	}
	house := houseOf
	if i == orgCount-1 {
		house = persons
	}
	for n := range persons {
		if n%house == 0 {
			t.house(n/house, now)
		}
		t.person1(n, n/house, now)
		if len(t.person) == 500 {
			if err := t.flush(tx); err != nil {
				return err
			}
		}
	}
	return t.flush(tx)
}

func email(s int) string { return fmt.Sprintf("jette%d@verwaltung.example", s) }

type tables struct {
	staff, account, property, building, unit, person, lease, member, access [][]any
}

func (t *tables) house(n int, now int64) {
	id := fmt.Sprint(n)
	t.property = append(t.property, []any{"p" + id, "P-" + id, "Ahornallee " + id, "12623", "Berlin", "DE", true, true, now, now})
	t.building = append(t.building, []any{"b" + id, "p" + id, "Ahornallee", id, "12623", "Berlin", "DE", "ahornallee " + id, "ahornallee " + id + " 12623"})
}

func (t *tables) person1(n, house int, now int64) {
	id, at := fmt.Sprintf("%06d", n), fmt.Sprint(house)
	t.unit = append(t.unit, []any{"u" + id, "p" + at, "b" + at, "U-" + id, fmt.Sprintf("Wohnung %d", n+1), "14", fmt.Sprintf("%d. OG", n%9), "flat", true, "14 " + id, "wohnung " + id})
	t.person = append(t.person, []any{"m" + id, "M-" + id, "mrs", "", "Marlene", "Brandt-" + id, "", "de", "m" + id + "@post.example", "030 23125 100",
		"", "", "", "", "", "marlene brandt " + id, now, now})
	t.lease = append(t.lease, []any{"l" + id, "u" + id, "rental", "L-" + id, "2020-01-01", "", "9999-12-31", "", "EUR", "", now, now})
	t.member = append(t.member, []any{"l" + id, "m" + id, "contract_party", "2020-01-01", "9999-12-31"})
	if n%3 > 0 {
		state := []string{"", "confirmed", "pending"}[n%3]
		t.access = append(t.access, []any{"m" + id, state, now, now + int64(60*24*time.Hour/time.Microsecond), "letter"})
	}
}

// flush writes what has gathered, parents before children.
func (t *tables) flush(tx *store.Tx) error {
	for _, w := range []struct {
		q    store.Query
		rows *[][]any
	}{{insStaff, &t.staff}, {insAccount, &t.account}, {insProperty, &t.property}, {insBuilding, &t.building}, {insUnit, &t.unit},
		{insPerson, &t.person}, {insLease, &t.lease}, {insMember, &t.member}, {insAccess, &t.access}} {
		if _, err := store.InsertAll(tx, w.q, *w.rows); err != nil {
			return err
		}
		*w.rows = (*w.rows)[:0]
	}
	return nil
}
