//go:build !race

package proof_test

const (
	defaultSchedules = 10_000
	deviationsEvery  = 1
	storeSchedules   = 1_000
	checkpointCalls  = 200_000
)
