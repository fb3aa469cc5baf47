package cases

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
)

// CategoryKind tells damage from what one asks for.
type CategoryKind string

// The kinds.
const (
	Damage CategoryKind = "damage"
	Topic  CategoryKind = "topic"
)

// What a category opens (X6).
const (
	OpensCase    = "case"
	OpensMessage = "message"
)

// Wording is a category in one language.
type Wording struct {
	Name string `json:"name"`
	Text string `json:"text,omitempty"` // what belongs here
	Hint string `json:"hint,omitempty"` // what to do first: small damage is the caretaker's (A19)
}

// FieldKind is how a field is answered.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldDay    FieldKind = "day"
	FieldYesNo  FieldKind = "yesno"
	FieldChoice FieldKind = "choice"
)

// Field is what a category asks besides.
type Field struct {
	Key      string            `json:"key"`
	Kind     FieldKind         `json:"kind"`
	Required bool              `json:"required,omitempty"`
	Labels   map[string]string `json:"labels"`            // by language
	Options  map[string]string `json:"options,omitempty"` // by language, one choice a line
}

// Choices are the options in a language.
func (f Field) Choices(lang string) []string {
	var out []string
	for line := range strings.SplitSeq(in(f.Options, lang), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Label is the field's name in a language.
func (f Field) Label(lang string) string { return in(f.Labels, lang) }

// in returns the text of a language, else any.
func in(texts map[string]string, lang string) string {
	if t := texts[lang]; t != "" {
		return t
	}
	for _, l := range []string{"de", "en"} {
		if t := texts[l]; t != "" {
			return t
		}
	}
	for _, t := range texts {
		return t
	}
	return ""
}

// Category is a node of the tree.
type Category struct {
	ID         string
	ParentID   string // "" = first level
	Position   int
	Kind       CategoryKind
	Opens      string // OpensCase or OpensMessage
	Icon       string // name of a drawing: "thermometer"
	Texts      map[string]Wording
	Fields     []Field
	Urgency    Urgency // what is chosen at first, "" = Later
	AssigneeID string  // who gets its cases
	ProviderID string  // who is sent
	Active     bool
}

// Name is the category's name in a language.
func (c Category) Name(lang string) string { return c.word(lang).Name }

// Text says what belongs here, "" for nothing.
func (c Category) Text(lang string) string { return c.word(lang).Text }

// Hint says what to do first, "" for nothing.
func (c Category) Hint(lang string) string { return c.word(lang).Hint }

func (c Category) word(lang string) Wording {
	if w, ok := c.Texts[lang]; ok && w.Name != "" {
		return w
	}
	for _, l := range []string{"de", "en"} {
		if w, ok := c.Texts[l]; ok && w.Name != "" {
			return w
		}
	}
	for _, w := range c.Texts {
		return w
	}
	return Wording{}
}

// Tree is the categories of an organisation in their order.
type Tree struct {
	List []Category
	Own  bool // written by the organisation; else the product's
}

// Get returns a category by its id.
func (t Tree) Get(id string) (Category, bool) {
	i := slices.IndexFunc(t.List, func(c Category) bool { return c.ID == id })
	if i < 0 || id == "" {
		return Category{}, false
	}
	return t.List[i], true
}

// Tops are the active categories of the first level of a kind.
func (t Tree) Tops(k CategoryKind) (out []Category) {
	for _, c := range t.List {
		if c.ParentID == "" && c.Kind == k && c.Active {
			out = append(out, c)
		}
	}
	return out
}

// Below are the active categories under one of the first level.
func (t Tree) Below(id string) (out []Category) {
	for _, c := range t.List {
		if c.ParentID == id && id != "" && c.Active {
			out = append(out, c)
		}
	}
	return out
}

// Top is the first level of a category: itself or its parent.
func (t Tree) Top(id string) (Category, bool) {
	c, ok := t.Get(id)
	if ok && c.ParentID != "" {
		return t.Get(c.ParentID)
	}
	return c, ok
}

// Name is the full name of a category: "Heizung", "Heizung · Heizkörper bleibt kalt".
func (t Tree) Name(id, lang string) string {
	c, ok := t.Get(id)
	if !ok {
		return ""
	}
	if p, ok := t.Get(c.ParentID); ok {
		return p.Name(lang) + " · " + c.Name(lang)
	}
	return c.Name(lang)
}

// effective fills what a category leaves to its first level.
func (t Tree) effective(c Category) Category {
	p, ok := t.Get(c.ParentID)
	if !ok {
		return c
	}
	if c.Urgency == "" {
		c.Urgency = p.Urgency
	}
	if c.AssigneeID == "" {
		c.AssigneeID = p.AssigneeID
	}
	if c.ProviderID == "" {
		c.ProviderID = p.ProviderID
	}
	if c.Icon == "" {
		c.Icon = p.Icon
	}
	c.Fields = append(slices.Clone(p.Fields), c.Fields...)
	return c
}

// Effective returns a category with what it has from its first level.
func (t Tree) Effective(id string) (Category, bool) {
	c, ok := t.Get(id)
	return t.effective(c), ok
}

type categoryRow struct {
	c             Category
	texts, fields string
}

func (r *categoryRow) dest() []any {
	c := &r.c
	return []any{&c.ID, &c.ParentID, &c.Position, &c.Kind, &c.Opens, &c.Icon, &r.texts, &r.fields, &c.Urgency, &c.AssigneeID, &c.ProviderID, &c.Active}
}

// TreeOf returns the categories of the transaction's organisation.
func (s *Service) TreeOf(tx *store.Tx) (Tree, error) {
	rows, err := store.All(tx, allCategories, (*categoryRow).dest)
	if err != nil {
		return Tree{}, err
	}
	if len(rows) == 0 {
		return Tree{List: s.defaults}, nil
	}
	t := Tree{Own: true, List: make([]Category, len(rows))}
	for i := range rows {
		t.List[i] = rows[i].c
		if err := json.Unmarshal([]byte(rows[i].texts), &t.List[i].Texts); err != nil {
			return Tree{}, err
		}
		if err := json.Unmarshal([]byte(rows[i].fields), &t.List[i].Fields); err != nil {
			return Tree{}, err
		}
	}
	return t, nil
}

// Tree returns the organisation's categories, for everybody who is signed in.
func (s *Service) Tree(ctx context.Context, by actor.Actor) (t Tree, err error) {
	defer fault.Wrap(&err, "list categories")
	if !by.Has(actor.Self) && !by.Has(actor.ReadCases) && !by.Has(actor.ManageOrg) {
		return Tree{}, fault.Denied("categories")
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		t, err = s.TreeOf(tx)
		return err
	})
	return t, err
}

// Limits of the tree.
const (
	maxCategories = 120
	maxFields     = 8
	maxName       = 60
	maxHint       = 400
)

// SaveCategory writes a category, a new one when it has no id; the first one
// makes the product's tree the organisation's own. It returns its id. It needs
// ManageOrg. Complaints: name, hint, parent, field.
func (s *Service) SaveCategory(ctx context.Context, by actor.Actor, c Category) (id string, err error) {
	defer fault.Wrap(&err, "write a category")
	if err := by.Must(actor.ManageOrg); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		t, err := s.TreeOf(tx)
		if err != nil {
			return err
		}
		old, ok := t.Get(c.ID)
		if c.ID != "" && !ok {
			return fault.NotFound("category")
		}
		if err := checkCategory(t, &c, old); err != nil {
			return err
		}
		if !t.Own {
			for _, d := range t.List {
				if err := putOne(tx, d); err != nil {
					return err
				}
			}
		}
		id = c.ID
		if err := putOne(tx, c); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "case.category", "category:"+c.ID, nil)
	})
	return id, err
}

func checkCategory(t Tree, c *Category, old Category) error {
	bad := &fault.Invalid{}
	named := false
	for lang, w := range c.Texts {
		named = named || strings.TrimSpace(w.Name) != ""
		limit(bad, "name_"+lang, w.Name, maxName)
		limit(bad, "hint_"+lang, w.Hint, maxHint)
		limit(bad, "text_"+lang, w.Text, maxHint)
	}
	if !named {
		bad.Add("name_de", "cases.category.no_name")
	}
	if c.ID == "" {
		c.ID = store.NewID()
		if len(t.List) >= maxCategories {
			bad.Add("name_de", "cases.category.too_many")
		}
		c.Position = len(t.List) + 1
	} else if old.ID != "" {
		c.ParentID, c.Kind = old.ParentID, old.Kind
		if c.Position == 0 {
			c.Position = old.Position
		}
	}
	if c.ParentID != "" {
		p, ok := t.Get(c.ParentID)
		if !ok || p.ParentID != "" {
			bad.Add("parent", "cases.category.two_levels")
		} else {
			c.Kind = p.Kind
		}
	}
	if c.Kind != Topic {
		c.Kind, c.Opens = Damage, OpensCase
	}
	if c.Opens != OpensMessage {
		c.Opens = OpensCase
	}
	if c.Urgency != "" && !c.Urgency.Valid() {
		c.Urgency = ""
	}
	if len(c.Fields) > maxFields {
		bad.Add("field", "cases.category.too_many_fields", "max", maxFields)
	}
	for i := range c.Fields {
		if c.Fields[i].Key == "" {
			c.Fields[i].Key = store.NewID()
		}
	}
	return bad.Err()
}

func putOne(tx *store.Tx, c Category) error {
	texts, err := json.Marshal(c.Texts)
	if err != nil {
		return err
	}
	fields := []byte("[]")
	if len(c.Fields) > 0 {
		if fields, err = json.Marshal(c.Fields); err != nil {
			return err
		}
	}
	_, err = store.Exec(tx, putCategory, c.ID, c.ParentID, c.Position, string(c.Kind), c.Opens, c.Icon, string(texts), string(fields), string(c.Urgency), c.AssigneeID, c.ProviderID, c.Active)
	return err
}

// defaultTree is the product's tree, named by the catalogue in every language.
func defaultTree(b *i18n.Bundle) (out []Category) {
	for _, d := range defaults {
		c := Category{ID: "std-" + d.key, Position: len(out) + 1, Kind: d.kind, Opens: OpensCase, Icon: d.icon, Urgency: d.urgency, Active: true, Texts: map[string]Wording{}}
		if d.parent != "" {
			c.ParentID = "std-" + d.parent
		}
		if d.message {
			c.Opens = OpensMessage
		}
		for _, lang := range b.Languages() {
			p := b.Printer(lang)
			w := Wording{Name: p.T("cases.tree." + d.key)}
			if key := "cases.tree." + d.key + ".hint"; p.Has(key) {
				w.Hint = p.T(key)
			}
			c.Texts[lang] = w
		}
		for _, f := range d.fields {
			field := Field{Key: f.key, Kind: f.kind, Required: f.required, Labels: map[string]string{}}
			for _, lang := range b.Languages() {
				field.Labels[lang] = b.Printer(lang).T("cases.tree." + d.key + "." + f.key)
			}
			c.Fields = append(c.Fields, field)
		}
		out = append(out, c)
	}
	return out
}
