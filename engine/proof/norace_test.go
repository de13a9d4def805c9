//go:build !race

package proof_test

const (
	defaultSchedules = 50_000
	sqliteSchedules  = 1000
	checkpointCalls  = 200_000
)
