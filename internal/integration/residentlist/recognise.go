package residentlist

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ambiguity says that several headings of the file ask for the same column.
type Ambiguity struct {
	Column   Column
	Taken    string
	Rejected []string
}

// Recognition is what the headings of a file say.
type Recognition struct {
	Mapping   Mapping
	Unknown   []string // headings that are not used, in the order of the file
	Missing   []Column // see Mapping.Missing
	Ambiguous []Ambiguity
}

// Recognise proposes a mapping for the headings of a file.
func Recognise(headings []string) Recognition {
	r := &recogniser{headings: headings, holder: map[Column]int{}, used: make([]bool, len(headings)), rank: make([]int, len(headings)), lost: map[Column][]int{}}
	r.canonical()
	r.addresses()
	r.columns(false)
	r.columns(true)
	return r.result()
}

type recogniser struct {
	headings []string
	holder   map[Column]int // the heading that has the column
	used     []bool         // by heading
	rank     []int          // of the used headings in the list of their column
	lost     map[Column][]int
}

func (r *recogniser) take(heading, rank int, columns ...Column) {
	r.used[heading], r.rank[heading] = true, rank
	for _, c := range columns {
		r.holder[c] = heading
	}
}

func (r *recogniser) free(c Column) bool { _, taken := r.holder[c]; return !taken }

// canonical takes the headings that are canonical names themselves.
func (r *recogniser) canonical() {
	for i, h := range r.headings {
		c := Column(strings.ToLower(strings.TrimSpace(h)))
		if Known(c) && r.free(c) {
			r.take(i, 0, c)
		}
	}
}

// candidate is one meaning of a heading.
type candidate struct {
	columns []Column
	rank    int // place in the list of headings of these columns
	last    bool
}

// columns hands out the columns that are no addresses: each heading asks for
// its meanings in turn, and the heading that is earlier in the column's list
// wins, then the one that is further left.
func (r *recogniser) columns(last bool) {
	next := make([]int, len(r.headings))
	for again := true; again; {
		again = false
		for i, h := range r.headings {
			if r.used[i] {
				continue
			}
			list, _ := lookup(vocabulary.columns, h)
			for ; next[i] < len(list) && !r.used[i]; next[i]++ {
				if c := list[next[i]]; c.last == last && r.ask(i, c) {
					again = true
				}
			}
		}
	}
}

// ask takes the columns of a meaning that are free; the first of them has to
// be, or its holder has to give way.
func (r *recogniser) ask(i int, c candidate) bool {
	first := c.columns[0]
	if holder, taken := r.holder[first]; taken {
		if c.last || r.rank[holder] <= c.rank || len(r.columnsOf(holder)) > 1 {
			r.lost[first] = append(r.lost[first], i)
			return false
		}
		r.used[holder] = false
		r.lost[first] = append(r.lost[first], holder)
	}
	r.take(i, c.rank, first)
	for _, other := range c.columns[1:] {
		if r.free(other) {
			r.holder[other] = i
		}
	}
	return true
}

func (r *recogniser) columnsOf(heading int) []Column {
	var list []Column
	for c, h := range r.holder {
		if h == heading {
			list = append(list, c)
		}
	}
	return list
}

func (r *recogniser) result() Recognition {
	out := Recognition{Mapping: Mapping{}}
	for c, i := range r.holder {
		out.Mapping[c] = r.headings[i]
	}
	for i, h := range r.headings {
		if !r.used[i] && h != "" {
			out.Unknown = append(out.Unknown, h)
		}
	}
	for _, c := range Columns() {
		a := Ambiguity{Column: c, Taken: out.Mapping[c]}
		slices.Sort(r.lost[c])
		for _, i := range r.lost[c] {
			if h := r.headings[i]; !r.used[i] && !slices.Contains(a.Rejected, h) {
				a.Rejected = append(a.Rejected, h)
			}
		}
		if len(a.Rejected) > 0 {
			out.Ambiguous = append(out.Ambiguous, a)
		}
	}
	out.Missing = out.Mapping.Missing()
	return out
}

// lookup finds the meanings of a heading: as it stands, without what is in
// brackets, without a unit of measure behind it, without a number behind it.
func lookup[T any](table map[string]T, heading string) (meaning T, ok bool) {
	for _, try := range spellings(heading) {
		if meaning, ok = table[try]; ok {
			break
		}
	}
	return meaning, ok
}

func spellings(heading string) []string {
	list := []string{normal(heading)}
	add := func(s string) string {
		if n := normal(s); n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
		return s
	}
	short := heading
	if i := strings.IndexAny(short, "(["); i > 0 {
		short = add(short[:i])
	}
	n := normal(short)
	for _, unit := range []string{"ineuro", "ineur", "inchf", "inm2", "inqm", "euro", "eur", "chf", "qm", "m2"} {
		if cut, ok := strings.CutSuffix(n, unit); ok {
			add(cut)
		}
	}
	add(strings.TrimRight(n, "1"))
	return list
}

// normal is a heading or a value as it is compared: lower case, umlauts as two
// letters, other marks dropped, nothing but letters and digits.
func normal(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
		}
	}
	var b strings.Builder
	b.Grow(len(s) + 4)
	if ascii {
		for i := range len(s) {
			switch c := s[i]; {
			case c >= 'A' && c <= 'Z':
				b.WriteByte(c + 'a' - 'A')
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
				b.WriteByte(c)
			}
		}
		return b.String()
	}
	for _, r := range umlauts.Replace(norm.NFC.String(s)) {
		for _, d := range norm.NFKD.String(string(unicode.ToLower(r))) {
			if unicode.IsLetter(d) || unicode.IsDigit(d) {
				b.WriteRune(d)
			}
		}
	}
	return b.String()
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue", "€", "eur", "ß", "ss", "ẞ", "ss", "æ", "ae", "ø", "oe", "å", "aa", "Æ", "ae", "Ø", "oe", "Å", "aa")
