//go:build race

package proof_test

// The race detector makes everything ten times slower, so fewer wallets are funded.
const (
	usualWallets    = 1_000
	postgresWallets = 60
)
