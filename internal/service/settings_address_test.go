package service

import (
	"strings"
	"testing"
)

func settingsOf(t *testing.T, env map[string]string) Settings {
	t.Helper()
	s, err := ReadSettings(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Without a key only this machine reaches the service, unless ADDRESS says otherwise.
func TestOpenDoorStaysAtHome(t *testing.T) {
	for name, c := range map[string]struct {
		env       map[string]string
		want      string
		reachable bool
	}{
		"nothing set":          {nil, "127.0.0.1:5000", false},
		"a key":                {map[string]string{"USSD_API_KEY": "a-key-of-this-test", "PORT": "80"}, ":80", true},
		"a path secret":        {map[string]string{"USSD_PATH_SECRET": "a-secret-of-this-test"}, ":5000", true},
		"open by saying so":    {map[string]string{"ADDRESS": "0.0.0.0"}, "0.0.0.0:5000", true},
		"open on one address":  {map[string]string{"ADDRESS": "192.0.2.7"}, "192.0.2.7:5000", true},
		"a key, and only here": {map[string]string{"ADDRESS": "::1", "USSD_API_KEY": "a-key-of-this-test"}, "[::1]:5000", false},
	} {
		s := settingsOf(t, c.env)
		if got := s.ListenAddress(); got != c.want || s.reachable() != c.reachable {
			t.Errorf("%s: listens on %q, reachable: %v; want %q, %v", name, got, s.reachable(), c.want, c.reachable)
		}
	}
}

// A connection that leaves this machine without encryption is told by its setting.
func TestPlaintextIsTold(t *testing.T) {
	for _, c := range []struct{ name, value, to string }{
		{"DATABASE_URL", "postgres://me@db.example/db", "db.example"},
		{"DATABASE_URL", "postgres://me@db.example/db?sslmode=prefer", "db.example"},
		{"DATABASE_URL", "postgres://me@db.example/db?sslmode=verify-full", ""},
		{"DATABASE_URL", "postgres://me@db.example/db?sslmode=require", ""},
		{"DATABASE_URL", "postgres://me@localhost/db", ""},
		{"DATABASE_URL", "postgres://me@127.0.0.2:5432/db?sslmode=disable", ""},
		{"DATABASE_URL", "postgres://me@x/db?host=/var/run/postgresql", ""},
		{"DATABASE_URL", "sqlite:file.db", ""},
		{"REDIS_URL", "redis://10.0.0.7:6379/0", "10.0.0.7"},
		{"REDIS_URL", "redis://localhost,redis://cache.example", "cache.example"},
		{"REDIS_URL", "rediss://cache.example", ""},
		{"REDIS_URL", "redis://[::1]:6379", ""},
		{"AT_BASE_URL", "http://sms.example", "sms.example"},
		{"AT_BASE_URL", "http://127.0.0.1:8080", ""},
		{"STELLAR_HORIZON_URL", "http://horizon.example", "horizon.example"},
		{"STELLAR_HORIZON_URL", "https://horizon.example", ""},
		{"STELLAR_RPC_URL", "http://rpc.example", "rpc.example"},
	} {
		s := settingsOf(t, map[string]string{c.name: c.value})
		var got []string
		for _, p := range s.plaintexts() {
			got = append(got, p.name+" "+p.to)
		}
		want := ""
		if c.to != "" {
			want = c.name + " " + c.to
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%s=%s: got %q, want %q", c.name, c.value, got, want)
		}
		doctor := &Doctor{Settings: s}
		told := false
		for _, check := range doctor.settings(t.Context()) {
			told = told || check.Name == "encryption" && check.State == StateWarning && strings.Contains(check.Found, c.to)
		}
		if told != (c.to != "") {
			t.Errorf("%s=%s: the doctor tells: %v", c.name, c.value, told)
		}
	}
}

// The estimate takes random keys, and refuses long ones that are easy to guess.
func TestStrength(t *testing.T) {
	for _, strong := range []string{
		"kM3v9QpX2sLr7TzB4wNcJf6Wu1Sg0EaH", "8e03978e40d543ddbc936894a57f93248e1fa2c0d1b35c", "3q2+7wABAgMEBfoCn8vQmQv0yJ5h3yD2w8kLr1x0Z9s=",
	} {
		if got := strength(strong); got < sealBits {
			t.Errorf("%s: %.0f bits, want at least %d", strong, got, sealBits)
		}
	}
	for _, weak := range []string{
		"", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabcabcabcabcabcabcabcabcabc", "0123456789012345678901234567890123456789",
		"passwordpasswordpasswordpasswordpassword", "this is my secret key for all the wallets", "change me change me change me change me", "abcdefghijklmnopqrstuvwxyz0123456789",
		"jaribio-badilisha-hii-kabla-ya-kuanza",
	} {
		if got := strength(weak); got >= sealBits {
			t.Errorf("%q: %.0f bits, want less than %d", weak, got, sealBits)
		}
	}
}
