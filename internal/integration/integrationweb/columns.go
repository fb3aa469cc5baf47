package integrationweb

import (
	"context"
	"slices"
	"strings"

	"foyer/internal/integration"
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

// columnsView is the choice of columns.
type columnsView struct {
	Run      integration.Run
	Mapping  residentlist.Mapping
	Complete bool
	Invalid  *fault.Invalid
}

// group is the fields about one subject. The first stand in sight, the others
// only where the file has them.
type group struct {
	name        string
	usual, rare []residentlist.Column
}

var groups = []group{
	{"house", []residentlist.Column{"property_ref", "property_name", "street", "house_number", "postcode", "city"}, []residentlist.Column{"country", "stairwell"}},
	{"unit", []residentlist.Column{"unit_ref", "unit_label", "floor", "uvi_needed"}, []residentlist.Column{"area_m2", "rooms", "usage"}},
	{"lease", []residentlist.Column{"lease_ref", "lease_start", "lease_end"},
		[]residentlist.Column{"lease_signed_on", "rent_net", "rent_service", "rent_heating", "currency", "deposit", "notice_period"}},
	{"person", []residentlist.Column{"person_ref", "role", "salutation", "first_name", "last_name", "company", "email", "email_consent_on", "phone"},
		[]residentlist.Column{"title", "language", "person_kind"}},
	{"post", nil, []residentlist.Column{"post_name", "post_street", "post_house_number", "post_postcode", "post_city", "post_country"}},
}

// part tells which fields of a group stand in sight: the usual ones, those that
// the file has and those with a complaint.
func (v columnsView) part(g group) (shown, hidden []residentlist.Column) {
	shown = slices.Clone(g.usual)
	for _, c := range g.rare {
		if v.Mapping[c] != "" || v.complains(c) {
			shown = append(shown, c)
		} else {
			hidden = append(hidden, c)
		}
	}
	return shown, hidden
}

// complains tells whether there is something wrong with a field.
func (v columnsView) complains(c residentlist.Column) bool {
	return v.Invalid != nil && slices.ContainsFunc(v.Invalid.Fields, func(f fault.Field) bool { return f.Name == fieldName(c) })
}

// names joins the names of fields.
func names(ctx context.Context, list []residentlist.Column) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = label(ctx, string(c))
	}
	return strings.Join(out, " · ")
}

// headed is a column of the file with the first values below its heading.
type headed struct {
	name    string
	samples []string
}

// mostUnassigned is how many columns that are left over are listed.
const mostUnassigned = 12

// left are the columns of the file that are not assigned, in their order there.
func (v columnsView) left() (out []headed) {
	used := map[string]bool{"": true}
	for _, heading := range v.Mapping {
		used[heading] = true
	}
	for _, h := range v.Run.Headings {
		if !used[h] {
			used[h] = true
			out = append(out, headed{h, v.samples(h)})
		}
	}
	return out
}

// options are the headings of the file, each once.
func (v columnsView) options(ctx context.Context) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "integrationweb.col_none")}}
	seen := map[string]bool{"": true}
	for _, h := range v.Run.Headings {
		if !seen[h] {
			seen[h] = true
			out = append(out, ui.Option{Value: h, Label: h})
		}
	}
	return out
}

// samples are the first different values below a heading.
func (v columnsView) samples(heading string) (out []string) {
	i := slices.Index(v.Run.Headings, heading)
	if heading == "" || i < 0 {
		return nil
	}
	for _, row := range v.Run.Samples {
		if i < len(row) && row[i] != "" && !slices.Contains(out, row[i]) {
			out = append(out, row[i])
		}
	}
	return out
}

// example shows what stands in the column that a field is read from.
func (v columnsView) example(c residentlist.Column) string {
	return isolated(v.samples(v.Mapping[c]))
}

// exampleOf is a column's first value, behind its heading.
func exampleOf(ctx context.Context, samples []string) string {
	if len(samples) == 0 {
		return ""
	}
	return i18n.T(ctx, "integrationweb.sample", "value", isolated(samples[:1]))
}

// isolated joins values from a file so that those written from right to left do
// not turn their neighbours around (Unicode 6.3, first strong isolate).
func isolated(values []string) string {
	out := make([]string, len(values))
	for i, s := range values {
		out[i] = "\u2068" + s + "\u2069"
	}
	return strings.Join(out, " · ")
}

func fieldName(c residentlist.Column) string { return "c_" + string(c) }
