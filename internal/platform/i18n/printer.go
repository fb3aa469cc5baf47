package i18n

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	lang     string
	tag      language.Tag
	texts    map[string]entry
	fallback map[string]entry
	num      *message.Printer
}

// Lang returns the language code, "de".
func (p *Printer) Lang() string { return p.lang }

// T returns the text of key. args are alternating placeholder names and
// values; integers are formatted in the language, other values by fmt.Sprint.
// A key that no catalogue has comes back as itself, in brackets, so that it is
// seen in every test and never hides.
func (p *Printer) T(key string, args ...any) string {
	e, ok := p.texts[key]
	if !ok {
		if e, ok = p.fallback[key]; !ok {
			return "[" + key + "]"
		}
	}
	text := e.plain
	if e.forms != nil {
		text = e.form(p.tag, count(args))
	}
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return p.fill(text, args)
}

// Has tells whether a text of that key exists in the reference language.
func (p *Printer) Has(key string) bool { _, ok := p.fallback[key]; return ok }

func count(args []any) int {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "count" {
			switch n := args[i+1].(type) {
			case int:
				return n
			case int64:
				return int(n)
			}
		}
	}
	return 0
}

// fill replaces placeholders in one pass, so that a value that looks like a
// placeholder is never expanded.
func (p *Printer) fill(text string, args []any) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		b.WriteString(text[:open])
		name := text[open+1 : open+end]
		if v, ok := lookup(args, name); ok {
			b.WriteString(p.value(v))
		} else {
			b.WriteString(text[open : open+end+1])
		}
		text = text[open+end+1:]
	}
	b.WriteString(text)
	return b.String()
}

func lookup(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func (p *Printer) value(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int:
		return p.Int(int64(x))
	case int64:
		return p.Int(x)
	}
	return fmt.Sprint(v)
}

// Int formats a whole number with the language's grouping.
func (p *Printer) Int(n int64) string {
	if n > -1000 && n < 1000 {
		return fmt.Sprint(n)
	}
	return p.num.Sprint(number.Decimal(n))
}

// Decimal formats n units of 10^-places, 5405 with 2 places as "54,05" in
// German. min tells how many places are always shown.
func (p *Printer) Decimal(n int64, places, min int) string {
	scale := 1.0
	for range places {
		scale *= 10
	}
	return p.num.Sprint(number.Decimal(float64(n)/scale, number.MinFractionDigits(min), number.MaxFractionDigits(places)))
}

// Money formats minor units of an ISO 4217 currency with two decimals and a
// no-break space: "12,26 €" in German, "€12.26" in English.
func (p *Printer) Money(minor int64, currency string) string {
	amount := p.Decimal(minor, 2, 2)
	sign := map[string]string{"EUR": "€", "CHF": "CHF", "DKK": "kr."}[currency]
	if sign == "" {
		sign = currency
	}
	if p.lang == "en" {
		if minor < 0 && sign != currency { // "-€12.26"
			return "-" + sign + strings.TrimPrefix(amount, "-")
		}
		if len(sign) > 3 || sign == currency {
			return sign + "\u00a0" + amount
		}
		return sign + amount
	}
	return amount + "\u00a0" + sign
}

// Day formats "2026-11-12" as "12. November 2026". Anything else comes back
// unchanged.
func (p *Printer) Day(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.date(t, true)
}

// DayShort formats "2026-11-12" with figures only: "12.11.2026".
func (p *Printer) DayShort(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(p.T("i18n.day_short"))
}

// DayMonth formats "2026-11-12" without its year: "12. November".
func (p *Printer) DayMonth(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.date(t, false)
}

func (p *Printer) date(t time.Time, year bool) string {
	key := "i18n.day_month"
	if year {
		key = "i18n.day"
	}
	return p.T(key, "d", t.Day(), "month", p.Month(t.Month()), "year", fmt.Sprint(t.Year()))
}

// Month returns the month's name.
func (p *Printer) Month(m time.Month) string {
	return p.T(fmt.Sprintf("i18n.month.%d", int(m)))
}

// Weekday returns the name of a day of the week.
func (p *Printer) Weekday(d time.Weekday) string {
	return p.T(fmt.Sprintf("i18n.weekday.%d", int(d)))
}

// LongDay formats "2026-11-17" with its weekday and without its year:
// "Dienstag, 17. November".
func (p *Printer) LongDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.T("i18n.long_day", "weekday", p.Weekday(t.Weekday()), "day", p.date(t, false))
}

// Span formats a time from one instant to a later one, both in their own
// location: "Dienstag, 17. November, 9:00–13:00 Uhr", or both days when it goes
// over midnight.
func (p *Printer) Span(from, to time.Time) string {
	first, last := from.Format(time.DateOnly), to.Format(time.DateOnly)
	if first == last {
		return p.T("i18n.span", "day", p.LongDay(first), "from", p.Clock(from), "to", p.Clock(to))
	}
	return p.T("i18n.span_days", "first", p.T("i18n.moment", "day", p.LongDay(first), "time", p.Clock(from)), "last", p.T("i18n.moment", "day", p.LongDay(last), "time", p.Clock(to)))
}

// Moment formats an instant in its own location as day and clock time:
// "12. November 2026, 9:12 Uhr".
func (p *Printer) Moment(t time.Time) string {
	return p.T("i18n.moment", "day", p.date(t, true), "time", p.Clock(t))
}

// Clock formats the time of day: "9:12".
func (p *Printer) Clock(t time.Time) string { return t.Format("15:04") }

type printerKey struct{}

// With returns a context that carries the printer.
func With(ctx context.Context, p *Printer) context.Context {
	return context.WithValue(ctx, printerKey{}, p)
}

// From returns the context's printer; it panics when there is none, which is a
// mistake in wiring.
func From(ctx context.Context) *Printer { return ctx.Value(printerKey{}).(*Printer) }

// T is From(ctx).T, for templates.
func T(ctx context.Context, key string, args ...any) string { return From(ctx).T(key, args...) }

// Lang is From(ctx).Lang.
func Lang(ctx context.Context) string { return From(ctx).lang }

// Day is From(ctx).Day.
func Day(ctx context.Context, day string) string { return From(ctx).Day(day) }

// DayShort is From(ctx).DayShort.
func DayShort(ctx context.Context, day string) string { return From(ctx).DayShort(day) }

// Moment is From(ctx).Moment.
func Moment(ctx context.Context, t time.Time) string { return From(ctx).Moment(t) }
