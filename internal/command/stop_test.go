package command

import (
	"context"
	"strings"
	"testing"
)

// A subcommand that does not end by itself after a stop is left alone; one that does
// has its own exit status.
func TestStopEndsWhateverRuns(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var said strings.Builder
	if got := runUntil(ctx, 0, streams{err: &said}, func() int { select {} }); got != exitFault || !strings.Contains(said.String(), "did not end") {
		t.Errorf("got %d, %q", got, said.String())
	}
	if got := runUntil(t.Context(), 0, streams{err: &said}, func() int { return exitDiagnostics }); got != exitDiagnostics {
		t.Errorf("got %d", got)
	}
	if stopWithin(nil) <= stopWithin([]string{"check"}) {
		t.Error("serve has less time to stop than check")
	}
}
