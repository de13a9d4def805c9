package service

import "runtime/debug"

// release is the version of this source.
const release = "0.1.0"

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
