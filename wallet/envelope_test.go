package wallet_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

func localKey(t testing.TB, fill byte) *wallet.LocalKey {
	t.Helper()
	key, err := wallet.NewLocalKey(secret.New(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pair(t testing.TB, fill byte) wallet.KeyPair {
	t.Helper()
	made, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{fill}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestEnvelopes(t *testing.T) {
	one, other := pair(t, 1), pair(t, 2)
	s := sealer(t, "the first key").With(localKey(t, 1))
	token, err := s.Seal(one.Secret, one.Address)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Seal(one.Secret, one.Address); err != nil || again == token || strings.Contains(token, one.Secret.Reveal()) {
		t.Errorf("the token shows its secret, or repeats a nonce: %v", err)
	}
	parts := strings.Split(token, ".")
	changed := func(i int) string {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)-1] ^= 1
		copied := append([]string{}, parts...)
		copied[i] = base64.RawURLEncoding.EncodeToString(raw)
		return strings.Join(copied, ".")
	}
	for _, test := range []struct {
		name, token, address string
		sealer               *wallet.Sealer
		want                 error
	}{
		{"its key", token, one.Address, s, nil},
		{"its key, started again", token, one.Address, sealer(t, "another").With(localKey(t, 1)), nil},
		{"its key, as an older one", token, one.Address, sealer(t, "another").With(localKey(t, 2), localKey(t, 1)), nil},
		{"its key, to open only", token, one.Address, sealer(t, "another").With(nil, localKey(t, 1)), nil},
		{"another row", token, other.Address, s, wallet.ErrSealed},
		{"another key", token, one.Address, sealer(t, "the first key").With(localKey(t, 2)), wallet.ErrSealed},
		{"no wallet key", token, one.Address, sealer(t, "the first key"), wallet.ErrSealed},
		{"a changed data key", changed(2), one.Address, s, wallet.ErrSealed},
		{"a changed secret", changed(3), one.Address, s, wallet.ErrSealed},
		{"a cut secret", strings.Join(parts[:3], ".") + ".QUJD", one.Address, s, wallet.ErrSealed},
		{"no secret", strings.Join(parts[:3], "."), one.Address, s, wallet.ErrSealed},
	} {
		got, err := test.sealer.Open(test.token, test.address)
		if !errors.Is(err, test.want) || err == nil && got.Reveal() != one.Secret.Reveal() {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if err != nil && got.Reveal() != "" {
			t.Errorf("%s: a secret comes with the error", test.name)
		}
	}
}

// Rows of the legacy service open beside envelopes, and rewrap moves them: to the
// wallet key, to a later one, and back.
func TestRewrapMovesBetweenKinds(t *testing.T) {
	v := &vault{}
	fernet := sealer(t, "the first key")
	v.seal(t, fernet, 3)
	first := sealer(t, "the first key").With(localKey(t, 1))
	v.seal(t, first, 2)
	second := sealer(t, "the first key").With(localKey(t, 2), localKey(t, 1))
	back := sealer(t, "the first key").With(nil, localKey(t, 2))
	for _, step := range []struct {
		name   string
		sealer *wallet.Sealer
		moves  int
		prefix string
	}{{"to the wallet key", first, 3, "pt2."}, {"to a later one", second, 5, "pt2."}, {"again", second, 0, "pt2."}, {"and back", back, 5, "gAAAA"}} {
		census, err := step.sealer.Census(t.Context(), v)
		if err != nil || census.Old != step.moves || census.Current != 5-step.moves || census.BrokenCount != 0 {
			t.Errorf("%s, before: %+v, %v", step.name, census, err)
		}
		moved, census, err := step.sealer.RewrapAll(t.Context(), v, nil)
		if err != nil || moved != step.moves || !census.Done() || census.Current != 5 {
			t.Errorf("%s: %d moved, %+v, %v", step.name, moved, census, err)
		}
		for _, w := range v.list {
			if !strings.HasPrefix(w.Token, step.prefix) {
				t.Errorf("%s: a token begins with %s", step.name, w.Token[:5])
			}
		}
	}
	if trial, err := first.Try(t.Context(), v); err != nil || trial.Locked != 0 || trial.Damaged != 0 {
		t.Errorf("the legacy key opens: %+v, %v", trial, err)
	}
	v.list = nil
	v.seal(t, second, 1)
	if trial, err := first.Try(t.Context(), v); err != nil || trial.Locked != 1 {
		t.Errorf("a wallet under an unknown key: %+v, %v, want it locked", trial, err)
	}
	v.list[0].Address = pair(t, 9).Address
	if trial, err := second.Try(t.Context(), v); err != nil || trial.Damaged != 1 {
		t.Errorf("a wallet in another row: %+v, %v, want it damaged", trial, err)
	}
}

func TestLocalKeyRefuses(t *testing.T) {
	for _, text := range []string{"", "short", "aHVudGVyMg==", strings.Repeat("k", 44), strings.Repeat("k", 43) + "="} {
		_, err := wallet.NewLocalKey(secret.New(text))
		if wrong := text != strings.Repeat("k", 43)+"="; (err != nil) != wrong {
			t.Errorf("%d characters: %v", len(text), err)
		} else if err != nil && text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

// command makes a key of a program that answers with the output of a shell script.
func command(t *testing.T, script string) *wallet.CommandKey {
	t.Helper()
	key, _ := commandIn(t, script)
	return key
}

// commandIn also returns the script's file.
func commandIn(t *testing.T, script string) (*wallet.CommandKey, string) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skipf("no shell here: %v", err)
	}
	file := filepath.Join(t.TempDir(), "key.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := wallet.NewCommandKey(sh + " " + file)
	if err != nil {
		t.Fatal(err)
	}
	return key, file
}

// mirror "wraps" a key by giving it back under the other name, and counts its runs.
const mirror = `echo run >> "$0.runs"
sed -e 's/{"operation":"wrap","key":/{"wrapped":/' -e 's/{"operation":"unwrap","wrapped":/{"key":/'
`

func TestKeyCommand(t *testing.T) {
	key, file := commandIn(t, mirror)
	s := sealer(t, "the first key").With(key)
	one := pair(t, 1)
	for range 3 {
		token, err := s.Seal(one.Secret, one.Address)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Open(token, one.Address); err != nil || got.Reveal() != one.Secret.Reveal() {
			t.Errorf("Open: %v", err)
		}
	}
	runs, err := os.ReadFile(file + ".runs")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(runs), "run"); got != 2 {
		t.Errorf("the command ran %d times, want once to wrap and once to unwrap: wallets share data keys", got)
	}
}

// A command that fails is no wrong key: nobody may take its wallets for lost.
func TestKeyCommandFails(t *testing.T) {
	one := pair(t, 1)
	token, err := sealer(t, "k").With(command(t, mirror)).Seal(one.Secret, one.Address)
	if err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		"status":        "echo region af-south-1 is down, request 4711000 >&2\nexit 3",
		"no JSON":       "echo nonsense",
		"nothing":       "true",
		"another field": `echo '{"ciphertext":"QUJD"}'`,
		"a short key":   `echo '{"key":"QUJD"}'`,
	} {
		s := sealer(t, "k").With(command(t, script))
		if _, err := s.Open(token, one.Address); !errors.Is(err, wallet.ErrKeyCommand) || errors.Is(err, wallet.ErrSealed) {
			t.Errorf("%s: Open: %v, want ErrKeyCommand", name, err)
		} else if name == "status" && (!strings.Contains(err.Error(), "af-south-1 is down") || strings.Contains(err.Error(), "4711000")) {
			t.Errorf("the command's words are not shown, or not cleared: %v", err)
		}
		if _, err := s.Seal(one.Secret, one.Address); !errors.Is(err, wallet.ErrKeyCommand) {
			t.Errorf("%s: Seal: %v, want ErrKeyCommand", name, err)
		}
		v := &vault{list: []wallet.Sealed{{Row: 1, WorkerID: "NW-00000001", Address: one.Address, Token: token}}}
		if _, err := s.Try(t.Context(), v); !errors.Is(err, wallet.ErrKeyCommand) {
			t.Errorf("%s: Try: %v, want ErrKeyCommand", name, err)
		}
		if _, err := s.Census(t.Context(), v); !errors.Is(err, wallet.ErrKeyCommand) {
			t.Errorf("%s: Census: %v, want ErrKeyCommand", name, err)
		}
	}
	if _, err := wallet.NewCommandKey("/no/such/program"); err == nil {
		t.Error("a program that does not exist is accepted")
	}
}
