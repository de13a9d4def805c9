package service

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write .env.example")

// exampleWidth is how wide a section's line is, in columns.
const exampleWidth = 75

// example returns .env.example as the settings make it.
func example() []byte {
	var b bytes.Buffer
	b.WriteString(`# Every setting of the service, with its default. All are optional for a first
# try: without any, data lies in the file paytrace.db and sessions in memory.
# An empty value counts as not set.
`)
	for _, section := range settings {
		title := "# --- " + section.title + " "
		fmt.Fprintf(&b, "\n%s%s\n", title, strings.Repeat("-", exampleWidth-len(title)))
		for _, s := range section.list {
			if s.help != "" {
				fmt.Fprintf(&b, "\n# %s\n", strings.ReplaceAll(s.help, "\n", "\n# "))
			}
			fmt.Fprintf(&b, "%s=%s\n", s.name, s.fallback)
		}
	}
	return b.Bytes()
}

// .env.example is made from the settings: go test ./service -update.
func TestEnvExample(t *testing.T) {
	const file = "../../.env.example"
	if *update {
		if err := os.WriteFile(file, example(), 0o644); err != nil { //nolint:gosec // it holds no secret
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(example()), string(got)); diff != "" {
		t.Errorf("write it again with -update (-settings +file):\n%s", diff)
	}
	if _, err := ReadSettings(func(string) string { return "" }); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestKeysAreNeverSplit(t *testing.T) {
	c, err := ReadSettings(func(name string) string {
		return map[string]string{
			"ENCRYPTION_KEY": "a,b c=d", "ENCRYPTION_KEY_OLD": "one, two\nthree\r\n\n", "USSD_SESSION_TTL": "90",
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.EncryptionKey.Reveal(); got != "a,b c=d" {
		t.Errorf("ENCRYPTION_KEY: got %q", got)
	}
	if diff := cmp.Diff([]string{"one, two", "three"}, c.EncryptionOld); diff != "" {
		t.Error(diff)
	}
	if c.SessionTTL != 90*time.Second {
		t.Errorf("USSD_SESSION_TTL: got %s", c.SessionTTL)
	}
}

// Everything that a service refuses is refused when the settings are read, all at
// once and by name, so the doctor knows the same rules.
func TestWrongSettingsAreNamed(t *testing.T) {
	const seed = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN" // of a public example
	for name, c := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"a short path secret":        {map[string]string{"USSD_PATH_SECRET": "short"}, []string{"USSD_PATH_SECRET: found 5 characters, expected at least 16"}},
		"a path secret with a slash": {map[string]string{"USSD_PATH_SECRET": "njia/ya/majaribio/4711"}, []string{"USSD_PATH_SECRET: character 5"}},
		"an old path secret": {
			map[string]string{"USSD_PATH_SECRET": "njia-ya-majaribio-4711", "USSD_PATH_SECRET_OLD": "njia-ya-zamani-4711\nshort"},
			[]string{"USSD_PATH_SECRET_OLD: line 2: found 5"},
		},
		"old without new": {
			map[string]string{"USSD_PATH_SECRET_OLD": "njia-ya-zamani-4711", "USSD_API_KEY_OLD": "zamani-zamani-zamani"},
			[]string{"USSD_PATH_SECRET_OLD is set and USSD_PATH_SECRET is not", "USSD_API_KEY_OLD is set and USSD_API_KEY is not"},
		},
		"Postgres": {
			map[string]string{"DATABASE_URL": "postgres://me:hunter2@host:5432/db?sslmode=perhaps", "PORT": "none"},
			[]string{"DATABASE_URL: ", "sslmode", "PORT: "},
		},
		"no file":             {map[string]string{"DATABASE_URL": "sqlite:"}, []string{"DATABASE_URL: expected"}},
		"no key for Postgres": {map[string]string{"DATABASE_URL": "postgres://me@host/db", "PORT": "none"}, []string{"ENCRYPTION_KEY is not set", "PORT: "}},
		"Redis":               {map[string]string{"REDIS_URL": "redis://:hunter2@host/0?pool_size=3"}, []string{"REDIS_URL: ", "question mark"}},
		"a cluster":           {map[string]string{"REDIS_URL": "redis://a/0,redis://b/2"}, []string{"REDIS_URL: ", "no databases"}},
		"addresses": {
			map[string]string{"AT_BASE_URL": "api.example.com", "STELLAR_HORIZON_URL": "horizon", "STELLAR_RPC_URL": "ftp://x"},
			[]string{"AT_BASE_URL: ", "STELLAR_HORIZON_URL: ", "STELLAR_RPC_URL: "},
		},
		"backends": {
			map[string]string{"ACTIONS_KEY": "hunter2", "ACTIONS_HOSTS": "a.example https://b.example"},
			[]string{"ACTIONS_KEY: expected whsec_", `ACTIONS_HOSTS: found "https://b.example"`},
		},
		"an old identity key alone": {
			map[string]string{"ID_KEY_OLD": "hunter2"},
			[]string{"ID_KEY_OLD is set and ID_KEY is not"},
		},
		"one identity key twice": {
			map[string]string{"ID_KEY": "hunter2", "ID_KEY_OLD": "hunter2"},
			[]string{"ID_KEY_OLD has the value of ID_KEY"},
		},
		"an old key of a backend": {
			map[string]string{"ACTIONS_KEY_OLD": "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl"},
			[]string{"ACTIONS_KEY_OLD is set and ACTIONS_KEY is not"},
		},
		"real money": {map[string]string{"STELLAR_NETWORK": "PUBLIC", "STELLAR_FUNDING_SECRET": seed, "USSD_PATH_SECRET": "q7-Hd2xLw9.TzB4k"}, []string{"STELLAR_FUNDING_SECRET", "PUBLIC"}},
		"a weak key": {map[string]string{"STELLAR_NETWORK": "PUBLIC", "ENCRYPTION_KEY": "hunter2"}, []string{"ENCRYPTION_KEY is too short", "USSD_PATH_SECRET and USSD_API_KEY are not set"}},
		"long and weak, for real money": {
			map[string]string{"STELLAR_NETWORK": "PUBLIC", "ENCRYPTION_KEY": strings.Repeat("zamani", 8), "USSD_API_KEY": "zamani0123456789zamani", "USSD_PATH_SECRET": "aaaaaaaaaaaaaaaaaaaa"},
			[]string{"ENCRYPTION_KEY is too easy to guess", "USSD_API_KEY is too easy to guess", "USSD_PATH_SECRET is too easy to guess"},
		},
		"one value for two keys, for real money": {
			map[string]string{
				"STELLAR_NETWORK": "PUBLIC", "USSD_API_KEY": "zamani-q7Hd2xLw9TzB4kRm5vNc8Yp3", "USSD_PATH_SECRET": "zamani-q7Hd2xLw9TzB4kRm5vNc8Yp3",
				"ENCRYPTION_KEY": "zamani-Jf6Wu1Sg0Ea4Ko7Mx2Zt9Rb5q", "ENCRYPTION_KEY_OLD": "zamani-Jf6Wu1Sg0Ea4Ko7Mx2Zt9Rb5q",
			},
			[]string{"USSD_API_KEY and USSD_PATH_SECRET have the same value", "ENCRYPTION_KEY_OLD has the value of ENCRYPTION_KEY"},
		},
		"plaintext, for real money": {
			map[string]string{
				"STELLAR_NETWORK": "PUBLIC", "USSD_API_KEY": "zamani-q7Hd2xLw9TzB4kRm5vNc8Yp3", "ENCRYPTION_KEY": "zamani-Jf6Wu1Sg0Ea4Ko7Mx2Zt9Rb5q",
				"DATABASE_URL": "postgres://me:hunter2@db.example/db", "REDIS_URL": "redis://:hunter2@cache.example", "STELLAR_HORIZON_URL": "http://horizon.example",
				"AT_BASE_URL": "http://sms.example", "STELLAR_RPC_URL": "http://rpc.example",
			},
			[]string{"DATABASE_URL: the connection to db.example is not encrypted", "REDIS_URL: the connection to cache.example", "AT_BASE_URL: ", "STELLAR_HORIZON_URL: ", "STELLAR_RPC_URL: "},
		},
		"an address that is a name": {map[string]string{"ADDRESS": "localhost", "PORT": "none"}, []string{"ADDRESS: found \"localhost\"", "PORT: "}},
		"short and spaced keys": {
			map[string]string{"USSD_API_KEY": " zamani-hunter2-hunter2", "USSD_API_KEY_OLD": "zamani-zamani-zamani\nzamani\nzamani-zamani-zamani "},
			[]string{"USSD_API_KEY: found a space", "USSD_API_KEY_OLD: line 2: found 6 characters", "line 3: found a space"},
		},
		"time-outs":     {map[string]string{"DATABASE_STATEMENT_TIMEOUT": "100", "DATABASE_LOCK_TIMEOUT": "200"}, []string{"DATABASE_LOCK_TIMEOUT: found 200ms"}},
		"a wrong asset": {map[string]string{"STELLAR_ASSET": "KSH", "STELLAR_FUNDING_SECRET": "hunter2"}, []string{"STELLAR_ASSET: ", "STELLAR_FUNDING_SECRET: "}},
		"wallet keys": {
			map[string]string{"WALLET_KEY": "hunter2", "WALLET_KEY_OLD": "QUJD", "KEY_COMMAND": "/no/such/program", "KEY_COMMAND_OLD": " "},
			[]string{"WALLET_KEY: expected 32 bytes", "WALLET_KEY_OLD: line 1: ", "KEY_COMMAND: the program can't be run", "KEY_COMMAND_OLD: expected"},
		},
		"two wallet keys": {
			map[string]string{"WALLET_KEY": strings.Repeat("A", 43) + "=", "WALLET_KEY_FILE": "wallet.key"},
			[]string{"WALLET_KEY, WALLET_KEY_FILE and KEY_COMMAND: found more than one"},
		},
		"an inner address": {map[string]string{"INNER_ADDRESS": "inner:here"}, []string{`INNER_ADDRESS: found "inner:here", expected a port`}},
		"proxies":          {map[string]string{"TRUSTED_PROXIES": "10.0.0.1, 10.0.0.0/33"}, []string{`TRUSTED_PROXIES: found "10.0.0.0/33"`}},
		"docs":             {map[string]string{"API_DOCS": "no"}, []string{`API_DOCS: found "no", expected on or off`}},
	} {
		_, err := ReadSettingsToServe(func(name string) string { return c.env[name] })
		if !errors.As(err, new(UsageError)) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error lacks %q:\n%v", name, want, err)
			}
		}
		if n := strings.Count(err.Error(), "\n") + 1; n > len(c.want) {
			t.Errorf("%s: %d errors:\n%v", name, n, err)
		}
		for _, secret := range []string{"hunter2", "zamani", seed} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: a secret is shown: %v", name, err)
			}
		}
	}
}

// Subcommands that need no keys run without them.
func TestOnlyAServiceNeedsKeys(t *testing.T) {
	env := map[string]string{"DATABASE_URL": "postgres://me@host/db"}
	if _, err := ReadSettings(func(name string) string { return env[name] }); err != nil {
		t.Error(err)
	}
}

// An inner address without a host is one that only this machine reaches.
func TestInnerAddress(t *testing.T) {
	for value, want := range map[string]string{
		"5001": "127.0.0.1:5001", ":5001": "127.0.0.1:5001", "0.0.0.0:5001": "0.0.0.0:5001", "localhost:5001": "localhost:5001",
		"[::1]:5001": "[::1]:5001", "::1": "", "host:5001": "", "70000": "", "10.0.0.7": "",
	} {
		s, err := ReadSettings(func(name string) string { return map[string]string{"INNER_ADDRESS": value}[name] })
		if s.InnerAddress != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", value, s.InnerAddress, err, want)
		}
	}
}

// A proxy is an address or a network.
func TestTrustedProxies(t *testing.T) {
	s, err := ReadSettings(func(name string) string {
		return map[string]string{"TRUSTED_PROXIES": "192.0.2.7, 10.1.2.3/8,2001:db8::/32"}[name]
	})
	if got := fmt.Sprint(s.TrustedProxies); err != nil || got != "[192.0.2.7/32 10.0.0.0/8 2001:db8::/32]" {
		t.Errorf("got %s, %v", got, err)
	}
}
