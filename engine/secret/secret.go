// Package secret has the one type for text that must never be printed: PINs,
// keys, wallet seeds.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what every printer, encoder and logger gets of a Text.
const Redacted = "[redacted]"

// Text is a PIN, a key or a seed. It prints as [redacted] whatever the verb,
// encoder or logger; only Reveal gives the text.
//
// The text is behind a pointer, so that fmt, which can't call methods on
// unexported fields, prints an address there and not the text.
type Text struct{ text *string }

// New wraps text that must never be printed.
func New(text string) Text { return Text{&text} }

// Reveal gives the text itself, to the code that seals it or signs with it.
func (s Text) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether there is any text.
func (s Text) IsSet() bool { return s.Reveal() != "" }

// String is [redacted].
func (Text) String() string { return Redacted }

// GoString is [redacted].
func (Text) GoString() string { return Redacted }

// Format writes [redacted] for every verb and flag.
func (Text) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, Redacted) }

// MarshalText writes [redacted]; JSON and other encoders use it.
func (Text) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// LogValue is [redacted].
func (Text) LogValue() slog.Value { return slog.StringValue(Redacted) }
