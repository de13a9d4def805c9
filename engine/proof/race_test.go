//go:build race

package proof_test

// The race detector makes everything several times as slow, so fewer schedules are
// played. .ci/run plays the whole count without it.
const (
	defaultSchedules = 2_000
	storeSchedules   = 100
	checkpointCalls  = 20_000
)
