//go:build !race

package proof_test

const (
	defaultSchedules = 100_000
	sqliteSchedules  = 1000
	checkpointCalls  = 200_000
)
