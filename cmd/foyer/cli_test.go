package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"foyer/internal/app"
	"foyer/internal/notifications/mail/mailtest"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"foyer": main})
}

// TestCommands runs the scripts of testdata/script: each command as an operator
// types it, in an empty folder and without settings.
func TestCommands(t *testing.T) {
	server := mailtest.Start(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SMTP", server.URL())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"run": exits, "release": release, "newer": newer, "older": older, "pages": pages, "mails": mails},
	})
}

// exits runs the program: "run CODE ARGS…", which must exit with CODE: 1 is
// failed, 2 is wrongly called.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: run CODE ARGS…")
	}
	code, err := "0", ts.Exec("foyer", args[1:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = strconv.Itoa(exit.ExitCode())
	} else {
		ts.Check(err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s%s", code, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// opened opens the installation of a script.
func opened(ts *testscript.TestScript, slug string, fn func(ctx context.Context, a *app.App, by actor.Actor)) {
	cfg := app.Config{Database: "sqlite:" + ts.MkAbs("foyer-data/foyer.db"), Blobs: ts.MkAbs("foyer-data/blobs"), SecretFile: ts.MkAbs("foyer-data/secret"),
		BaseURL: "http://localhost:8080", LogLevel: "info", LogFormat: "text"}
	a, err := app.Open(context.Background(), cfg, app.Options{Log: os.Stderr})
	ts.Check(err)
	defer a.Close()
	o, err := a.Orgs.BySlug(context.Background(), slug)
	ts.Check(err)
	fn(context.Background(), a, actor.NewOperator(o.ID))
}

// release does what a manager does in the pages before letters go out:
// "release ORG REF" switches the portal on for both.
func release(ts *testscript.TestScript, _ bool, args []string) {
	opened(ts, args[0], func(ctx context.Context, a *app.App, by actor.Actor) {
		ts.Check(a.Orgs.Change(ctx, by, func(e *orgs.Edit) {
			e.PortalOn = true
			e.Settings.InviteTriggers = nil
		}))
		var list []portfolio.Property
		ts.Check(a.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
			list, err = portfolio.PropertiesByRef(tx, args[1:2])
			return err
		}))
		if len(list) != 1 {
			ts.Fatalf("%d properties %s", len(list), args[1])
		}
		ts.Check(a.Access.ConfirmChecklist(ctx, by, list[0].ID, true, true, true))
		ts.Check(a.Access.SetPropertyPortal(ctx, by, list[0].ID, true))
	})
}

var (
	laterSchema   = store.Global(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`, "tests pretend a newer program was here")
	earlierSchema = store.Global(`DELETE FROM goose_db_version WHERE version_id > 1`, "tests pretend an older program was here")
)

// newer makes the schema one of a later program.
func newer(ts *testscript.TestScript, _ bool, _ []string) { change(ts, laterSchema) }

// older makes the schema one of an earlier program.
func older(ts *testscript.TestScript, _ bool, _ []string) { change(ts, earlierSchema) }

func change(ts *testscript.TestScript, q store.Query) {
	db, err := store.Open(context.Background(), "sqlite:"+ts.MkAbs("foyer-data/foyer.db"))
	ts.Check(err)
	defer db.Close()
	ts.Check(db.WriteGlobal(context.Background(), func(_ context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, q)
		return err
	}))
}

var waitingMails = store.Global(`SELECT count(*) FROM job WHERE state = 'waiting' AND attempt = 0 AND kind LIKE 'notifications.%'`, "tests count what waits for the server")

// mails checks how many mails wait for the server: "mails ORG N".
func mails(ts *testscript.TestScript, _ bool, args []string) {
	opened(ts, args[0], func(ctx context.Context, a *app.App, _ actor.Actor) {
		ts.Check(a.DB.ReadGlobal(ctx, func(_ context.Context, tx *store.Tx) error {
			n, err := store.Value[int](tx, waitingMails)
			if err == nil && strconv.Itoa(n) != args[1] {
				ts.Fatalf("%d mails wait, not %s", n, args[1])
			}
			return err
		}))
	})
}

// pages checks a PDF: "pages FILE N".
func pages(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("pdfinfo", args[0]))
	for line := range strings.SplitSeq(ts.ReadFile("stdout"), "\n") {
		if name, n, _ := strings.Cut(line, ":"); name == "Pages" && strings.TrimSpace(n) == args[1] {
			return
		}
	}
	ts.Fatalf("%s has not %s pages:\n%s", args[0], args[1], ts.ReadFile("stdout"))
}
