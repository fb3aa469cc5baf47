package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"foyer/internal/app"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

const importRows = 100_000

// imports measures a resident list of 100,000 persons: dry run, apply, and
// once more, which must change nothing.
func (r *rig) imports(ctx context.Context) error {
	cfg := r.config("import")
	if err := os.RemoveAll(filepath.Join(r.dir, "import")); err != nil {
		return err
	}
	file := filepath.Join(r.dir, "residents.csv")
	if err := writeList(file); err != nil {
		return err
	}
	if _, err := r.foyer(ctx, cfg, "migrate"); err != nil {
		return err
	}
	if _, err := r.foyer(ctx, cfg, "org", "create", "--slug", "bench", "--name", "Prüfstand"); err != nil {
		return err
	}
	base, err := r.rawInsert(ctx)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		args []string
		goal string
	}{{"import, dry run", []string{"--dry-run"}, ">= 20,000 rows/s"}, {"import, check and apply", nil, ">= 8,000 rows/s (ADR 3)"}, {"import, the same file again", nil, "0 rows change"}} {
		out, err := r.foyer(ctx, cfg, append([]string{"import", "residents", "--org", "bench", "--json", file}, step.args...)...)
		if err != nil {
			return err
		}
		var res struct{ Rows, New, Changed, Unchanged, Rejected int }
		if err := json.Unmarshal(out.text, &res); err != nil {
			return err
		}
		r.add(step.what, fmt.Sprintf("%.0f rows/s, %d new, %d changed, %d rejected, peak %.0f MiB", importRows/out.took.Seconds(), res.New, res.Changed, res.Rejected, out.peak),
			fmt.Sprintf("%.0f rows/s raw insert", base), step.goal)
	}
	return nil
}

type output struct {
	text []byte
	took time.Duration
	peak float64 // resident memory in MiB, with mapped files
}

// foyer runs a command of the program.
func (r *rig) foyer(ctx context.Context, cfg app.Config, args ...string) (output, error) {
	cmd := exec.CommandContext(ctx, r.binary, append(args, "--database", cfg.Database, "--blobs", cfg.Blobs, "--secret-file", cfg.SecretFile, "--base-url", cfg.BaseURL, "--log-level", "warn")...)
	var text, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &complaint
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return output{}, fmt.Errorf("foyer %s: %w: %s", args[0], err, complaint.String())
	}
	out := output{text: text.Bytes(), took: time.Since(begin)}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		out.peak = float64(u.Maxrss) / 1024
	}
	return out, nil
}

// writeList writes 100,000 persons in 2,000 houses of 50 flats.
func writeList(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "property_ref;property_name;street;house_number;postcode;city;country;stairwell;unit_ref;unit_label;floor;area_m2;usage;uvi_needed;lease_ref;lease_start;rent_net;person_ref;role;salutation;first_name;last_name;email;phone")
	for i := range importRows {
		h := i / 50
		fmt.Fprintf(w, "P%d;Haus %d;Ahornallee;%d;%05d;Berlin;DE;A;%d-%d;Wohnung %d;%d. OG links;%d,50;Wohnung;ja;L%d;01.04.2016;520,00;M%d;Mieter;Frau;Marlene;Brandt%d;m%d@post.example;030 23125 100\n",
			h, h, h+1, 10000+h, h, i%50, i%50+1, i%9+1, 40+i%60, i, i, i, i)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// rawInsert is the baseline: the same persons in multi-row inserts, nothing
// else.
func (r *rig) rawInsert(ctx context.Context) (perSecond float64, err error) {
	path := filepath.Join(r.dir, "raw.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(path + end); err != nil {
			return 0, err
		}
	}
	db, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return 0, err
	}
	var took time.Duration
	err = db.Write(ctx, actor.NewOperator("raw").Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Exec(tx, insOrg, "raw", "Roh", 1); err != nil {
			return err
		}
		begin := time.Now()
		for n := 0; n < importRows; {
			var t tables
			for range 500 {
				t.person1(n, 0, 1)
				n++
			}
			if _, err := store.InsertAll(tx, insPerson, t.person); err != nil {
				return err
			}
		}
		took = time.Since(begin)
		return nil
	})
	return importRows / took.Seconds(), err
}
