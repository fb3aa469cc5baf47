package documents

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func sortFiles(list []File) {
	slices.SortFunc(list, func(a, b File) int { return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
}

// LinkLife is how long an address of a file is good (H6), not configurable.
const LinkLife = 60 * time.Minute

const linkPurpose = "documents.link"

// link is what a sealed address says.
type link struct {
	File    string `json:"f"`
	Account string `json:"a"`
	Session string `json:"s"`
	Until   int64  `json:"u"` // microseconds; at this instant it is over
}

// Link returns the last part of the address under which the actor may open a
// file for an hour, in this session. A file that the actor may not see is
// fault.NotFound.
func (s *Service) Link(ctx context.Context, by actor.Actor, session, fileID string) (token string, err error) {
	defer fault.Wrap(&err, "link to file")
	if by.Account() == "" || session == "" {
		return "", fault.Denied("link to a file")
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		_, err := s.visible(tx, by, fileID)
		return err
	})
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(link{File: fileID, Account: by.Account(), Session: session, Until: store.Micros(s.now().Add(LinkLife))})
	if err != nil {
		return "", err
	}
	return strict.EncodeToString(s.keys.Seal(linkPurpose, by.Org(), data)), nil
}

// strict reads each address in one spelling only.
var strict = base64.RawURLEncoding.Strict()

// Opened is a file on its way to whom may see it. Close its Body.
type Opened struct {
	File
	Body io.ReadCloser // fails at the end when the content is not what was stored
}

// Open opens a file by its sealed address. What was changed in it, and an
// address of another account or file, is fault.NotFound; an hour after Link,
// or in another session of the account, it is fault.Gone. The right is asked
// again each time.
func (s *Service) Open(ctx context.Context, by actor.Actor, session, fileID, token string) (o Opened, err error) {
	defer fault.Wrap(&err, "open file")
	var l link
	sealed, err := strict.DecodeString(token)
	if err == nil {
		sealed, err = s.keys.Open(linkPurpose, by.Org(), sealed)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &l)
	}
	if err != nil || by.Account() == "" || l.Account != by.Account() || l.File != fileID {
		return Opened{}, fault.NotFound("file")
	}
	over := l.Session != session || store.Micros(s.now()) >= l.Until
	if o, err = s.open(ctx, by, fileID, func(f File) string { return f.Blob }, over); err != nil || !over {
		return o, err
	}
	return Opened{File: o.File}, fault.Gone("link to file")
}

// Thumb opens the small picture of a file.
func (s *Service) Thumb(ctx context.Context, by actor.Actor, fileID string) (o Opened, err error) {
	defer fault.Wrap(&err, "open small picture")
	if by.Account() == "" {
		return Opened{}, fault.Denied("look at a picture")
	}
	return s.open(ctx, by, fileID, func(f File) string { return f.ThumbBlob }, false)
}

// Look returns a file that the actor may see, without its content.
func (s *Service) Look(ctx context.Context, by actor.Actor, fileID string) (f File, err error) {
	o, err := s.open(ctx, by, fileID, func(f File) string { return f.Blob }, true)
	return o.File, err
}

// open checks the right and opens one of a file's blobs, or with closed none.
func (s *Service) open(ctx context.Context, by actor.Actor, fileID string, which func(File) string, closed bool) (o Opened, err error) {
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		var err error
		o.File, err = s.visible(tx, by, fileID)
		return err
	})
	if err != nil || closed {
		return o, err
	}
	if which(o.File) == "" {
		return Opened{}, fault.NotFound("small picture")
	}
	o.Body, err = s.blobs.Get(by.Org(), which(o.File))
	return o, err
}
