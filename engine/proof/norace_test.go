//go:build !race

package proof_test

const (
	defaultSchedules = 10_000
	sqliteSchedules  = 1000
	checkpointCalls  = 200_000
)
