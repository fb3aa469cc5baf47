package portfolio

import (
	"fmt"
	"time"

	"foyer/internal/orgs"
)

// Rule is what the decision about an item needs beside memberships: the day on
// which it is asked, and what the organisation leaves to those who have moved
// out (X14).
type Rule struct {
	Today    string // YYYY-MM-DD where the organisation is
	MovedOut orgs.MovedOut
	Months   int // after the last day, with orgs.MovedOutOwnPeriod
}

// RuleOf returns the rule of an organisation at an instant.
func RuleOf(o orgs.Org, now time.Time) Rule {
	return Rule{Today: o.Today(now), MovedOut: o.Settings.MovedOutAccess, Months: o.Settings.MovedOutMonths}
}

// Since returns the earliest last day of a membership that still counts: today
// when those who moved out keep nothing, else the same day so many months ago
// (the last day of that month when it is shorter). It fails when Today is not
// a day.
func (r Rule) Since() (string, error) {
	months := 0
	if r.MovedOut == orgs.MovedOutOwnPeriod {
		months = max(0, r.Months)
	}
	day, err := monthsBefore(r.Today, months)
	if err != nil {
		return "", fmt.Errorf("portfolio: rule without a day: %w", err)
	}
	return day, nil
}

// Args returns the two arguments that MayCTE takes as $2 and $3.
func (r Rule) Args() (today, since string, err error) {
	since, err = r.Since()
	return r.Today, since, err
}
