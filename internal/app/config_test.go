package app

import (
	"flag"
	"io"
	"testing"
)

func config(t *testing.T, env map[string]string, args ...string) Config {
	t.Helper()
	var c Config
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	c.Flags(fs, func(k string) string { return env[k] })
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSettingsComeFromFlagsThenVariables(t *testing.T) {
	c := config(t, map[string]string{"FOYER_LISTEN": "a:1", "FOYER_BASE_URL": "https://b.example"}, "--listen", "c:2")
	if c.Listen != "c:2" || c.BaseURL != "https://b.example" || c.LogLevel != "info" || !c.secure() {
		t.Errorf("%+v", c)
	}
}

func TestUnsafeSettingsAreRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		ok   bool
	}{
		{nil, true}, {[]string{"--base-url", "https://portal.example"}, true}, {[]string{"--base-url", "http://127.0.0.1:9"}, true},
		{[]string{"--base-url", "http://portal.example"}, false}, {[]string{"--base-url", "portal.example"}, false}, {[]string{"--base-url", "ftp://x"}, false},
	} {
		if err := config(t, nil, c.args...).check(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.args, err)
		}
	}
	if _, err := config(t, nil, "--trusted-proxies", "10.0.0.0/8, ::1,bogus").proxies(); err == nil {
		t.Error("a broken proxy list was accepted")
	}
	if p, err := config(t, nil, "--trusted-proxies", "10.0.0.0/8, ::1").proxies(); err != nil || len(p) != 2 {
		t.Error(p, err)
	}
	for _, bad := range [][]string{{"--log-level", "loud"}, {"--log-format", "xml"}} {
		if _, err := config(t, nil, bad...).Logger(io.Discard); err == nil {
			t.Errorf("%v accepted", bad)
		}
	}
}
