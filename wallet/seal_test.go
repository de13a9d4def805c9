package wallet_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// vector is a token made by Python's cryptography library, with its key.
type vector struct {
	EncryptionKey string `json:"encryption_key"`
	FernetKey     string `json:"fernet_key"`
	TS            int64
	Src, Token    string
	TokenLen      int `json:"token_len"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/fernet_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 3 {
		t.Fatalf("%d vectors, want 3 at least", len(all))
	}
	return all
}

func sealer(t testing.TB, current string, old ...string) *wallet.Sealer {
	t.Helper()
	now := func() time.Time { return time.Unix(1770800000, 0) }
	s, err := wallet.NewSealer(stellar.Keys{}, now, current, old...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func address(t testing.TB, seed string) string {
	t.Helper()
	got, err := stellar.Keys{}.Address(wallet.NewSecret(seed))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPythonTokensOpen(t *testing.T) {
	for _, v := range vectors(t) {
		secret, err := sealer(t, v.EncryptionKey).Open(v.Token, address(t, v.Src))
		if err != nil || secret.Reveal() != v.Src {
			t.Errorf("key %q: Open gives %v", v.EncryptionKey, err)
		}
	}
}

// Our tokens have the form of Python's (version, time, length), so the legacy
// service can open them.
func TestSealedTokensLookLikePythons(t *testing.T) {
	for _, v := range vectors(t) {
		s := sealer(t, v.EncryptionKey)
		token, err := s.Seal(wallet.NewSecret(v.Src), address(t, v.Src))
		if err != nil {
			t.Fatal(err)
		}
		if len(token) != v.TokenLen {
			t.Errorf("a token of %d characters, Python's has %d", len(token), v.TokenLen)
		}
		ours, theirs := decode(t, token), decode(t, v.Token)
		if head := 1 + 8; string(ours[:head]) != string(theirs[:head]) {
			t.Errorf("version and time are % x, Python's are % x", ours[:head], theirs[:head])
		}
		if strings.Contains(token, v.Src) || token == v.Token {
			t.Error("the token shows its secret, or repeats an IV")
		}
		secret, err := s.Open(token, address(t, v.Src))
		if err != nil || secret.Reveal() != v.Src {
			t.Errorf("Open of our own token: %v", err)
		}
	}
}

func decode(t *testing.T, token string) []byte {
	t.Helper()
	b, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpenRefuses(t *testing.T) {
	v := vectors(t)[0]
	own, other := address(t, v.Src), address(t, vectors(t)[1].Src)
	s := sealer(t, v.EncryptionKey)
	noSeed, err := s.Seal(wallet.NewSecret("no seed at all"), own)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, token, address string
		sealer               *wallet.Sealer
		want                 error
	}{
		{"another row's address", v.Token, other, s, wallet.ErrAddress},
		{"no address", v.Token, "", s, wallet.ErrAddress},
		{"a token of no seed", noSeed, own, s, wallet.ErrAddress},
		{"another key", v.Token, own, sealer(t, "another key"), wallet.ErrSealed},
		{"an empty token", "", own, s, wallet.ErrSealed},
		{"a cut token", v.Token[:40], own, s, wallet.ErrSealed},
		{"an altered token", v.Token[:60] + "A" + v.Token[61:], own, s, wallet.ErrSealed},
		{"no token", "plain text", own, s, wallet.ErrSealed},
	}
	for _, test := range tests {
		secret, err := test.sealer.Open(test.token, test.address)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if secret.Reveal() != "" {
			t.Errorf("%s: a secret comes with the error", test.name)
		}
		if err != nil && (strings.Contains(err.Error(), v.Src) || strings.Contains(err.Error(), "no seed")) {
			t.Errorf("%s: the error holds the secret: %v", test.name, err)
		}
	}
}

func TestOldKeysOpenAndRewrap(t *testing.T) {
	v := vectors(t)[1]
	own := address(t, v.Src)
	s := sealer(t, "the new key", "", "an older key", v.EncryptionKey)
	if _, err := s.Open(v.Token, own); err != nil {
		t.Fatalf("a token of an old key: %v", err)
	}
	token, changed, err := s.Rewrap(v.Token, own)
	if err != nil || !changed {
		t.Fatalf("Rewrap = %v, %v", changed, err)
	}
	if secret, err := sealer(t, "the new key").Open(token, own); err != nil || secret.Reveal() != v.Src {
		t.Errorf("the rewrapped token: %v", err)
	}
	if again, changed, err := s.Rewrap(token, own); again != token || changed || err != nil {
		t.Errorf("a second Rewrap changes the token: %v, %v", changed, err)
	}
	if kept, changed, err := s.Rewrap(v.Token, "G"); kept != v.Token || changed || !errors.Is(err, wallet.ErrAddress) {
		t.Errorf("Rewrap of a mixed-up row = %v, %v", changed, err)
	}
	if kept, changed, err := s.Rewrap("junk", own); kept != "junk" || changed || !errors.Is(err, wallet.ErrSealed) {
		t.Errorf("Rewrap of junk = %v, %v", changed, err)
	}
}

func TestSealerNeedsAKey(t *testing.T) {
	if _, err := wallet.NewSealer(stellar.Keys{}, time.Now, ""); !errors.Is(err, wallet.ErrNoKey) {
		t.Errorf("NewSealer without a key: %v", err)
	}
}

// Any key pair can be sealed with any key and opened again.
func TestSealRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "seed")
		key := rapid.StringN(1, 40, -1).Draw(rt, "key")
		pair, err := stellar.Keys{}.New(strings.NewReader(string(seed)))
		if err != nil {
			rt.Fatal(err)
		}
		s := sealer(t, key)
		token, err := s.Seal(pair.Secret, pair.Address)
		if err != nil {
			rt.Fatal(err)
		}
		if secret, err := s.Open(token, pair.Address); err != nil || secret.Reveal() != pair.Secret.Reveal() {
			rt.Fatalf("Open: %v", err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	v := vectors(b)[0]
	s, own := sealer(b, v.EncryptionKey), address(b, v.Src)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Open(v.Token, own); err != nil {
			b.Fatal(err)
		}
	}
}
