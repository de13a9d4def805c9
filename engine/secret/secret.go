// Package secret has the type for text that must never be printed: PINs, keys,
// wallet seeds.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what printers, encoders and loggers write for a Text.
const Redacted = "[redacted]"

// A Text is a PIN, a key or a seed. Every format verb, encoder and logger writes
// [redacted]; only Reveal returns the text.
//
// The text is behind a pointer because fmt can't call methods on unexported fields:
// it prints an address there and not the text.
type Text struct{ text *string }

// New returns text as a secret.
func New(text string) Text { return Text{&text} }

// Reveal returns the text itself, for the code that seals it or signs with it.
func (s Text) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether the text is not empty.
func (s Text) IsSet() bool { return s.Reveal() != "" }

// String returns [redacted].
func (Text) String() string { return Redacted }

// GoString returns [redacted].
func (Text) GoString() string { return Redacted }

// Format writes [redacted] for every verb and flag.
func (Text) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, Redacted) }

// MarshalText writes [redacted]; JSON and other encoders use it.
func (Text) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// LogValue returns [redacted].
func (Text) LogValue() slog.Value { return slog.StringValue(Redacted) }
