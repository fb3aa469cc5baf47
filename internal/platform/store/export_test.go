package store

import "context"

// UpTo migrates to an older version, as an older program did.
func (db *DB) UpTo(ctx context.Context, version int64) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil || db.engine == SQLite {
		return err
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return guard(ctx, conn)
}

// Versions lists the versions that this program knows.
func (db *DB) Versions() (out []int64, err error) {
	p, err := db.provider()
	if err != nil {
		return nil, err
	}
	for _, s := range p.ListSources() {
		out = append(out, s.Version)
	}
	return out, nil
}
