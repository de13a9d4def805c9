package secret

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// removed stands for what Foreign takes out.
const removed = "…"

const (
	// foreignRead bounds the bytes that Foreign reads: words come first, and an
	// answer may be long.
	foreignRead = 4 << 10
	// foreignLayers is how many escapes may lie around each other.
	foreignLayers = 4
)

var (
	// inputs matches what callers type, as gateways join it: 1*7391.
	inputs = regexp.MustCompile(`\S*\*\S*`)
	// seed matches a wallet's secret as Stellar writes it: S and 55 more characters.
	seed = regexp.MustCompile(`S[A-Z2-7]{55}`)
	// digits matches four digits or more, also with one character between them.
	digits = regexp.MustCompile(`\+?\p{Nd}(?:[ .\-_/,]?\p{Nd}){3,}`)
	// encoded matches what may be base64 or hex.
	encoded = regexp.MustCompile(`[A-Za-z0-9+/_\-]{6,}={0,2}`)
	// code matches four digits in a row; a PIN has no fewer.
	code = regexp.MustCompile(`\p{Nd}{4}`)
	// escapes match one character as URLs, JSON and Go write it.
	escapes = regexp.MustCompile(`%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}`)
)

// Foreign returns words of another service, such as a provider's error, for a log
// or a table: at most most bytes, without control characters, and without what may
// be a secret or a number. That is runs of four digits or more, inputs joined by
// stars, secrets of wallets, and the known texts, also where they are escaped or
// encoded.
func Foreign(words string, most int, known ...string) string {
	words = strings.ToValidUTF8(words[:min(len(words), foreignRead)], "?")
	for _, text := range known {
		words = without(words, text)
	}
	for range foreignLayers {
		plain := unescape(words)
		if plain == words {
			break
		}
		words = plain
	}
	words = strings.Join(strings.Fields(strings.Map(visible, words)), " ")
	for _, text := range known {
		if text = strings.Join(strings.Fields(strings.Map(visible, text)), " "); text != "" {
			words = strings.NewReplacer(text, removed, strings.ReplaceAll(text, " ", "+"), removed).Replace(words)
		}
	}
	words = seed.ReplaceAllString(words, removed)
	words = encoded.ReplaceAllStringFunc(words, func(word string) string {
		if hides(word) {
			return removed
		}
		return word
	})
	words = inputs.ReplaceAllString(words, removed)
	words = digits.ReplaceAllString(words, removed)
	if len(words) <= most {
		return words
	}
	return strings.ToValidUTF8(words[:most], "") + removed
}

// ForeignError returns err with the text that Foreign makes of it; errors.Is and
// errors.As see through it. The errors of this machine's network stay as they are:
// they have addresses and ports, and no word of the other service.
func ForeignError(err error, most int, known ...string) error {
	var op *net.OpError
	var dns *net.DNSError
	if err == nil || errors.As(err, &op) || errors.As(err, &dns) {
		return err
	}
	return &foreignError{text: Foreign(err.Error(), most, known...), err: err}
}

// foreignError is an error whose text was cleared.
type foreignError struct {
	text string
	err  error
}

func (e *foreignError) Error() string { return e.text }

func (e *foreignError) Unwrap() error { return e.err }

// Seeds covers the secrets of wallets in a text that is otherwise shown as it is, such
// as a line of a menu. The text keeps its length.
func Seeds(text string) string {
	return seed.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) })
}

// without removes a known text in the forms that others write it in.
func without(words, text string) string {
	if text == "" {
		return words
	}
	quoted, _ := json.Marshal(text) // a string never fails
	forms := []string{
		text, url.QueryEscape(text), url.PathEscape(text), string(quoted[1 : len(quoted)-1]), html.EscapeString(text),
		hex.EncodeToString([]byte(text)), strings.ToUpper(hex.EncodeToString([]byte(text))),
		base64.StdEncoding.EncodeToString([]byte(text)), base64.RawStdEncoding.EncodeToString([]byte(text)),
		base64.URLEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)),
	}
	for _, form := range forms {
		words = strings.ReplaceAll(words, form, removed)
	}
	return words
}

// unescape takes off one layer of escapes.
func unescape(words string) string {
	words = escapes.ReplaceAllStringFunc(words, func(escape string) string {
		n, err := strconv.ParseUint(strings.TrimLeft(escape, `%\ux`), 16, 32)
		switch {
		case err != nil:
			return removed
		case n < utf8.RuneSelf || escape[0] == '\\':
			return string(rune(n))
		}
		return "?" // a byte of a longer character
	})
	return html.UnescapeString(words)
}

// visible drops characters that are not seen: they could stand between digits.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r):
		return -1
	}
	return r
}

// hides reports whether a word stands for text with a code, in base64 or hex, or
// for any text of some length.
func hides(word string) bool {
	const long = 12
	bare := strings.TrimRight(word, "=")
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.RawStdEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		b, err := decode(bare)
		if err == nil && (code.Match(b) || len(b) >= long && printable(b)) {
			return true
		}
	}
	return false
}

func printable(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\n' {
			return false
		}
	}
	return true
}
