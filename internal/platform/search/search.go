package search

import (
	"fmt"
	"slices"
	"strings"

	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
)

// Limits of what is kept and asked.
const (
	Terms    = 4    // words of a query that count
	MaxWord  = 40   // characters of a word that are kept
	MaxWords = 2000 // different words of one text that are kept
	Most     = 1000 // items that Few names at most
)

// last ends every range of words with a common beginning: no character is
// greater.
const last = "\U0010ffff"

var (
	putWord = store.Scoped(`INSERT INTO search_word (org_id, kind, word, item_id) VALUES $rows ON CONFLICT DO NOTHING`)
	dropAll = store.Scoped(`DELETE FROM search_word WHERE org_id = $1 AND kind = $2 AND item_id IN ($3...)`)
	hits    = store.Scoped(`SELECT count(*) FROM (SELECT w.item_id FROM search_word w
		WHERE w.org_id = $1 AND w.kind = $2 AND w.word >= $3 AND w.word < $4 LIMIT $5) h`)
	few = store.Scoped(`SELECT DISTINCT w.item_id FROM search_word w WHERE w.org_id = $1 AND w.kind = $2 AND w.word >= $3 AND w.word < $4
		AND ($5 = '' OR EXISTS (SELECT 1 FROM search_word x WHERE x.org_id = $1 AND x.kind = $2 AND x.item_id = w.item_id AND x.word >= $5 AND x.word < $6))
		AND ($7 = '' OR EXISTS (SELECT 1 FROM search_word y WHERE y.org_id = $1 AND y.kind = $2 AND y.item_id = w.item_id AND y.word >= $7 AND y.word < $8))
		AND ($9 = '' OR EXISTS (SELECT 1 FROM search_word z WHERE z.org_id = $1 AND z.kind = $2 AND z.item_id = w.item_id AND z.word >= $9 AND z.word < $10))`)
)

// words returns the different folded words of texts, shortened to MaxWord.
func words(texts []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, t := range texts {
		for _, w := range strings.Fields(fold.Text(t)) {
			if r := []rune(w); len(r) > MaxWord {
				w = string(r[:MaxWord])
			}
			if !seen[w] && len(out) < MaxWords {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// Put adds the words of texts to an item in the caller's transaction. What an
// item has keeps counting: Delete first when its text is another one.
func Put(tx *store.Tx, kind, item string, texts ...string) error {
	list := words(texts)
	rows := make([][]any, len(list))
	for i, w := range list {
		rows[i] = []any{kind, w, item}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := store.InsertAll(tx, putWord, rows)
	return err
}

// Delete takes items out of the search.
func Delete(tx *store.Tx, kind string, items ...string) error {
	for part := range slices.Chunk(items, 500) {
		if _, err := store.Exec(tx, dropAll, kind, store.Spread(part)); err != nil {
			return err
		}
	}
	return nil
}

// Query is what somebody typed, as folded words. The zero Query asks nothing.
type Query struct{ terms []string }

// Parse takes the words of what somebody typed: the longest Terms of them,
// without those that are the beginning of another.
func Parse(typed string) Query {
	list := words([]string{typed})
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	var q Query
	for _, w := range list {
		if len(q.terms) < Terms && !slices.ContainsFunc(q.terms, func(t string) bool { return strings.HasPrefix(t, w) }) {
			q.terms = append(q.terms, w)
		}
	}
	return q
}

// Empty tells whether nothing is asked.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// Args returns the arguments of SQL: two for each of the Terms.
func (q Query) Args() []any {
	out := make([]any, 0, 2*Terms)
	for i := range Terms {
		if i < len(q.terms) {
			out = append(out, q.terms[i], q.terms[i]+last)
		} else {
			out = append(out, "", "")
		}
	}
	return out
}

// SQL returns a condition: the item of kind whose id stands in column has every
// word of a query, whose Args are the parameters from first on.
func SQL(kind, column string, first int) string {
	parts := make([]string, Terms)
	for i := range parts {
		n := first + 2*i
		parts[i] = fmt.Sprintf(`($%d = '' OR EXISTS (SELECT 1 FROM search_word sw%d WHERE sw%d.org_id = $1 AND sw%d.kind = '%s' AND sw%d.item_id = %s AND sw%d.word >= $%d AND sw%d.word < $%d))`,
			n, i, i, i, kind, i, column, i, n, i, n+1)
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// Few returns the items of a kind that have every word of the query when the
// rarest of the words has at most Most of them; ok is false when there are
// more, or nothing is asked: then walk the list with SQL.
func Few(tx *store.Tx, kind string, q Query) (items []string, ok bool, err error) {
	best, rarest := Most+1, -1
	for i, t := range q.terms {
		n, err := store.Value[int](tx, hits, kind, t, t+last, Most+1)
		if err != nil {
			return nil, false, err
		}
		if n < best {
			best, rarest = n, i
		}
	}
	if rarest < 0 {
		return nil, false, nil
	}
	first := Query{terms: append([]string{q.terms[rarest]}, slices.Delete(slices.Clone(q.terms), rarest, rarest+1)...)}
	items, err = store.List[string](tx, few, append([]any{kind}, first.Args()...)...)
	return items, err == nil, err
}
