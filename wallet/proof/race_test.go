//go:build race

package proof_test

// The race detector makes everything ten times as slow, and the fundings are
// the same.
const (
	usualWallets    = 1_000
	postgresWallets = 60
)
