package access

import (
	"crypto/rand"
	_ "embed"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"foyer/internal/platform/fault"
)

// MinPassword and MaxPassword bound a password's length in code points after
// NFKC (requirements.md, Decided; NIST SP 800-63B counts the same way).
const (
	MinPassword = 12
	MaxPassword = 256
)

// maxPasswordBytes bounds what is looked at at all; 256 code points never need
// more, and a book as a password must cost nothing.
const maxPasswordBytes = 4 * 1024

// CheckPassword judges a new password: 12 to 256 characters of any kind, no
// rules of composition, but not one of the common ones, a repetition or a row
// of keys, and not just words that stand on the page anyway: own takes the
// organisation's name, the e-mail address, the person's name. The error is a
// fault.Invalid of the field.
func CheckPassword(field, password string, own ...string) error {
	if len(password) > maxPasswordBytes {
		return fault.Wrong(field, "access.account.password_long", "max", MaxPassword)
	}
	folded := norm.NFKC.String(password)
	switch n := utf8.RuneCountInString(folded); {
	case n == 0:
		return fault.Wrong(field, "access.account.password_empty")
	case n < MinPassword:
		return fault.Wrong(field, "access.account.password_short", "min", MinPassword)
	case n > MaxPassword:
		return fault.Wrong(field, "access.account.password_long", "max", MaxPassword)
	}
	folded = strings.ToLower(folded)
	if trivial(folded) || common(folded) {
		return fault.Wrong(field, "access.account.password_common")
	}
	if onlyOwn(folded, own) {
		return fault.Wrong(field, "access.account.password_own")
	}
	return nil
}

// minEffort is how many characters of a password must not follow from their
// neighbours or from known words.
const minEffort = 5

// trivial tells a repetition ("hallohallohallo"), a handful of characters
// ("aaaabbbbaaaa") and a row of keys or letters ("qwertzuiop123").
func trivial(s string) bool {
	runes := []rune(s)
	kinds := map[rune]bool{}
	for _, r := range runes {
		kinds[r] = true
	}
	return len(kinds) < minEffort || period(runes) < 8 && period(runes)*2 <= len(runes) || effort(s) < minEffort
}

// period returns the length of the shortest piece whose repetition, the last
// one cut, is the whole.
func period(s []rune) int {
	for p := 1; p < len(s); p++ {
		if slices.Equal(s[p:], s[:len(s)-p]) {
			return p
		}
	}
	return len(s)
}

var rows = []string{"1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm", "qwertyuiop", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"}

// effort counts the characters that do not follow from the one before: equal
// to it, next to it in the alphabet or on a row of a keyboard.
func effort(s string) int {
	n := 0
	var last rune
	for _, r := range s {
		if !follows(last, r) {
			n++
		}
		last = r
	}
	return n
}

func follows(a, b rune) bool {
	if a == b {
		return true
	}
	if d := a - b; (d == 1 || d == -1) && (unicode.IsLetter(a) && unicode.IsLetter(b) || unicode.IsDigit(a) && unicode.IsDigit(b)) {
		return true
	}
	for _, row := range rows {
		if strings.Contains(row, string([]rune{a, b})) || strings.Contains(row, string([]rune{b, a})) {
			return true
		}
	}
	return false
}

//go:embed words/common.txt
var commonList string

// ourWords are what comes to mind in front of this page.
var ourWords = []string{"willkommen", "hausverwaltung", "verwaltung", "mietvertrag", "mieterportal", "mieter", "wohnung", "zuhause", "foyer", "portal", "zugang"}

// common tells a listed password, also with a few digits and signs around it.
func common(s string) bool {
	if listed(s) {
		return true
	}
	core := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if core == "" || core == s {
		return false
	}
	at := strings.Index(s, core)
	rest := effort(s[:at]) + effort(s[at+len(core):])
	return rest <= minEffort+1 && (listed(core) || slices.Contains(ourWords, core))
}

// listed searches the sorted lines of the embedded list in place; a map of them
// would cost every process megabytes.
func listed(s string) bool {
	line := func(i int) (start, end int) {
		start = strings.LastIndexByte(commonList[:i], '\n') + 1
		return start, start + strings.IndexByte(commonList[start:], '\n')
	}
	i := sort.Search(len(commonList), func(i int) bool {
		start, end := line(i)
		return commonList[start:end] >= s
	})
	if i == len(commonList) {
		return false
	}
	start, end := line(i)
	return commonList[start:end] == s
}

// onlyOwn tells that little is left when the words of own and ours are taken
// out of the password.
func onlyOwn(s string, own []string) bool {
	var words []string
	for _, o := range own {
		words = append(words, strings.FieldsFunc(strings.ToLower(norm.NFKC.String(o)), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})...)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < 4 })
	if len(words) == 0 {
		return false
	}
	words = append(words, ourWords...)
	sort.Slice(words, func(i, j int) bool { return len(words[i]) > len(words[j]) })
	rest := s
	for _, w := range words {
		rest = strings.ReplaceAll(rest, w, "\x00")
	}
	return rest != s && effort(strings.ReplaceAll(rest, "\x00", "")) <= minEffort
}

// checkable returns a password as far as it is worth a hash: what is too long
// to have been accepted is cut, its hash fits nothing.
func checkable(password string) string {
	if len(password) > maxPasswordBytes {
		return password[:maxPasswordBytes]
	}
	return password
}

//go:embed words/de.txt
var germanWords string

//go:embed words/en.txt
var englishWords string

// SuggestPassphrase returns a passphrase of four words and a number, like
// "Kiesel-Laterne-Segel-Walnuss-473", in German or else English. Four of 512
// words and one of 900 numbers are 45.8 bit.
func SuggestPassphrase(lang string) string {
	text := englishWords
	if lang == "de" {
		text = germanWords
	}
	words := strings.Fields(text)
	parts := make([]string, 0, 5)
	for range 4 {
		parts = append(parts, words[pick(len(words))])
	}
	return strings.Join(append(parts, strconv.Itoa(100+pick(900))), "-")
}

func pick(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return int(i.Int64())
}
