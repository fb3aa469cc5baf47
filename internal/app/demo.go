package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
)

// DemoOptions are the flags of foyer demo.
type DemoOptions struct {
	Listen, Dir string
	Fresh       bool
	LogLevel    string
	Out, Err    io.Writer
	Ready       func(base string) // called once it listens; may be nil
}

// demoFile is DIR/demo.json.
type demoFile struct {
	BaseURL       string    `json:"base_url"`
	Organisations []demoOrg `json:"organisations"`
}

type demoOrg struct {
	Slug      string      `json:"slug"`
	URL       string      `json:"url"` // the page with the residents' sign-in form
	StaffURL  string      `json:"staff_url"`
	Staff     []demoLogin `json:"staff"`
	Residents []demoLogin `json:"residents"`
	Codes     []demoCode  `json:"codes"`
}

type demoLogin struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

type demoCode struct {
	Code string `json:"code"`
	URL  string `json:"url"`
}

// demoRun is a demo at work.
type demoRun struct {
	*App
	dir    string
	port   string
	outbox *mail.Outbox
	back   atomic.Int64 // how far the clock is set back while the past is made, in nanoseconds
	file   demoFile
}

// Demo fills an embedded database with two invented organisations, unless it
// has been filled before, and serves them until ctx ends. Mails are caught.
func Demo(ctx context.Context, o DemoOptions) error {
	d := &demoRun{dir: o.Dir}
	listen, err := d.prepare(o)
	if err != nil {
		return err
	}
	cfg := Config{Database: "sqlite:" + filepath.Join(o.Dir, "foyer.db"), Blobs: filepath.Join(o.Dir, "blobs"), SecretFile: filepath.Join(o.Dir, "secret"),
		BaseURL: "http://localhost:" + d.port, Listen: listen, LogLevel: "warn", LogFormat: "text"}
	if o.LogLevel == "debug" || o.LogLevel == "error" {
		cfg.LogLevel = o.LogLevel
	}
	now := func() time.Time { return time.Now().Add(-time.Duration(d.back.Load())) }
	d.outbox = mail.NewOutbox(now)
	d.App, err = Open(ctx, cfg, Options{Log: o.Err, Migrate: true, Now: now, Sender: demoSender{d.outbox}, From: mail.Address{Addr: "portal@foyer.example"}, Routes: d.routes})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.fill(ctx, o.Out); err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	if err := d.write(); err != nil {
		return err
	}
	d.tell(o.Out)
	return d.Serve(ctx, func(string) {
		if o.Ready != nil {
			o.Ready(cfg.BaseURL)
		}
	})
}

// prepare chooses the port and makes or clears the folder. Only files that a
// demo makes are ever removed.
func (d *demoRun) prepare(o DemoOptions) (listen string, err error) {
	host, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return "", fmt.Errorf("--listen must look like 127.0.0.1:8080: %w", err)
	}
	if !loopback(host) {
		return "", errors.New("the demo listens on this machine only (127.0.0.1): its passwords are public")
	}
	if port == "0" {
		ln, err := net.Listen("tcp", o.Listen)
		if err != nil {
			return "", err
		}
		_, port, _ = net.SplitHostPort(ln.Addr().String())
		if err := ln.Close(); err != nil {
			return "", err
		}
	}
	d.port = port
	if o.Fresh {
		for _, name := range []string{"foyer.db", "foyer.db-wal", "foyer.db-shm", "blobs", "secret", "demo.json"} {
			if err := os.RemoveAll(filepath.Join(o.Dir, name)); err != nil {
				return "", err
			}
		}
	}
	return net.JoinHostPort(host, port), os.MkdirAll(o.Dir, 0o700)
}

// demoSender catches every mail but those to a domain that takes none, so that
// Heute has a failed mail to show.
type demoSender struct{ *mail.Outbox }

// Send keeps the mail, or refuses it as a mail server would.
func (s demoSender) Send(ctx context.Context, m mail.Message) error {
	const nowhere = "@umgezogen.example"
	if len(m.To.Addr) > len(nowhere) && m.To.Addr[len(m.To.Addr)-len(nowhere):] == nowhere {
		return &mail.SendError{Stage: mail.StageRecipient, Permanent: true, Code: 550, Enhanced: "5.1.1", Reason: "mailbox does not exist"}
	}
	return s.Outbox.Send(ctx, m)
}

// fill makes both organisations, or finds them made.
func (d *demoRun) fill(ctx context.Context, out io.Writer) error {
	data, err := os.ReadFile(filepath.Join(d.dir, "demo.json"))
	if err == nil {
		if err := json.Unmarshal(data, &d.file); err != nil {
			return fmt.Errorf("demo.json: %w; start with --fresh", err)
		}
		return d.move(ctx)
	}
	all, err := d.Orgs.All(ctx)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		return errors.New("the folder holds an unfinished demo; start with --fresh")
	}
	fmt.Fprintln(out, "Filling the demo …")
	for _, plan := range demoPlans {
		if err := d.make(ctx, plan); err != nil {
			return fmt.Errorf("%s: %w", plan.slug, err)
		}
	}
	return nil
}

// move puts a demo that was filled before onto the port of today.
func (d *demoRun) move(ctx context.Context) error {
	old := d.file.BaseURL
	if old == "http://localhost:"+d.port {
		return nil
	}
	for i, plan := range demoPlans {
		o, err := d.Orgs.BySlug(ctx, plan.slug)
		if err != nil {
			return err
		}
		by := actor.NewOperator(o.ID)
		host := plan.host + ":" + d.port
		if err := d.Orgs.AddHost(ctx, by, host, "both"); err != nil {
			return d.plain(err)
		}
		if err := d.Orgs.PreferHost(ctx, by, host); err != nil {
			return err
		}
		for _, h := range o.Hosts { // of earlier ports
			if err := d.Orgs.RemoveHost(ctx, by, h.Name); err != nil {
				return d.plain(err)
			}
		}
		d.file.Organisations[i].move(plan.host, d.port)
	}
	d.file.BaseURL = "http://localhost:" + d.port
	return nil
}

// write puts demo.json into place as a whole.
func (d *demoRun) write() error {
	data, err := json.MarshalIndent(d.file, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(d.dir, "demo.json")
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// tell prints addresses and logins.
func (d *demoRun) tell(w io.Writer) {
	for _, o := range d.file.Organisations {
		fmt.Fprintf(w, "\n%s\n  residents  %s\n", o.Slug, o.URL)
		for _, l := range o.Residents {
			fmt.Fprintf(w, "             %s  %s\n", l.Email, l.Password)
		}
		fmt.Fprintf(w, "  staff      %s\n", o.StaffURL)
		for _, l := range o.Staff {
			fmt.Fprintf(w, "             %s  %s\n", l.Email, l.Password)
		}
		for _, c := range o.Codes {
			fmt.Fprintf(w, "  code       %s  %s\n", c.Code, c.URL)
		}
	}
	fmt.Fprintf(w, "\nMails are caught: %s/demo/outbox\nAlso in %s. Stop with Ctrl-C.\n\n", d.file.BaseURL, filepath.Join(d.dir, "demo.json"))
}
