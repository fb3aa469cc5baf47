package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
)

func rowsOf(rows ...[]Value) iter.Seq2[[]Value, error] {
	return func(yield func([]Value, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var hostileTexts = []string{
	"=1+1", "+49 89 1234", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "＝1", "＋1", "－1", "＠x",
	"'=1", "''+1", "' -1", "=HYPERLINK(\"http://evil.example\";\"x\")", "=cmd|' /C calc'!A0", "\x0b=1", "\x00=1", "\x01@x", "-", "=", "﹦1", "- Hinterhaus",
}

var harmlessTexts = []string{"Müller", "'s Hertogenbosch", "a=b", "5-7", "x@y.de", "1.234,56", "01067", "", "\"quoted\"", "a;b", "a,b", "two\nlines", " space", "sep=;", "'"}

func TestT24_ExportsHoldNoFormula(t *testing.T) {
	for name, d := range map[string]Dialect{"de": German, "en": English} {
		for i, text := range append(append([]string{}, hostileTexts...), harmlessTexts...) {
			var b bytes.Buffer
			if err := WriteCSV(&b, d, []string{text + "h", "n"}, rowsOf([]Value{Str(text), Int(1)})); err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
			r.Comma = rune(d.Delimiter)
			all, err := r.ReadAll()
			if err != nil || len(all) != 2 || len(all[1]) != 2 {
				t.Fatalf("%s %q: %v %q", name, text, err, all)
			}
			for _, cell := range []string{all[0][0], all[1][0]} {
				if startsFormula(cell) {
					t.Errorf("%s %q is written %q", name, text, cell)
				}
			}
			if i >= len(hostileTexts) && all[1][0] != text {
				t.Errorf("%s %q is written %q", name, text, all[1][0])
			}
		}
	}
}

// startsFormula is the oracle: what is left when everything is trimmed that any
// program may trim begins with a sign that starts a formula.
func startsFormula(cell string) bool {
	left := strings.TrimLeftFunc(cell, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == 0xa0 || r >= 0x2000 && r <= 0x200f || r == 0x2028 || r == 0x2029 || r == 0x2060 || r == 0x3000 || r == 0xfeff
	})
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(left, sign) {
			return true
		}
	}
	return strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r")
}

func TestT24_NumbersStayNumbers(t *testing.T) {
	for _, c := range []struct {
		v      Value
		de, en string
	}{
		{Int(-12), "-12", "-12"}, {Decimal(-123456, 2), "-1234,56", "-1234.56"}, {Decimal(5, 2), "0,05", "0.05"}, {Decimal(-5, 2), "-0,05", "-0.05"},
		{Decimal(545, 1), "54,5", "54.5"}, {Decimal(0, 3), "0,000", "0.000"}, {Decimal(7, 0), "7", "7"}, {ISODay("2026-03-01"), "2026-03-01", "2026-03-01"},
		{ISODay("=1"), "'=1", "'=1"}, {Value{}, "", ""},
	} {
		for _, d := range []Dialect{German, English} {
			var b bytes.Buffer
			if err := WriteCSV(&b, d, []string{"a"}, rowsOf([]Value{c.v})); err != nil {
				t.Fatal(err)
			}
			want := "\ufeffa\r\n" + map[byte]string{',': c.de, '.': c.en}[d.Decimal] + "\r\n"
			if b.String() != want {
				t.Errorf("got %q, want %q", b.String(), want)
			}
		}
	}
}

func TestT24_WhatWasExportedReadsBackEqual(t *testing.T) {
	texts := append(append([]string{}, hostileTexts...), harmlessTexts...)
	for _, d := range []Dialect{German, English} {
		var rows [][]Value
		for i, s := range texts {
			rows = append(rows, []Value{Int(int64(i)), Str(s)})
		}
		for range 2000 { // so that a few control characters do not make it a binary file
			rows = append(rows, []Value{Int(0), Str("Füllung")})
		}
		var b bytes.Buffer
		if err := WriteCSV(&b, d, []string{"n", "text"}, rowsOf(rows...)); err != nil {
			t.Fatal(err)
		}
		f, err := openBytes(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range texts {
			row, err := f.Next()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := row.Cells[1].Text, strings.ReplaceAll(s, "\x00", ""); got != want || row.Cells[0].Text != strconv.Itoa(i) {
				t.Errorf("%q came back as %q", want, got)
			}
		}
	}
}

func TestT24_WriteStopsAtTheFirstError(t *testing.T) {
	boom := errors.New("boom")
	err := WriteCSV(&bytes.Buffer{}, German, []string{"a"}, func(yield func([]Value, error) bool) { yield(nil, boom) })
	if !errors.Is(err, boom) {
		t.Errorf("rows: %v", err)
	}
	many := func(yield func([]Value, error) bool) {
		for i := 0; i < 100_000 && yield([]Value{Str(fmt.Sprint(i))}, nil); i++ {
		}
	}
	if err := WriteCSV(failing{}, German, []string{"a"}, many); err == nil {
		t.Error("a writer that fails was not noticed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }
