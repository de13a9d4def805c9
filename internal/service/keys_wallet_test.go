package service

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet"
)

const testSeed = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN" // of a public example

// A key of the settings seals wallets; without one the tokens are those that the
// legacy service reads.
func TestSealer(t *testing.T) {
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	file := filepath.Join(t.TempDir(), "wallet.key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	seal := func(env map[string]string) string {
		t.Helper()
		s, err := ReadSettings(func(name string) string { return env[name] })
		if err != nil {
			t.Fatal(err)
		}
		sealer, err := s.Sealer(secret.New("changeme"))
		if err != nil {
			t.Fatal(err)
		}
		token, err := sealer.Seal(wallet.NewSecret(testSeed), "GA")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	byKey, byFile := seal(map[string]string{"WALLET_KEY": key}), seal(map[string]string{"WALLET_KEY_FILE": file})
	for name, token := range map[string]string{"WALLET_KEY": byKey, "WALLET_KEY_FILE": byFile} {
		if !strings.HasPrefix(token, "pt2.k") {
			t.Errorf("%s: a token begins with %s", name, token[:6])
		}
	}
	if strings.Split(byKey, ".")[1] != strings.Split(byFile, ".")[1] {
		t.Error("the same key has two names")
	}
	for _, env := range []map[string]string{{}, {"WALLET_KEY_OLD": key}} {
		if token := seal(env); !strings.HasPrefix(token, "gAAAA") {
			t.Errorf("%v: a token begins with %s, want one of the legacy service", env, token[:6])
		}
	}
}

// A file with a key that others may read, or that has none, is refused.
func TestKeyFileRefused(t *testing.T) {
	dir := t.TempDir()
	for name, file := range map[string]struct {
		mode os.FileMode
		text string
		want string
	}{
		"open":  {0o644, strings.Repeat("A", 43) + "=", "chmod 600"},
		"short": {0o600, "hunter2", "expected 32 bytes in base64"},
		"long":  {0o600, strings.Repeat("A", 2000), "expected a key and nothing else"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
		_, err := Settings{WalletKeyFile: path}.Sealer(secret.New("changeme"))
		if err == nil || !strings.Contains(err.Error(), "WALLET_KEY_FILE: ") || !strings.Contains(err.Error(), file.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", name, err, file.want)
		}
	}
	if _, err := (Settings{WalletKeyFile: dir}).Sealer(secret.New("changeme")); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a folder: %v", err)
	}
}
