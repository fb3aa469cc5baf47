package workday

import (
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
)

// holidays are the public holidays by region. A country without parts of its
// own stands for the whole of it.
var holidays = map[string][]*cal.Holiday{
	"DE": de.Holidays, "DE-BW": de.HolidaysBW, "DE-BY": de.HolidaysBY, "DE-BE": de.HolidaysBE, "DE-BB": de.HolidaysBB, "DE-HB": de.HolidaysHB, "DE-HH": de.HolidaysHH,
	// Feiertagsgesetz Mecklenburg-Vorpommern § 2: 8 March since 2023.
	"DE-HE": de.HolidaysHE, "DE-MV": append(slices.Clone(de.HolidaysMV), de.Frauentag.Clone(&cal.Holiday{StartYear: 2023})), "DE-NI": de.HolidaysNI, "DE-NW": de.HolidaysNW, "DE-RP": de.HolidaysRP,
	"DE-SL": de.HolidaysSL, "DE-SN": de.HolidaysSN, "DE-ST": de.HolidaysST, "DE-SH": de.HolidaysSH, "DE-TH": de.HolidaysTH,
	"AT": at.Holidays,
	// What holds in every canton; the library's own list holds what holds in any.
	"CH":    {ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag},
	"CH-AG": ch.HolidaysAG, "CH-AI": ch.HolidaysAI, "CH-AR": ch.HolidaysAR, "CH-BE": ch.HolidaysBE, "CH-BL": ch.HolidaysBL, "CH-BS": ch.HolidaysBS, "CH-FR": ch.HolidaysFR,
	"CH-GE": ch.HolidaysGE, "CH-GL": ch.HolidaysGL, "CH-GR": ch.HolidaysGR, "CH-JU": ch.HolidaysJU, "CH-LU": ch.HolidaysLU, "CH-NE": ch.HolidaysNE, "CH-NW": ch.HolidaysNW,
	"CH-OW": ch.HolidaysOW, "CH-SG": ch.HolidaysSG, "CH-SH": ch.HolidaysSH, "CH-SO": ch.HolidaysSO, "CH-SZ": ch.HolidaysSZ, "CH-TG": ch.HolidaysTG, "CH-TI": ch.HolidaysTI,
	"CH-UR": ch.HolidaysUR, "CH-VD": ch.HolidaysVD, "CH-VS": ch.HolidaysVS, "CH-ZG": ch.HolidaysZG, "CH-ZH": ch.HolidaysZH,
	"DK": dk.Holidays,
	"BE": be.Holidays, "CZ": cz.Holidays, "FR": fr.Holidays, "IT": it.Holidays, "NL": nl.Holidays, "NO": no.Holidays, "PL": pl.Holidays, "SE": se.Holidays,
}

// Regions returns the regions of a country that have a calendar: the country
// itself first, then its parts by their codes; nothing when no calendar is
// known.
func Regions(country string) []string {
	var out []string
	for r := range holidays {
		if r == country || strings.HasPrefix(r, country+"-") {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

// Known tells whether a region has a calendar.
func Known(region string) bool {
	_, ok := holidays[region]
	return ok
}

// Calendar counts the working days of one region. Make it with Of.
type Calendar struct{ c *cal.BusinessCalendar }

// Of returns the calendar of the first region that has one ("DE-BE", then
// "DE"). Where none has, every Monday to Friday is a working day.
func Of(regions ...string) Calendar {
	c := cal.NewBusinessCalendar()
	for _, r := range regions {
		if list, ok := holidays[r]; ok {
			c.AddHoliday(list...)
			break
		}
	}
	return Calendar{c}
}

// Is tells whether a day (YYYY-MM-DD) is a working day. What is no day is none.
func (c Calendar) Is(day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	return err == nil && c.c.IsWorkday(t)
}

// After returns the n-th working day after a day, both YYYY-MM-DD; the day
// itself does not count. It is day for n below 1 and for what is no day.
func (c Calendar) After(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || n < 1 {
		return day
	}
	return c.c.WorkdaysFrom(t, n).Format(time.DateOnly)
}
