package wallet_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/wallet"
)

// Whoever can write to the database can put any token beside any address. It opens only
// as the secret that was sealed for that address.
func FuzzOpen(tf *testing.F) {
	f := fuzz.New(tf)
	one, other := pair(f, 1), pair(f, 2)
	s := sealer(f, "the first key").With(localKey(f, 1), localKey(f, 2))
	var tokens []string
	for _, from := range []*wallet.Sealer{sealer(f, "the first key"), s, sealer(f, "the first key").With(localKey(f, 2))} {
		token, err := from.Seal(one.Secret, one.Address)
		if err != nil {
			f.Fatal(err)
		}
		tokens = append(tokens, token, token[:len(token)/2], token+"=", strings.ToUpper(token))
	}
	for _, token := range append(tokens, "", "....", "pt2.k.w.s", "pt2.command..", "gAAAAA==") {
		f.Add(token, one.Address)
		f.Add(token, other.Address)
	}
	f.Fuzz(func(t *testing.T, token, address string) {
		opened, err := s.Open(token, address)
		switch {
		case err == nil && (address != one.Address || opened.Reveal() != one.Secret.Reveal()):
			t.Errorf("%q opens beside %q", token, address)
		case err != nil && opened.Reveal() != "":
			t.Errorf("%q does not open (%v), and gives a secret", token, err)
		}
		again, changed, err := s.Rewrap(token, address)
		if err == nil && changed {
			if opened, err = s.Open(again, address); err != nil || opened.Reveal() != one.Secret.Reveal() {
				t.Errorf("%q was sealed again, and does not open: %v", token, err)
			}
		}
	})
}

// A key of 32 bytes in base64 wraps and unwraps; every other text is refused without
// being shown.
func FuzzLocalKey(tf *testing.F) {
	f := fuzz.New(tf)
	whole := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	for _, text := range []string{whole, whole + "\n", " " + whole, whole[:20], whole + whole, strings.ReplaceAll(whole, "=", ""), "", "hunter2-hunter2-hunter2", "\x00"} {
		f.Add(text, []byte("wrapped"))
	}
	data := bytes.Repeat([]byte{9}, 32)
	f.Fuzz(func(t *testing.T, text string, wrapped []byte) {
		key, err := wallet.NewLocalKey(secret.New(text))
		if err != nil {
			const long = 20 // no part of the message is a key of that length
			if trimmed := strings.TrimSpace(text); len(trimmed) >= long && strings.Contains(err.Error(), trimmed) {
				t.Errorf("the error shows the key: %v", err)
			}
			return
		}
		if _, err := key.Unwrap(wrapped); !errors.Is(err, wallet.ErrSealed) {
			t.Errorf("%q was unwrapped: %v", wrapped, err)
		}
		own, err := key.Wrap(data)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := key.Unwrap(own); err != nil || !bytes.Equal(got, data) {
			t.Errorf("its own data key does not unwrap: %v", err)
		}
	})
}
