package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Reference is the language in which every key must exist.
const Reference = "de"

// entry is one catalogue text: plain, or a form per CLDR plural category.
type entry struct {
	plain string
	forms map[string]string
}

func (e *entry) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		return json.Unmarshal(data, &e.forms)
	}
	return json.Unmarshal(data, &e.plain)
}

// Bundle holds the texts of all packages in all languages. It is immutable
// after New and safe for concurrent use.
type Bundle struct {
	texts    map[string]map[string]entry // language → key → entry
	printers map[string]*Printer
	langs    []string
}

// New reads text/*.json of every given file system. It fails on a key that two
// packages define and on files that are not catalogues.
func New(sources ...fs.FS) (*Bundle, error) {
	b := &Bundle{texts: map[string]map[string]entry{}, printers: map[string]*Printer{}}
	for _, src := range sources {
		files, err := fs.Glob(src, "text/*.json")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if err := b.load(src, f); err != nil {
				return nil, err
			}
		}
	}
	for lang := range b.texts {
		if len(b.Missing(lang)) == 0 {
			b.langs = append(b.langs, lang)
		}
		tag := language.Make(lang)
		b.printers[lang] = &Printer{lang: lang, tag: tag, texts: b.texts[lang], fallback: b.texts[Reference], num: message.NewPrinter(tag)}
	}
	sort.Slice(b.langs, func(i, j int) bool { return rank(b.langs[i]) < rank(b.langs[j]) })
	if !slices.Contains(b.langs, Reference) {
		return nil, fmt.Errorf("no catalogue in the reference language %q", Reference)
	}
	return b, nil
}

// rank orders languages as they came into the product: German, English, then
// the others by name.
func rank(lang string) string {
	if i := slices.Index([]string{"de", "en"}, lang); i >= 0 {
		return fmt.Sprint(i)
	}
	return "9" + lang
}

func (b *Bundle) load(src fs.FS, file string) error {
	data, err := fs.ReadFile(src, file)
	if err != nil {
		return err
	}
	var texts map[string]entry
	if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("catalogue %s: %w", file, err)
	}
	lang := strings.TrimSuffix(path.Base(file), ".json")
	if b.texts[lang] == nil {
		b.texts[lang] = map[string]entry{}
	}
	for key, e := range texts {
		if _, ok := b.texts[lang][key]; ok {
			return fmt.Errorf("catalogue %s: key %q is defined twice", file, key)
		}
		b.texts[lang][key] = e
	}
	return nil
}

// Languages returns the complete languages, German first.
func (b *Bundle) Languages() []string { return slices.Clone(b.langs) }

// Offered returns the complete languages among want, in the bundle's order;
// the reference language when none is.
func (b *Bundle) Offered(want []string) []string {
	var out []string
	for _, l := range b.langs {
		if slices.Contains(want, l) {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = []string{Reference}
	}
	return out
}

// Printer returns the printer of a language, of the reference language when it
// is unknown.
func (b *Bundle) Printer(lang string) *Printer {
	if p, ok := b.printers[lang]; ok {
		return p
	}
	return b.printers[Reference]
}

// Keys returns all keys of a language, sorted.
func (b *Bundle) Keys(lang string) []string {
	keys := make([]string, 0, len(b.texts[lang]))
	for k := range b.texts[lang] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Missing tells what keeps a language from being complete: keys that it lacks
// or has in excess against the reference, and placeholders that differ.
func (b *Bundle) Missing(lang string) []string {
	var out []string
	for key, ref := range b.texts[Reference] {
		e, ok := b.texts[lang][key]
		switch {
		case !ok:
			out = append(out, key+": no text")
		case ref.holders() != e.holders():
			out = append(out, fmt.Sprintf("%s: placeholders %s, in the reference %s", key, e.holders(), ref.holders()))
		case (ref.forms == nil) != (e.forms == nil):
			out = append(out, key+": plural forms on one side only")
		case e.forms != nil && e.forms["other"] == "":
			out = append(out, key+": no plural form other")
		}
	}
	for key := range b.texts[lang] {
		if _, ok := b.texts[Reference][key]; !ok {
			out = append(out, key+": not in the reference")
		}
	}
	sort.Strings(out)
	return out
}

var holder = regexp.MustCompile(`\{([a-z_]+)\}`)

// holders lists the distinct placeholders of an entry, sorted.
func (e entry) holders() string {
	seen := map[string]bool{}
	for _, text := range append([]string{e.plain}, values(e.forms)...) {
		for _, m := range holder.FindAllStringSubmatch(text, -1) {
			seen[m[1]] = true
		}
	}
	if e.forms != nil {
		seen["count"] = true
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return strings.Join(names, ",")
}

func values(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// form picks the text for a whole number by the CLDR cardinal rules.
func (e entry) form(tag language.Tag, n int) string {
	if n < 0 {
		n = -n
	}
	cat := plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)
	if t, ok := e.forms[categories[cat]]; ok {
		return t
	}
	return e.forms["other"]
}
