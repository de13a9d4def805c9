package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/paytrace/paytrace/engine"
)

type versionCmd struct{}

func (versionCmd) Help() string { return "Example:\n  paytrace version" }

// Run prints the version.
func (versionCmd) Run(std streams) error {
	_, err := fmt.Fprintf(std.out, "paytrace %s (menu language %d, %s, %s/%s)\n",
		version(), engine.LanguageVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// stamped is set by the release build.
var stamped string

// version is the release, or what the Go tool knows of the build.
func version() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}
