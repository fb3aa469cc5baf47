package portfolio

import "time"

// Forever is the day that stands in the database for "open": no lease lasts
// longer, and as a text it sorts after every other day.
const Forever = "9999-12-31"

// ValidDay tells whether s is a day of the calendar written YYYY-MM-DD.
func ValidDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// monthsBefore returns the same day n months earlier, or the last day of that
// month when it is shorter: three months before 31 May is 28 or 29 February.
func monthsBefore(day string, n int) (string, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", err
	}
	first := time.Date(t.Year(), t.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly), nil
}

// until returns the last day of something that may be open.
func until(day string) string {
	if day == "" {
		return Forever
	}
	return day
}
