package documents

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/upload"
)

// File is one uploaded file.
type File struct {
	ID            string
	OwnerKind     string
	OwnerID       string
	Name          string // for people, with the ending of its type
	Type          string // upload.PDF, JPEG or PNG
	Size          int64  // bytes
	Blob          string
	ThumbBlob     string // "" for a PDF
	Width, Height int    // pixels, 0 for a PDF
	Pages         int    // of a PDF
	Attachments   bool   // the PDF carries files
	CreatedBy     string // actor.Actor.Label
	CreatedAt     int64  // microseconds
}

// Picture tells whether the file is a picture, with a small one for lists.
func (f File) Picture() bool { return f.ThumbBlob != "" }

// MaxFiles is how many files one item may have.
const MaxFiles = 10

// What one resident may send within a day; staff are held by the quota alone.
const (
	dayFiles = 100
	dayBytes = 400 << 20
)

const draftOwner = "draft"

const fileCols = `id, owner_kind, owner_id, name, type, size, blob, thumb_blob, width, height, pages, attachments, created_by, created_at`

func (f *File) dest() []any {
	return []any{&f.ID, &f.OwnerKind, &f.OwnerID, &f.Name, &f.Type, &f.Size, &f.Blob, &f.ThumbBlob, &f.Width, &f.Height, &f.Pages, &f.Attachments, &f.CreatedBy, &f.CreatedAt}
}

var (
	insertFile = store.Scoped(`INSERT INTO file (org_id, ` + fileCols + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (org_id, id) DO NOTHING`)
	fileByID  = store.Scoped(`SELECT ` + fileCols + ` FROM file WHERE org_id = $1 AND id = $2`)
	filesOf   = store.Scoped(`SELECT ` + fileCols + ` FROM file WHERE org_id = $1 AND owner_kind = $2 AND owner_id IN ($3...)`)
	moveFiles = store.Scoped(`UPDATE file SET owner_kind = $4, owner_id = $5 WHERE org_id = $1 AND owner_kind = $2 AND owner_id = $3 AND id IN ($6...)`)
	dropFiles = store.Scoped(`DELETE FROM file WHERE org_id = $1 AND owner_kind = $2 AND owner_id IN ($3...) RETURNING size`)
	oldDrafts = store.Scoped(`DELETE FROM file WHERE org_id = $1 AND owner_kind = 'draft' AND created_at < $2 RETURNING size`)
	fileBlobs = store.Scoped(`SELECT blob FROM file WHERE org_id = $1 AND blob <> '' UNION ALL SELECT thumb_blob FROM file WHERE org_id = $1 AND thumb_blob <> ''`)
	addUsage  = store.Scoped(`INSERT INTO file_usage (org_id, files, bytes) VALUES ($1, $2, $3)
		ON CONFLICT (org_id) DO UPDATE SET files = file_usage.files + excluded.files, bytes = file_usage.bytes + excluded.bytes`)
	usage   = store.Scoped(`SELECT files, bytes FROM file_usage WHERE org_id = $1`)
	sentOf  = store.Scoped(`SELECT count(*), coalesce(sum(size), 0) FROM file WHERE org_id = $1 AND created_by = $2 AND created_at > $3`)
	oneFile = store.Scoped(`DELETE FROM file WHERE org_id = $1 AND owner_kind = $2 AND owner_id = $3 AND id = $4 RETURNING size`)
)

// Usage is how much an organisation keeps.
type Usage struct {
	Files int
	Bytes int64
	Quota int64 // 0 = no limit
}

func (s *Service) usage(tx *store.Tx) (Usage, error) {
	u, err := store.Get(tx, usage, func(u *Usage) []any { return []any{&u.Files, &u.Bytes} })
	if errors.Is(err, store.ErrNoRow) {
		err = nil
	}
	u.Quota = s.quota
	return u, err
}

// room refuses what would exceed the organisation's quota or what a resident
// may send in a day.
func (s *Service) room(tx *store.Tx, by actor.Actor, field string, more int64) error {
	u, err := s.usage(tx)
	if err != nil {
		return err
	}
	if u.Quota > 0 && u.Bytes+more > u.Quota {
		return fault.Wrong(field, "documents.quota")
	}
	if by.Kind() != actor.Resident {
		return nil
	}
	sent, err := store.Get(tx, sentOf, func(u *Usage) []any { return []any{&u.Files, &u.Bytes} }, by.Label(), store.Micros(s.now().Add(-24*time.Hour)))
	if err != nil {
		return err
	}
	if sent.Files >= dayFiles || sent.Bytes+more > dayBytes {
		return fault.Wrong(field, "documents.day_limit")
	}
	return nil
}

// Add hangs a file that was let in on an item. The caller has checked that the
// actor may change the item. An item has at most MaxFiles. The same result
// twice is one file.
func (s *Service) Add(tx *store.Tx, by actor.Actor, ownerKind, ownerID string, r upload.Result) (File, error) {
	if s.owners[ownerKind] == nil || ownerID == "" || r.Blob == "" {
		return File{}, errors.New("documents: a file without an owner or content: " + ownerKind)
	}
	if err := s.room(tx, by, upload.Field, r.Size); err != nil {
		return File{}, err
	}
	f := File{ID: store.IDFrom("file", ownerKind, ownerID, r.Blob), OwnerKind: ownerKind, OwnerID: ownerID, Name: r.Name, Type: r.Type, Size: r.Size, Blob: r.Blob, ThumbBlob: r.ThumbBlob,
		Width: r.Width, Height: r.Height, Pages: r.Pages, Attachments: r.Attachments, CreatedBy: by.Label(), CreatedAt: store.Micros(s.now())}
	n, err := store.Exec(tx, insertFile, f.ID, f.OwnerKind, f.OwnerID, f.Name, f.Type, f.Size, f.Blob, f.ThumbBlob, f.Width, f.Height, f.Pages, f.Attachments, f.CreatedBy, f.CreatedAt)
	if err != nil || n == 0 {
		return f, err
	}
	_, err = store.Exec(tx, addUsage, 1, f.Size)
	return f, err
}

// Keep takes one file in and keeps it as a draft of the actor's account: the
// upload survives a form that is sent again, an expired session and a restart.
// Drafts that no item has taken over end after a week.
func (s *Service) Keep(ctx context.Context, by actor.Actor, field, name string, r io.Reader) (f File, err error) {
	defer fault.Wrap(&err, "keep a file")
	res, err := s.Take(ctx, by, field, name, r)
	if err != nil {
		return File{}, err
	}
	err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		f, err = s.Add(tx, by, draftOwner, by.Account(), res)
		return err
	})
	return f, err
}

// Drafts returns those of the ids that are drafts of the actor's account, in
// the order of ids: what a form shows again. Foreign ids are left out.
func (s *Service) Drafts(ctx context.Context, by actor.Actor, ids []string) (out []File, err error) {
	defer fault.Wrap(&err, "list kept files")
	if by.Account() == "" || len(ids) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := FilesOf(tx, draftOwner, []string{by.Account()})
		if err != nil {
			return err
		}
		out = nil
		for _, id := range ids {
			for _, f := range list[by.Account()] {
				if f.ID == id {
					out = append(out, f)
				}
			}
		}
		return nil
	})
	return out, err
}

// DropDraft removes a draft of the actor's account.
func (s *Service) DropDraft(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "drop a kept file")
	if by.Account() == "" {
		return fault.Denied("drop a file")
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		return s.DropOne(tx, draftOwner, by.Account(), id)
	})
}

// Attach hangs drafts of the actor's account on an item. It fails with
// fault.Invalid when there are more than MaxFiles; ids that are no drafts of
// the account are left out, so that a form sent twice attaches once.
func (s *Service) Attach(tx *store.Tx, by actor.Actor, ids []string, ownerKind, ownerID string) error {
	if s.owners[ownerKind] == nil || ownerID == "" {
		return errors.New("documents: attach to nothing: " + ownerKind)
	}
	if by.Account() == "" || len(ids) == 0 {
		return nil
	}
	if len(ids) > MaxFiles {
		return fault.Wrong(upload.Field, "documents.too_many_files", "max", MaxFiles)
	}
	_, err := store.Exec(tx, moveFiles, draftOwner, by.Account(), ownerKind, ownerID, store.Spread(ids))
	return err
}

// FilesOf returns the files of items of one kind, by the item's id, oldest
// first. It judges no rights: whoever calls it has.
func FilesOf(tx *store.Tx, ownerKind string, ownerIDs []string) (map[string][]File, error) {
	out := make(map[string][]File, len(ownerIDs))
	for len(ownerIDs) > 0 {
		n := min(len(ownerIDs), 1000)
		list, err := store.All(tx, filesOf, (*File).dest, ownerKind, store.Spread(ownerIDs[:n]))
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			out[f.OwnerID] = append(out[f.OwnerID], f)
		}
		ownerIDs = ownerIDs[n:]
	}
	for _, list := range out {
		sortFiles(list)
	}
	return out, nil
}

// Drop removes all files of items: their rows now, their content within a day.
func (s *Service) Drop(tx *store.Tx, ownerKind string, ownerIDs []string) error {
	for len(ownerIDs) > 0 {
		n := min(len(ownerIDs), 1000)
		sizes, err := store.List[int64](tx, dropFiles, ownerKind, store.Spread(ownerIDs[:n]))
		if err != nil {
			return err
		}
		if err := less(tx, sizes); err != nil {
			return err
		}
		ownerIDs = ownerIDs[n:]
	}
	return nil
}

// DropOne removes one file of an item.
func (s *Service) DropOne(tx *store.Tx, ownerKind, ownerID, id string) error {
	sizes, err := store.List[int64](tx, oneFile, ownerKind, ownerID, id)
	if err != nil {
		return err
	}
	if len(sizes) == 0 {
		return fault.NotFound("file")
	}
	return less(tx, sizes)
}

// less takes removed files off the usage.
func less(tx *store.Tx, sizes []int64) error {
	var sum int64
	for _, n := range sizes {
		sum += n
	}
	if len(sizes) == 0 {
		return nil
	}
	_, err := store.Exec(tx, addUsage, -len(sizes), -sum)
	return err
}

// Blobs returns the keys of all files of the transaction's organisation.
func Blobs(tx *store.Tx) ([]string, error) { return store.List[string](tx, fileBlobs) }

// visible loads a file that the actor may see, else fault.NotFound.
func (s *Service) visible(tx *store.Tx, by actor.Actor, id string) (File, error) {
	f, err := store.Get(tx, fileByID, (*File).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return File{}, fault.NotFound("file")
	}
	if err != nil {
		return File{}, err
	}
	sees := s.owners[f.OwnerKind]
	if sees == nil {
		return File{}, fault.NotFound("file")
	}
	ok, err := sees(tx, by, f.OwnerID)
	if err != nil && !errors.Is(err, fault.ErrNotFound) && !errors.Is(err, fault.ErrDenied) {
		return File{}, err
	}
	if !ok || err != nil {
		return File{}, fault.NotFound("file")
	}
	if f.OwnerKind == documentOwner && by.Kind() == actor.Resident { // what was replaced is for staff
		d, err := load(tx, f.OwnerID)
		if err != nil || d.FileID != f.ID {
			return File{}, fault.NotFound("file")
		}
	}
	return f, nil
}

// Size returns a file's size as people read it: "640 KB", "1,8 MB" with the
// decimal mark of the language.
func (f File) SizeText(lang string) string { return sizeText(f.Size, lang) }

func sizeText(n int64, lang string) string {
	switch {
	case n < 1000:
		return "1 KB"
	case n < 1_000_000:
		return itoa((n+500)/1000) + " KB"
	case n < 10_000_000:
		tenths := (n + 50_000) / 100_000
		mark := ","
		if strings.HasPrefix(lang, "en") {
			mark = "."
		}
		return itoa(tenths/10) + mark + itoa(tenths%10) + " MB"
	}
	return itoa((n+500_000)/1_000_000) + " MB"
}
