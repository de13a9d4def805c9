//go:build race

package proof_test

// The race detector makes everything ten times as slow, so fewer schedules are
// played. The slowest control fails at number 571. Only the count without the race
// detector is ten times as many; .ci/run plays that, too.
const (
	defaultSchedules = 2_000
	sqliteSchedules  = 100
	checkpointCalls  = 20_000
)
