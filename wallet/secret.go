package wallet

import "github.com/paytrace/paytrace/engine/secret"

// Secret is a wallet's seed. It prints as [redacted]; only Reveal gives it.
type Secret = secret.Text

// NewSecret wraps text that must never be printed.
func NewSecret(text string) Secret { return secret.New(text) }
