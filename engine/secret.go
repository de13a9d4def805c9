package engine

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a PIN or password, as actions take it. It prints as [redacted]
// whatever the verb, encoder or logger; only Reveal gives the text.
//
// The text is behind a pointer, so that fmt, which can't call methods on
// unexported fields, prints an address there and not the text.
type Secret struct{ text *string }

// NewSecret wraps text that must never be printed.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal gives the text itself, for the one action that checks it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String is [redacted].
func (Secret) String() string { return redacted }

// GoString is [redacted].
func (Secret) GoString() string { return redacted }

// Format writes [redacted] for every verb and flag.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// MarshalText writes [redacted]; JSON and other encoders use it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue is [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
