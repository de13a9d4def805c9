package engine

import "github.com/paytrace/paytrace/engine/secret"

// Secret is a PIN or password, as actions take it. It prints as [redacted]
// whatever the verb, encoder or logger; only Reveal gives the text.
type Secret = secret.Text

// NewSecret wraps text that must never be printed.
func NewSecret(text string) Secret { return secret.New(text) }
