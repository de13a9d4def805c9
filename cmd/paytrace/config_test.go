package main

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store/postgres"
)

// .env.example and the settings that are read are the same, defaults included.
func TestEnvExample(t *testing.T) {
	f, err := os.Open("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := regexp.MustCompile(`^([A-Z_]+)=(.*)$`)
	defaults := map[string]string{}
	documented := false
	for in := bufio.NewScanner(f); in.Scan(); {
		m := line.FindStringSubmatch(in.Text())
		if m == nil {
			documented = strings.HasPrefix(in.Text(), "# ") || documented && in.Text() != ""
			continue
		}
		if !documented {
			t.Errorf("%s: no comment says what it is", m[1])
		}
		defaults[m[1]] = m[2]
	}
	for _, s := range settings {
		if _, ok := defaults[s.name]; !ok {
			t.Errorf("%s is read, but not in .env.example", s.name)
		}
	}
	if len(defaults) != len(settings) {
		t.Errorf(".env.example has %d settings, %d are read", len(defaults), len(settings))
	}
	empty, err := fromEnvironment(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	example, err := fromEnvironment(func(name string) string { return defaults[name] })
	if err != nil {
		t.Fatal(err)
	}
	// The limits' defaults are the actions' own.
	example.Registrations, example.Lookups, example.APIMinute, example.APIDay = 0, 0, 0, 0
	example.Codes, example.Tries, example.Lock = 0, 0, 0
	// So are those of Postgres, the store's.
	if example.Connections != postgres.DefaultConnections || example.StatementTimeout != postgres.DefaultStatementTimeout ||
		example.LockTimeout != postgres.DefaultLockTimeout {
		t.Errorf("the database's settings are %d, %s, %s", example.Connections, example.StatementTimeout, example.LockTimeout)
	}
	if diff := cmp.Diff(shown(empty), shown(example)); diff != "" {
		t.Errorf("the defaults of .env.example are not the program's (-program +example):\n%s", diff)
	}
}

func shown(c Config) map[string]any {
	return map[string]any{
		"port": c.Port, "ttl": c.SessionTTL, "user": c.ATUsername, "network": c.StellarNetwork,
		"language": c.DefaultLanguage, "format": c.LogFormat,
		"database": c.DatabaseURL.Reveal(), "redis": c.RedisURL.Reveal(), "key": c.EncryptionKey.Reveal(),
		"old": len(c.EncryptionOld), "id": c.IDKey.Reveal(), "at": c.ATAPIKey.Reveal(), "ussd": c.USSDAPIKey.Reveal(),
		"registrations": c.Registrations, "lookups": c.Lookups, "sessions": c.Sessions,
	}
}

func TestKeysAreNeverSplit(t *testing.T) {
	c, err := fromEnvironment(func(name string) string {
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
