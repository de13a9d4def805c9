package secret_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/internal/fuzz"
)

func TestForeign(t *testing.T) {
	for words, want := range map[string]string{
		"InvalidSenderId (402)":                                         "InvalidSenderId (402)",
		"HTTP 503: try later":                                           "HTTP 503: try later",
		"InsufficientBalance, DoNotDisturbRejection":                    "InsufficientBalance, DoNotDisturbRejection",
		"The call of +254711223344 with 1*7391 failed":                  "The call of … with … failed",
		"typed 1*Asha*2 then":                                           "typed … then",
		"code 9-5-8-4-7-3, or 95 84 73, or 95.84.73":                    "code …, or …, or …",
		"code 9\u200b5\u200b8\u200b4":                                   "code …",
		"kode ٧٣٩١":                                                     "kode …",
		"a\x00b\tc\r\nd\x1b[31m":                                        "ab c d[31m",
		"escaped %37%33%39%31 and \\u0037\\u0033\\u0039\\u0031":         "escaped … and …",
		"twice %2537%2533%2539%2531":                                    "twice …",
		"entities &#55;&#51;&#57;&#49;":                                 "entities …",
		"star 1%2A7":                                                    "star …",
		"base64 " + base64.StdEncoding.EncodeToString([]byte("958473")): "base64 …",
		"hex " + hex.EncodeToString([]byte("958473")):                   "hex …",
		"seed SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN": "seed …",
		"\xff\xfe":          "?",
		"three 123 are few": "three 123 are few",
	} {
		if got := secret.Foreign(words, 200); got != want {
			t.Errorf("%q\n got %q\nwant %q", words, got, want)
		}
	}
}

// A text that was sent is found in every form, and its digits are found without it.
func TestForeignRemovesWhatWasSent(t *testing.T) {
	const text = "Siri yako ni 958473 & <usiseme>"
	for name, form := range map[string]string{
		"plain": text, "query": url.QueryEscape(text), "path": url.PathEscape(text), "json": strconv.Quote(text),
		"ascii json": strconv.QuoteToASCII(text), "html": html.EscapeString(text), "query of query": url.QueryEscape(url.QueryEscape(text)),
		"base64": base64.StdEncoding.EncodeToString([]byte(text)), "base64 within": base64.URLEncoding.EncodeToString([]byte("message=" + text)),
		"hex": hex.EncodeToString([]byte(text)), "lines": strings.ReplaceAll(text, " ", "\n"), "NUL between": strings.Join(strings.Split(text, ""), "\x00"),
	} {
		for _, known := range [][]string{{text}, nil} {
			got := secret.Foreign("refused: "+form, 500, known...)
			if strings.Contains(got, "9584") || strings.Contains(got, form) && name != "plain" {
				t.Errorf("%s: %q", name, got)
			}
			if known != nil && strings.Contains(got, "yako") {
				t.Errorf("%s: the text stays: %q", name, got)
			}
			if !strings.HasPrefix(got, "refused:") {
				t.Errorf("%s: the words are lost: %q", name, got)
			}
		}
	}
}

func FuzzForeign(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add("call of +254711223344 with 1*7391 %2A \\u0031", "958473")
	f.Fuzz(func(t *testing.T, words, code string) {
		got := secret.Foreign(words, 100, code)
		if !utf8.ValidString(got) || len(got) > 100+len("…") || strings.ContainsRune(got, 0) {
			t.Errorf("%q", got)
		}
		for i := 0; i+4 <= len(got); i++ {
			if n, err := strconv.Atoi(got[i : i+4]); err == nil && n >= 0 && fmt.Sprintf("%04d", n) == got[i:i+4] {
				t.Errorf("digits stay in %q", got)
			}
		}
	})
}

func TestForeignError(t *testing.T) {
	err := secret.ForeignError(fmt.Errorf("you typed 1*7391: %w", context.DeadlineExceeded), 200, "typed")
	if err.Error() != "you … … context deadline exceeded" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, a time-out: %v", err, errors.Is(err, context.DeadlineExceeded))
	}
	refused := &net.OpError{Op: "dial", Err: errors.New("127.0.0.1:5432 refused")}
	if got := secret.ForeignError(refused, 200); got != error(refused) {
		t.Errorf("an error of this machine's network became %v", got)
	}
	if secret.ForeignError(nil, 200) != nil {
		t.Error("no error became one")
	}
}
