// Command foyer is the resident portal: the server, and what an operator does
// from a shell. It reads flags and environment and calls internal/app; run
// "foyer help" for the list of commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // small servers have no time zones of their own

	"foyer/internal/app"
)

// command is one thing to do from a shell.
type command struct {
	name  string // "org create"
	short string // one line for the list
	about string // what it does
	usage string // arguments after the name
	notes string // examples
	flags func(*flag.FlagSet) any
	takes []string // the settings it obeys; nil: all
	run   func(ctx context.Context, io streams, cfg app.Config, flags any, args []string) error
}

// streams are where a command reads and writes.
type streams struct {
	out, err io.Writer
}

// errUsage marks mistakes in the call itself: exit code 2.
var errUsage = errors.New("usage")

func usageError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, streams{os.Stdout, os.Stderr}))
}

// run finds the command and returns the exit code: 0 done, 1 failed, 2 wrongly
// called, 75 to be tried again.
func run(ctx context.Context, args []string, env func(string) string, s streams) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		list(s.out)
		return 0
	}
	c, rest := find(args)
	if c == nil && len(args) > 1 && slices.Contains([]string{"help", "--help", "-help", "-h"}, args[1]) && group(s.out, args[0]) {
		return 0
	}
	if c == nil {
		fmt.Fprintf(s.err, "foyer: unknown command %q. Commands:\n\n", strings.Join(args[:min(2, len(args))], " "))
		list(s.err)
		return 2
	}
	err := call(ctx, c, rest, env, s)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(s.err, "foyer %s: %s\nSee foyer %s --help.\n", c.name, strings.TrimPrefix(err.Error(), "usage: "), c.name)
		return 2
	}
	fmt.Fprintf(s.err, "foyer %s: %v\n", c.name, err)
	if errors.Is(err, app.ErrTryAgain) {
		return 75 // EX_TEMPFAIL
	}
	return 1
}

// find takes the longest command name that the arguments begin with.
func find(args []string) (*command, []string) {
	for n := min(2, len(args)); n > 0; n-- {
		for i := range commands {
			if commands[i].name == strings.Join(args[:n], " ") {
				return &commands[i], args[n:]
			}
		}
	}
	return nil, nil
}

// group shows the commands that begin with a word, "org"; false when there is
// none.
func group(w io.Writer, word string) bool {
	found := false
	for _, c := range commands {
		if strings.HasPrefix(c.name, word+" ") {
			if !found {
				fmt.Fprintf(w, "foyer %s has these commands:\n\n", word)
			}
			found = true
			line(w, c)
		}
	}
	if found {
		fmt.Fprintf(w, "\nfoyer %s COMMAND --help tells more and gives examples.\n", word)
	}
	return found
}

func line(w io.Writer, c command) { fmt.Fprintf(w, "  %-18s %s\n", c.name, c.short) }

func call(ctx context.Context, c *command, args []string, env func(string) string, s streams) error {
	var cfg app.Config
	fs, own, _ := flagsOf(c, &cfg, env)
	rest, err := parse(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		// Without the environment: the defaults shown are the program's, and no
		// password of a setting ends up on a screen.
		fs, _, mine := flagsOf(c, new(app.Config), func(string) string { return "" })
		help(s.out, c, fs, mine)
		return flag.ErrHelp
	}
	if err != nil {
		return usageError("%v", err)
	}
	return c.run(ctx, s, cfg, own, rest)
}

// flagsOf makes the flag set of a command: its own flags, which mine names, and
// the settings.
func flagsOf(c *command, cfg *app.Config, env func(string) string) (fs *flag.FlagSet, own any, mine map[string]bool) {
	fs = flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	if c.flags != nil {
		own = c.flags(fs)
	}
	mine = map[string]bool{}
	fs.VisitAll(func(f *flag.Flag) { mine[f.Name] = true })
	settings := flag.NewFlagSet("settings", flag.ContinueOnError)
	cfg.Flags(settings, env)
	settings.VisitAll(func(f *flag.Flag) {
		if !mine[f.Name] && (c.takes == nil || slices.Contains(c.takes, f.Name)) {
			fs.Var(f.Value, f.Name, f.Usage)
		}
	})
	return fs, own, mine
}

// parse allows flags after arguments too: "import residents FILE --dry-run".
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

func list(w io.Writer) {
	fmt.Fprint(w, "Foyer is the resident portal of a housing company.\n\nCommands:\n\n")
	for _, c := range commands {
		line(w, c)
	}
	fmt.Fprint(w, "\nfoyer COMMAND --help tells more and gives examples.\n")
}

func help(w io.Writer, c *command, fs *flag.FlagSet, mine map[string]bool) {
	fmt.Fprintf(w, "%s\n\n%s\n", strings.TrimSpace("foyer "+c.name+" "+c.usage), c.about)
	if c.notes != "" {
		fmt.Fprintf(w, "\nExamples:\n\n%s\n", c.notes)
	}
	for _, own := range []bool{true, false} {
		title := "Settings (flag or variable)"
		if own {
			title = "Flags"
		}
		shown := false
		fs.VisitAll(func(f *flag.Flag) {
			if mine[f.Name] != own {
				return
			}
			if !shown {
				fmt.Fprintf(w, "\n%s:\n\n", title)
				shown = true
			}
			fmt.Fprintf(w, "  --%-16s %s", f.Name, f.Usage)
			if f.DefValue != "" && f.DefValue != "false" {
				fmt.Fprintf(w, ", default %s", f.DefValue)
			}
			fmt.Fprintln(w)
		})
	}
}
