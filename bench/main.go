package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"foyer/internal/app"
	"foyer/internal/platform/seal"
)

// row is one line of the table.
type row struct{ what, measured, baseline, goal string }

// rig is what the measurements share.
type rig struct {
	dir    string
	binary string
	hash   string
	small  app.Config
	big    app.Config
	rows   []row
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "baseline" {
		fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[2], hello()))
		os.Exit(1)
	}
	only := flag.String("only", "", "parts, separated by commas: page, letters, import, process, signin")
	dir := flag.String("dir", "", "folder to work in, kept; empty: a temporary one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// hello is the baseline of pages: net/http answering 8 KiB.
func hello() http.Handler {
	body := []byte(strings.Repeat("x", 8192))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write(body)
	})
}

func run(ctx context.Context, only, dir string) (err error) {
	r := &rig{dir: dir}
	if dir == "" {
		if r.dir, err = os.MkdirTemp("", "foyer-bench"); err != nil {
			return err
		}
		defer os.RemoveAll(r.dir)
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	parts := []struct {
		name string
		run  func(context.Context) error
	}{{"page", r.page}, {"letters", r.letters}, {"import", r.imports}, {"process", r.process}, {"signin", r.signin}}
	for _, p := range parts {
		if only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", p.name)
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return r.print()
}

func (r *rig) print() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmeasured\tbaseline\tgoal")
	for _, row := range r.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.what, row.measured, row.baseline, row.goal)
	}
	return w.Flush()
}

func (r *rig) add(what, measured, baseline, goal string) {
	r.rows = append(r.rows, row{what, measured, baseline, goal})
}

// prepare builds the program and generates both data sets.
func (r *rig) prepare(ctx context.Context) error {
	r.binary = filepath.Join(r.dir, "foyer")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", r.binary, "./cmd/foyer")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	hash, err := seal.NewPasswords().Hash(ctx, password)
	if err != nil {
		return err
	}
	r.hash = hash
	r.small, r.big = r.config("small"), r.config("big")
	for _, set := range []struct {
		cfg     app.Config
		persons int
	}{{r.small, personsSmall}, {r.big, personsBig}} {
		if _, err := os.Stat(strings.TrimPrefix(set.cfg.Database, "sqlite:")); err == nil {
			continue // kept by -dir
		}
		fmt.Fprintln(os.Stderr, "generating", orgCount*set.persons, "residents")
		if err := generate(ctx, set.cfg, set.persons, hash); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) config(name string) app.Config {
	dir := filepath.Join(r.dir, name)
	return app.Config{Database: "sqlite:" + filepath.Join(dir, "foyer.db"), Blobs: filepath.Join(dir, "blobs"), SecretFile: filepath.Join(dir, "secret"),
		BaseURL: "http://localhost", LogLevel: "warn", LogFormat: "text"}
}

// serve starts the program on a data set.
func (r *rig) serve(ctx context.Context, cfg app.Config) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return launch(ctx, addr, nil, r.binary, "serve", "--database", cfg.Database, "--blobs", cfg.Blobs, "--secret-file", cfg.SecretFile,
		"--base-url", cfg.BaseURL, "--listen", addr, "--log-level", cfg.LogLevel, "--trusted-proxies", "127.0.0.1")
}

// during runs fn against a server and stops it.
func (r *rig) during(ctx context.Context, cfg app.Config, fn func(*process) error) error {
	p, err := r.serve(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(fn(p), p.stop())
}

// baseline runs fn against the bare net/http server.
func (r *rig) baseline(ctx context.Context, fn func(*process) error) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	p, err := launch(ctx, addr, nil, self, "baseline", addr)
	if err != nil {
		return err
	}
	err = fn(p)
	p.cmd.Process.Kill()
	p.cmd.Wait()
	return err
}

// to makes a request to a host of the server under measurement.
func to(p *process, host, method, path, body string) (*http.Request, error) {
	req, err := http.NewRequest(method, "http://"+p.addr+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Host = host
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, nil
}
