//go:build unix

package paytrace_test

import "testing"

// docs/api.md is followed as a newcomer would, in a copy of the repository.
func TestAPIDocRuns(t *testing.T) { newWalk(t, "docs/api.md").follow() }
