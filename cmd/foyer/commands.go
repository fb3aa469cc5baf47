package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"foyer/internal/app"
)

// commands in the order of the list.
var commands = []command{
	{name: "demo", short: "a filled portal to look around in; nothing to install or configure", run: demo, flags: demoFlags, takes: []string{"log-level"},
		about: "Fills an embedded database with two invented organisations and serves them on this machine. It prints addresses and logins and writes them to DIR/demo.json. Mails are caught and shown at /demo/outbox.",
		notes: "  foyer demo\n  foyer demo --listen 127.0.0.1:9000 --dir /tmp/foyer-demo --fresh"},
	{name: "serve", short: "serve the portal", run: serve,
		about: "Migrates the database, runs jobs and serves residents and staff until it is stopped.",
		notes: "  foyer serve --base-url https://portal.lindhof.example --listen 127.0.0.1:8080\n  FOYER_DATABASE=postgres://foyer@db/foyer foyer serve"},
	{name: "migrate", short: "bring the database up to this version", run: migrate,
		about: "Brings the schema up to this program's version. serve does the same at its start; a schema that is newer than the program is refused.",
		notes: "  foyer migrate --database sqlite:foyer-data/foyer.db"},
	{name: "org create", short: "make an organisation", run: orgCreate, flags: orgCreateFlags,
		about: "Makes an organisation, and the portal where there is none yet. Without --host it answers on the host of FOYER_BASE_URL.",
		notes: "  FOYER_BASE_URL=https://portal.lindhof.example foyer org create --slug lindhof --name \"Lindhof Hausverwaltung\" --host portal.lindhof.example"},
	{name: "org host", short: "list, add and remove the hosts of an organisation", run: orgHost, flags: orgHostFlags,
		about: "Adds a host that the organisation answers on, chooses the one that links use, removes one, in this order, and lists what there is. A host that is the organisation's already may be added again. Only you can tell whose a host is: point its DNS and your proxy to this server first.",
		notes: "  foyer org host --org lindhof\n  foyer org host --org lindhof --add portal.lindhof.example --prefer portal.lindhof.example --remove alt.lindhof.example\n  foyer org host --org lindhof --add team.lindhof.example --site staff"},
	{name: "staff invite", short: "invite a staff member by e-mail", run: staffInvite, flags: staffInviteFlags,
		about: "Invites a staff member. The mail holds a link, valid three days, to choose a password. Where no mail server is configured the command prints the link instead.",
		notes: "  foyer staff invite --org lindhof --email inga@lindhof.example --name \"Inga Lindhof\" --role proprietor"},
	{name: "import residents", short: "import a resident list (CSV or XLSX)", usage: "FILE", run: importResidents, flags: importFlags,
		about: "Reads a resident list and applies it: new and changed rows by reference, nothing is ever deleted. docs/import.md describes the columns. --complete says that the list is whole: what is missing is reported as ending, and ended only with --end-missing.",
		notes: "  foyer import residents --org lindhof --dry-run mieter.csv\n  foyer import residents --org lindhof --mapping columns.json --json mieter.xlsx"},
	{name: "letters", short: "write the access letters of a property into one PDF", run: letters, flags: lettersFlags,
		about: "Makes access letters for exactly those persons of a property who need one, sorted by stairwell and floor. The portal must be switched on for the organisation, the property released, and its checklist confirmed, all in the pages; else the command names what is missing. Earlier codes of these persons become void. Letters that were made and never fetched, because the command was broken off, are handed out by the next call within 24 hours.",
		notes: "  foyer letters --org lindhof --property P-1 --out letters.pdf --manifest letters.csv"},
	{name: "mail-in", short: "take in a mail that came back (for a mail server's pipe)", run: mailIn,
		about: "Reads one mail from standard input: a report that a mail could not be delivered (RFC 3464), or a reply. Which one it is about stands in the address behind the plus, so the mail server must deliver portal+anything to it and put the recipient into Delivered-To, X-Original-To or To. Exit code 75 asks the mail server to try again; mails that nobody here has to do with are dropped.",
		notes: "  # /etc/aliases or transport of Postfix\n  portal: \"|/usr/local/bin/foyer mail-in\""},
	{name: "doctor", short: "check settings, database, mail server and files", run: doctor,
		about: "Checks what the portal needs and says for each fault what to do. Exit code 1 when something is wrong.",
		notes: "  foyer doctor"},
	{name: "version", short: "print the version", run: version, takes: []string{}, about: "Prints version, commit and Go version.",
		notes: "  foyer version"},
}

type demoOptions struct {
	listen, dir string
	fresh       bool
}

func demoFlags(fs *flag.FlagSet) any {
	o := &demoOptions{}
	fs.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to listen on")
	fs.StringVar(&o.dir, "dir", "foyer-demo", "folder for the demo's data")
	fs.BoolVar(&o.fresh, "fresh", false, "begin anew: forget what was changed in the demo")
	return o
}

func demo(ctx context.Context, s streams, cfg app.Config, flags any, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	o := flags.(*demoOptions)
	return app.Demo(ctx, app.DemoOptions{Listen: o.listen, Dir: o.dir, Fresh: o.fresh, LogLevel: cfg.LogLevel, Out: s.out, Err: s.err})
}

func serve(ctx context.Context, s streams, cfg app.Config, _ any, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, app.Options{Log: s.err, Migrate: true})
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(ctx, nil)
}

func migrate(ctx context.Context, s streams, cfg app.Config, _ any, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, app.Options{Log: s.err, Migrate: true})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "The database is up to date.")
	return a.Close()
}

type orgOptions struct{ slug, name, host string }

func orgCreateFlags(fs *flag.FlagSet) any {
	o := &orgOptions{}
	fs.StringVar(&o.slug, "slug", "", "short name for commands: lower-case letters, digits, hyphens")
	fs.StringVar(&o.name, "name", "", "name as residents read it")
	fs.StringVar(&o.host, "host", "", "host that the organisation answers on")
	return o
}

func orgCreate(ctx context.Context, s streams, cfg app.Config, flags any, args []string) error {
	o := flags.(*orgOptions)
	if err := need(args, "slug", o.slug, "name", o.name); err != nil {
		return err
	}
	return open(ctx, cfg, app.Options{Log: s.err, Begin: true}, func(a *app.App) error { return a.CreateOrg(ctx, s.out, s.err, o.slug, o.name, o.host) })
}

func orgHostFlags(fs *flag.FlagSet) any {
	o := &app.HostOptions{}
	fs.StringVar(&o.Org, "org", "", "the organisation's slug")
	fs.StringVar(&o.Add, "add", "", "host to add, with its port unless it is the scheme's")
	fs.StringVar(&o.Site, "site", "", "with --add: resident, staff or both; both when missing")
	fs.StringVar(&o.Prefer, "prefer", "", "host that links in mails and letters use from now on")
	fs.StringVar(&o.Remove, "remove", "", "host to remove; links with it then lead nowhere")
	return o
}

func orgHost(ctx context.Context, s streams, cfg app.Config, flags any, args []string) error {
	o := flags.(*app.HostOptions)
	if err := need(args, "org", o.Org); err != nil {
		return err
	}
	if o.Site != "" && o.Add == "" {
		return usageError("--site goes with --add")
	}
	return with(ctx, s, cfg, func(a *app.App) error { return a.Hosts(ctx, s.out, *o) })
}

type staffOptions struct{ org, email, name, role string }

func staffInviteFlags(fs *flag.FlagSet) any {
	o := &staffOptions{}
	fs.StringVar(&o.org, "org", "", "the organisation's slug")
	fs.StringVar(&o.email, "email", "", "e-mail address, the later login")
	fs.StringVar(&o.name, "name", "", "name as residents read it; the address' first part when missing")
	fs.StringVar(&o.role, "role", "", "proprietor, administrator, manager, clerk, caretaker or read-only")
	return o
}

func staffInvite(ctx context.Context, s streams, cfg app.Config, flags any, args []string) error {
	o := flags.(*staffOptions)
	if err := need(args, "org", o.org, "email", o.email, "role", o.role); err != nil {
		return err
	}
	return with(ctx, s, cfg, func(a *app.App) error { return a.InviteStaff(ctx, s.out, o.org, o.email, o.name, o.role) })
}

type importOptions struct {
	org, mapping                   string
	complete, ending, dryRun, json bool
}

func importFlags(fs *flag.FlagSet) any {
	o := &importOptions{}
	fs.StringVar(&o.org, "org", "", "the organisation's slug")
	fs.StringVar(&o.mapping, "mapping", "", "JSON file: {canonical name: heading in the file}")
	fs.BoolVar(&o.complete, "complete", false, "the list is whole: report what is missing as ending")
	fs.BoolVar(&o.ending, "end-missing", false, "with --complete: end what is missing, as of yesterday")
	fs.BoolVar(&o.dryRun, "dry-run", false, "change nothing, only tell what would change")
	fs.BoolVar(&o.json, "json", false, "print one JSON object")
	return o
}

func importResidents(ctx context.Context, s streams, cfg app.Config, flags any, args []string) error {
	o := flags.(*importOptions)
	if len(args) != 1 {
		return usageError("give one FILE")
	}
	if o.org == "" {
		return usageError("--org is missing")
	}
	if o.ending && !o.complete {
		return usageError("--end-missing goes with --complete")
	}
	return with(ctx, s, cfg, func(a *app.App) error {
		return a.ImportResidents(ctx, s.out, app.ImportOptions{Org: o.org, File: args[0], Mapping: o.mapping, Complete: o.complete, EndMissing: o.ending, DryRun: o.dryRun, JSON: o.json, Tell: s.err})
	})
}

type letterOptions struct{ org, property, out, manifest string }

func lettersFlags(fs *flag.FlagSet) any {
	o := &letterOptions{}
	fs.StringVar(&o.org, "org", "", "the organisation's slug")
	fs.StringVar(&o.property, "property", "", "the property's reference")
	fs.StringVar(&o.out, "out", "", "PDF file to write")
	fs.StringVar(&o.manifest, "manifest", "", "CSV file to write: who got which letter")
	return o
}

func letters(ctx context.Context, s streams, cfg app.Config, flags any, args []string) error {
	o := flags.(*letterOptions)
	if err := need(args, "org", o.org, "property", o.property, "out", o.out); err != nil {
		return err
	}
	if o.manifest != "" && sameFile(o.out, o.manifest) {
		return usageError("--out and --manifest are the same file")
	}
	return with(ctx, s, cfg, func(a *app.App) error { return a.Letters(ctx, s.out, o.org, o.property, o.out, o.manifest) })
}

func doctor(ctx context.Context, s streams, cfg app.Config, _ any, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	return app.Doctor(ctx, s.out, cfg)
}

func version(_ context.Context, s streams, _ app.Config, _ any, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	fmt.Fprintln(s.out, app.Version())
	return nil
}

// with opens the house for one command.
func with(ctx context.Context, s streams, cfg app.Config, fn func(*app.App) error) error {
	return open(ctx, cfg, app.Options{Log: s.err}, fn)
}

func open(ctx context.Context, cfg app.Config, o app.Options, fn func(*app.App) error) error {
	a, err := app.Open(ctx, cfg, o)
	if err != nil {
		return err
	}
	defer a.Close()
	return fn(a)
}

func none(args []string) error {
	if len(args) > 0 {
		return usageError("unexpected argument %q", args[0])
	}
	return nil
}

// need checks that flags have values: name, value, name, value …
func need(args []string, pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return usageError("--%s is missing", pairs[i])
		}
	}
	return none(args)
}

func mailIn(ctx context.Context, s streams, cfg app.Config, _ any, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	return with(ctx, s, cfg, func(a *app.App) error { return a.MailIn(ctx, os.Stdin) })
}
