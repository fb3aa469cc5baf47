package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Report is what a resident reports or asks for.
type Report struct {
	Key        string // of the form: the same key makes the same case
	LeaseID    string // one of the own leases that has not ended
	CategoryID string
	Urgency    Urgency // "" = the category's
	Common     bool    // about a common area of the house, not the own unit
	Spot       string  // where exactly
	Text       string
	Fields     map[string]string // answers to the category's fields, by key
	Shared     bool              // all contract parties of the lease see it
	Reach      string            // when the resident can be reached
	Phone      string
	Release    bool     // the provider may have the phone number
	Files      []string // drafts of documents
}

// Opened is what a report made: a case, or a message where the topic opens one.
type Opened struct {
	ID   string
	Case bool
}

// URL is the page of what was opened.
func (o Opened) URL() string {
	if o.Case {
		return Path + "/" + o.ID
	}
	return conversations.Path + "/" + o.ID
}

// Report opens a case of a signed-in resident (A17, A14), or a message where
// the topic says so (X6). Complaints: category, lease, urgency, spot, text,
// field_<key>, reach, phone.
func (s *Service) Report(ctx context.Context, by actor.Actor, in Report) (out Opened, err error) {
	defer fault.Wrap(&err, "report to the management")
	if err := by.Must(actor.Self); err != nil {
		return Opened{}, err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		out = Opened{ID: store.NewID(), Case: true}
		if in.Key != "" {
			out.ID = store.IDFrom("case", by.Account(), in.Key)
			if c, err := conversations.Visible(tx, portfolio.RuleOf(o, s.Now()), by, out.ID); err == nil {
				out.Case = c.Kind == conversations.Case
				return nil // sent twice
			} else if !isNotFound(err) {
				return err
			}
		}
		return s.open(tx, o, by, in, &out)
	})
	return out, err
}

// open checks a report and begins its case or message.
func (s *Service) open(tx *store.Tx, o orgs.Org, by actor.Actor, in Report, out *Opened) error {
	tree, err := s.TreeOf(tx)
	if err != nil {
		return err
	}
	bad := &fault.Invalid{}
	cat, ok := tree.Effective(in.CategoryID)
	if !ok || !cat.Active {
		bad.Add("category", "cases.no_category")
	}
	t, ok, err := s.Conversations.OwnTenancy(tx, o, by, in.LeaseID)
	if err != nil {
		return err
	}
	if !ok {
		bad.Add("lease", "conversations.no_lease")
	}
	s.check(bad, cat, &in)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := s.Conversations.Calm(tx, t.PersonID); err != nil {
		return err
	}
	who, err := conversations.PersonName(tx, t.PersonID)
	if err != nil {
		return err
	}
	b := beginning{id: out.ID, cat: cat, tree: tree, t: t, who: who, in: in, source: conversations.Portal, audience: portfolio.Audience{Kind: portfolio.ToPerson, ID: t.PersonID, Day: o.Today(s.Now())}}
	if in.Shared && t.Role != portfolio.Owner {
		b.audience = portfolio.Audience{Kind: portfolio.ToLease, ID: t.Lease.ID, Day: b.audience.Day, Author: t.PersonID}
	}
	out.Case = opensCase(o, cat)
	return s.begin(tx, o, by, b, out.Case)
}

// opensCase tells whether a category opens a case or a plain message (X6):
// damage is always a case.
func opensCase(o orgs.Org, c Category) bool {
	if c.Kind == Damage || o.Settings.ContactMode == orgs.ContactCases {
		return true
	}
	return o.Settings.ContactMode == orgs.ContactBoth && c.Opens == OpensCase
}

// check looks at what was filled in.
func (s *Service) check(bad *fault.Invalid, cat Category, in *Report) {
	if in.Urgency == "" {
		in.Urgency = cat.Urgency
	}
	if in.Urgency == "" {
		in.Urgency = Later
	}
	if !in.Urgency.Valid() {
		bad.Add("urgency", "cases.no_urgency")
	}
	switch n := utf8.RuneCountInString(in.Text); {
	case strings.TrimSpace(in.Text) == "":
		bad.Add("text", "cases.no_text")
	case n > conversations.MaxText:
		bad.Add("text", "cases.too_long", "max", conversations.MaxText)
	}
	limit(bad, "spot", in.Spot, MaxSpot)
	limit(bad, "reach", in.Reach, MaxReach)
	limit(bad, "phone", in.Phone, 40)
	if in.Release && digits(in.Phone) < 3 {
		bad.Add("phone", "cases.no_phone")
	}
	answers := map[string]string{}
	for _, f := range cat.Fields {
		v := strings.TrimSpace(in.Fields[f.Key])
		name := "field_" + f.Key
		switch {
		case v == "" && f.Required:
			bad.Add(name, "cases.no_answer")
		case f.Kind == FieldDay && v != "" && !portfolio.ValidDay(v):
			bad.Add(name, "cases.no_day")
		}
		if limit(bad, name, v, MaxField); v != "" {
			answers[f.Key] = v
		}
	}
	in.Fields = answers
}

// beginning is a case or message about to be written.
type beginning struct {
	id       string
	cat      Category
	tree     Tree
	t        portfolio.Tenancy
	who      string
	in       Report
	audience portfolio.Audience
	source   conversations.Source
}

// begin writes the conversation with its first message and, for a case, its
// number and what it has besides.
func (s *Service) begin(tx *store.Tx, o orgs.Org, by actor.Actor, b beginning, isCase bool) error {
	now := s.Now()
	op := conversations.Opening{ID: b.id, Subject: title(o, b), Audience: b.audience, PropertyID: b.t.Property.ID, LeaseID: b.t.Lease.ID, PersonID: b.t.PersonID,
		Who: b.who, Place: conversations.PlaceOf(b.t), Replies: true}
	if b.in.Common {
		op.Place = b.t.Building.AddressLine()
	}
	var seq int64
	if isCase {
		year, number, err := s.number(tx, o)
		if err != nil {
			return err
		}
		seq = int64(year)*10_000_000 + number
		op.Kind, op.Ref = conversations.Case, fmt.Sprintf("%d-%04d", year, number)
		if op.AssigneeID, err = s.standIn(tx, o, b.cat.AssigneeID, op.PropertyID); err != nil {
			return err
		}
	}
	if _, _, err := conversations.Open(tx, now, by, op); err != nil {
		return err
	}
	if isCase {
		if err := s.insert(tx, now, b, op, seq); err != nil {
			return err
		}
	}
	post := conversations.NewPost{ID: store.IDFrom("first", b.id), ConversationID: b.id, Side: conversations.ByResident, AuthorID: b.t.PersonID, AuthorName: b.who, Text: b.in.Text,
		Source: b.source, Files: len(b.in.Files), Silent: b.source != conversations.Portal}
	if _, _, err := conversations.Append(tx, now, by, post); err != nil {
		return err
	}
	return s.Documents.Attach(tx, by, b.in.Files, FileOwner, post.ID)
}

func (s *Service) insert(tx *store.Tx, now time.Time, b beginning, op conversations.Opening, seq int64) error {
	fields, err := json.Marshal(b.in.Fields)
	if err != nil {
		return err
	}
	unit, top := b.t.Unit.ID, b.cat.ID
	if b.in.Common {
		unit = ""
	}
	if b.cat.ParentID != "" {
		top = b.cat.ParentID
	}
	if _, err := store.Exec(tx, insertCase, b.id, seq, ordOf(b.in.Urgency, seq), b.cat.ID, top, store.Micros(now), string(b.in.Urgency), op.PropertyID, b.t.Building.ID, unit, op.AssigneeID,
		b.in.Spot, string(fields), b.in.Reach, b.in.Phone, b.in.Release, b.cat.ProviderID, noDay); err != nil {
		return err
	}
	words := []string{b.in.Spot, op.Ref}
	for _, c := range []string{b.cat.ID, top} {
		if x, ok := b.tree.Get(c); ok {
			for _, w := range x.Texts {
				words = append(words, w.Name)
			}
		}
	}
	return search.Put(tx, conversations.SearchKind, b.id, words...)
}

// number takes the next number of the organisation's year.
func (s *Service) number(tx *store.Tx, o orgs.Org) (year int, n int64, err error) {
	if year, err = strconv.Atoi(o.Today(s.Now())[:4]); err != nil {
		return 0, 0, err
	}
	if _, err = store.Exec(tx, nextNumber, year); err != nil {
		return 0, 0, err
	}
	n, err = store.Value[int64](tx, lastNumber, year)
	return year, n, err
}

// title is what lists show of a report: the topic, or the first sentence.
func title(o orgs.Org, b beginning) string {
	if b.cat.Kind == Topic {
		return b.cat.Name(o.Language())
	}
	text := strings.Join(strings.Fields(b.in.Text), " ")
	for i, r := range text {
		if (r == '.' || r == '!' || r == '?') && i >= 10 && !(r == '.' && text[i-1] >= '0' && text[i-1] <= '9') && (i+1 == len(text) || text[i+1] == ' ') {
			text = text[:i]
			break
		}
	}
	if utf8.RuneCountInString(text) <= maxTitle {
		return text
	}
	short := string([]rune(text)[:maxTitle])
	if i := strings.LastIndexByte(short, ' '); i > maxTitle/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:-") + "…"
}

// standIn returns who gets a new case: the category's assignee where that
// person may see the property, or the deputy while he is away; "" for nobody.
func (s *Service) standIn(tx *store.Tx, o orgs.Org, staffID, propertyID string) (string, error) {
	if staffID == "" {
		return "", nil
	}
	list, err := Colleagues(tx, propertyID)
	if err != nil {
		return "", err
	}
	there := func(id string) bool {
		return slices.ContainsFunc(list, func(c conversations.Colleague) bool { return c.ID == id })
	}
	away, err := orgs.Absences(tx, o.Today(s.Now()))
	if err != nil {
		return "", err
	}
	if a, ok := away[staffID]; ok && there(a.DeputyID) {
		return a.DeputyID, nil
	}
	if there(staffID) {
		return staffID, nil
	}
	return "", nil
}
