package service

import (
	"runtime/debug"
	"strings"
)

// release is the version of this source.
const release = "0.1.0"

// module is the path of the module that this package is part of.
const module = "github.com/paytrace/paytrace"

// stamped is set by a build that names its version: -ldflags "-X …".
var stamped string

// Version returns the version of this program, with the revision of the source
// where the Go tool has stamped one.
func Version() string {
	if stamped != "" {
		return stamped
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	if info.Main.Path != module {
		return ofModule(info)
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	revision := set["vcs.revision"]
	if revision == "" {
		return release
	}
	const short = 12
	version := release + "+" + revision[:min(len(revision), short)]
	if set["vcs.modified"] == "true" {
		version += ".dirty"
	}
	return version
}

// ofModule returns the version of this module in a program of another one, whose own
// revision says nothing about it.
func ofModule(info *debug.BuildInfo) string {
	for _, dep := range info.Deps {
		if dep.Path == module && dep.Replace == nil && strings.HasPrefix(dep.Version, "v") {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return release
}
