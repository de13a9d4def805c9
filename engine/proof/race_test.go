//go:build race

package proof_test

// The race detector makes everything several times as slow and keeps about 100 KB of
// every coroutine for good, so fewer schedules are played. .ci/run plays the whole count
// without it.
const (
	defaultSchedules = 2_000
	deviationsEvery  = 25
	storeSchedules   = 100
	checkpointCalls  = 20_000
)
