package cases

import (
	"strconv"
)

// number is the cursor of a list that is ordered by a number.
func (c Cursor) number(first int64) int64 {
	n, err := strconv.ParseInt(c.At, 10, 64)
	if err != nil {
		return first
	}
	return n
}

// listing cuts the row that says that there is more.
func listing(rows []row, order string) Listing {
	l := Listing{Rows: rowsOf(rows)}
	if len(l.Rows) <= pageSize {
		return l
	}
	l.Rows = l.Rows[:pageSize]
	last := rows[pageSize-1]
	l.Next.ID = last.c.ID
	switch order {
	case "seq":
		l.Next.At = strconv.FormatInt(last.c.Seq, 10)
	case "last":
		l.Next.At = strconv.FormatInt(last.touched, 10)
	case "due":
		l.Next.At = last.c.DueOn
	default:
		l.Next.At = strconv.FormatInt(last.c.ord, 10)
	}
	return l
}
