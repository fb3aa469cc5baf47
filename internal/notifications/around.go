package notifications

import (
	"context"
	"errors"
	"time"

	"foyer/internal/notifications/letter"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// Around is what the layers above lend to this package, which knows neither
// organisations nor persons. access.Service.Register hands it over by Use.
type Around struct {
	Texts *i18n.Bundle
	Keys  *seal.Keys
	Blobs *blob.Dir
	// Origin is the address of the residents' site: "https://portal.lindhof.example".
	Origin func(ctx context.Context, by actor.Actor) (string, error)
	// Letterhead is that of the organisation, Lang its first language.
	Letterhead func(ctx context.Context, by actor.Actor) (sender letter.Sender, lang string, err error)
	// Readers tells how persons can be reached now.
	Readers func(tx *store.Tx, now time.Time, persons []string) ([]Reader, error)
	// Zone is where the organisation is.
	Zone func(tx *store.Tx) (*time.Location, error)
	// Frame is an empty mail of the organisation, for what this package says
	// itself.
	Frame func(ctx context.Context, by actor.Actor, lang string) (Mail, error)
}

// Use takes what the layers above lend. Call it once, before the queue runs.
func (s *Service) Use(a Around) { s.around = &a }

// errAlone says that somebody forgot Use.
var errAlone = errors.New("notifications: Use was not called")

func (s *Service) lent() (*Around, error) {
	if s.around == nil {
		return nil, errAlone
	}
	return s.around, nil
}
