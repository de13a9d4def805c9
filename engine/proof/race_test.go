//go:build race

package proof_test

// The race detector makes everything ten times as slow, and the schedules are
// the same.
const (
	defaultSchedules = 2_000
	sqliteSchedules  = 100
	checkpointCalls  = 20_000
)
