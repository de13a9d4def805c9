//go:build !race

package proof_test

const (
	usualWallets    = 10_000
	postgresWallets = 400
)
