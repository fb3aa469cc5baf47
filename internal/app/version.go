package app

import (
	"fmt"
	"runtime/debug"
)

// Version returns the program's version, commit and Go version in one line.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "foyer (unknown build)"
	}
	version, commit := info.Main.Version, ""
	if version == "" || version == "(devel)" {
		version = "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			commit = ", commit " + s.Value[:12]
		}
	}
	return fmt.Sprintf("foyer %s%s, %s", version, commit, info.GoVersion)
}
