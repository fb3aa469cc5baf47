package orgs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the accepted formats
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Limits of logos.
const (
	MaxLogoBytes = 512 << 10 // of the file given
	maxLogoEdge  = 4096      // pixels of the file given, each way
	maxLogoArea  = 6_000_000 // pixels; keeps decoding below 50 MB
	minLogoEdge  = 32
	keptLogoEdge = 512 // pixels of what is kept
)

// SetLogo takes a PNG or JPEG and keeps a picture drawn from it, at most 512
// pixels each way, so that nothing of the file itself is ever served. It needs
// ManageOrg.
func (s *Service) SetLogo(ctx context.Context, by actor.Actor, file io.Reader) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxLogoBytes+1))
	if err != nil {
		return fmt.Errorf("read logo: %w", err)
	}
	if len(data) > MaxLogoBytes {
		return fault.Wrong("logo", "orgs.logo.bytes", "max", MaxLogoBytes>>10)
	}
	picture, err := s.redraw(ctx, data)
	if err != nil {
		return err
	}
	key, _, err := s.d.Blobs.Put(by.Org(), bytes.NewReader(picture), 4*keptLogoEdge*keptLogoEdge+1<<16)
	if err != nil {
		return fmt.Errorf("keep logo: %w", err)
	}
	return s.swapLogo(ctx, by, key)
}

// RemoveLogo goes back to the name alone. It needs ManageOrg.
func (s *Service) RemoveLogo(ctx context.Context, by actor.Actor) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.swapLogo(ctx, by, "")
}

// swapLogo points the row to another file and removes the one that has lost
// its row.
func (s *Service) swapLogo(ctx context.Context, by actor.Actor, key string) error {
	var old string
	err := s.d.DB.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := Load(tx)
		if err != nil {
			return err
		}
		old = o.LogoBlob
		if old == key {
			return nil
		}
		if _, err := store.Exec(tx, updateLogo, key, store.Micros(s.d.Now())); err != nil {
			return err
		}
		return audit.Note(tx, s.d.Now(), by, "org.logo", "org:"+o.ID, map[string]bool{"set": key != ""})
	})
	stale := old
	if err != nil {
		stale = key
	}
	if stale != "" && (err != nil || stale != key) {
		err = errors.Join(err, s.d.Blobs.Delete(by.Org(), stale))
	}
	return err
}

// Blobs returns the keys of all files that the package's rows point to.
func Blobs(tx *store.Tx) ([]string, error) { return store.List[string](tx, logoBlobs) }

// Logo returns the organisation's logo as a PNG, nil when it has none.
func (s *Service) Logo(o Org) ([]byte, error) {
	if o.LogoBlob == "" {
		return nil, nil
	}
	return s.d.Blobs.Bytes(o.ID, o.LogoBlob)
}

// redraw checks a picture before decoding it, one at a time, and returns it as
// a PNG of our own.
func (s *Service) redraw(ctx context.Context, data []byte) ([]byte, error) {
	unreadable := fault.Wrong("logo", "orgs.logo.format")
	conf, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || format != "png" && format != "jpeg" {
		return nil, unreadable
	}
	if conf.Width > maxLogoEdge || conf.Height > maxLogoEdge || conf.Width*conf.Height > maxLogoArea {
		return nil, fault.Wrong("logo", "orgs.logo.large", "max", maxLogoEdge)
	}
	if conf.Width < minLogoEdge || conf.Height < minLogoEdge {
		return nil, fault.Wrong("logo", "orgs.logo.small", "min", minLogoEdge)
	}
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, unreadable
	}
	from := img.Bounds()
	w, h := from.Dx(), from.Dy()
	if longest := max(w, h); longest > keptLogoEdge {
		w, h = max(1, w*keptLogoEdge/longest), max(1, h*keptLogoEdge/longest)
	}
	kept := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(kept, kept.Bounds(), img, from, draw.Src, nil)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, kept); err != nil {
		return nil, fmt.Errorf("write logo: %w", err)
	}
	return out.Bytes(), nil
}
