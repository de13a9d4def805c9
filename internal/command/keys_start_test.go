package command

import (
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet"
)

// An instance whose keys do not fit its database does not start. The message names
// what differs, and the doctor says the same.
func TestKeysThatDoNotFit(t *testing.T) {
	const first, second, third = "the first key of this database", "quite another key than that", "a third key, never used here"
	const named = "a name key that never changes"
	for _, c := range []struct {
		name string
		// start is the environment of the first start, sealed lists the keys that
		// seal wallets after it, and then is the environment of another start.
		start  map[string]string
		sealed []string
		then   map[string]string
		want   []string // of the message; none for a start
		never  []string
	}{
		{
			"another ENCRYPTION_KEY",
			map[string]string{"ENCRYPTION_KEY": first},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": second},
			[]string{"ENCRYPTION_KEY", "0 of the 1 wallets", "NW-00000000"},
			[]string{"ID_KEY"},
		},
		{
			"another ENCRYPTION_KEY, before the first wallet",
			map[string]string{"ENCRYPTION_KEY": first},
			nil,
			map[string]string{"ENCRYPTION_KEY": second},
			// No wallet tells whether it is this key or an ID_KEY that is missing.
			[]string{"another ENCRYPTION_KEY", "if an ID_KEY was set at that start, it is missing now"},
			nil,
		},
		{
			"another ENCRYPTION_KEY beside the right ID_KEY",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": second, "ID_KEY": named},
			[]string{"ENCRYPTION_KEY"},
			[]string{"ID_KEY"},
		},
		{
			"both keys are others",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": second, "ID_KEY": third},
			[]string{"ENCRYPTION_KEY", "another ID_KEY"},
			nil,
		},
		{
			"another ID_KEY",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": third},
			[]string{"another ID_KEY", "Set ID_KEY"},
			[]string{"ENCRYPTION_KEY"},
		},
		{
			"an ID_KEY that was not there at first",
			map[string]string{"ENCRYPTION_KEY": first},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": third},
			[]string{"another ID_KEY", "Unset ID_KEY"},
			nil,
		},
		{
			"a new ID_KEY that was never made known",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": third, "ID_KEY_OLD": named},
			[]string{"another ID_KEY", "First start every instance with the two values exchanged"},
			[]string{"ENCRYPTION_KEY"},
		},
		{
			"two keys, and the database's is a third one",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{first},
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": third, "ID_KEY_OLD": second},
			[]string{"another ID_KEY", "neither ID_KEY nor ID_KEY_OLD"},
			[]string{"ENCRYPTION_KEY"},
		},
		{
			"the old one beside the new one",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{first, second},
			map[string]string{"ENCRYPTION_KEY": second, "ENCRYPTION_KEY_OLD": first, "ID_KEY": named},
			nil, nil,
		},
		{
			"the old one taken out too early",
			map[string]string{"ENCRYPTION_KEY": first, "ID_KEY": named},
			[]string{second, first, second},
			map[string]string{"ENCRYPTION_KEY": second, "ID_KEY": named},
			[]string{"ENCRYPTION_KEY_OLD", "2 of the 3 wallets", "NW-00000001"},
			[]string{"ID_KEY"},
		},
		{
			"the old one taken out, and it named the actions",
			map[string]string{"ENCRYPTION_KEY": first},
			[]string{second},
			map[string]string{"ENCRYPTION_KEY": second},
			[]string{"ENCRYPTION_KEY opens all wallets", "set ID_KEY"},
			nil,
		},
		{
			"another key file",
			map[string]string{},
			[]string{"of the file"},
			map[string]string{"": third},
			[]string{"ENCRYPTION_KEY is not set", service.KeyFile, "0 of the 1 wallets"},
			[]string{"ID_KEY"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			keysFit(t, c.start, c.sealed, c.then, c.want, c.never)
		})
	}
	t.Run("on Postgres", func(t *testing.T) {
		t.Chdir(t.TempDir())
		url := servers.Database(t)
		keysFit(t, map[string]string{"DATABASE_URL": url, "ENCRYPTION_KEY": first, "ID_KEY": named}, []string{first},
			map[string]string{"DATABASE_URL": url, "ENCRYPTION_KEY": second, "ID_KEY": named},
			[]string{"ENCRYPTION_KEY", "0 of the 1 wallets"}, []string{"ID_KEY"})
	})
}

// The identity key changes in three steps. Each start needs the step before, and the
// doctor says how long the old key is needed.
func TestIdentityKeyChanges(t *testing.T) {
	const seal, before, after = "the key of the wallets, 4711", "the names until today", "the names from today on"
	t.Chdir(t.TempDir())
	for _, step := range []struct {
		name, key, old string
		want           int
		note           string // of the doctor
	}{
		{"one key", before, "", exitFine, ""},
		{"the new key without the step before", after, before, exitMisuse, ""},
		{"the new key is made known", before, after, exitFine, ""},
		{"it names", after, before, exitFine, "ID_KEY_OLD is needed until"},
		{"an instance of the step before", before, after, exitFine, "ID_KEY_OLD is needed until"},
		{"it names again", after, before, exitFine, "ID_KEY_OLD is needed until"},
		{"an instance that was forgotten", before, "", exitMisuse, ""},
		{"the old key is removed early", after, "", exitFine, "ID_KEY_OLD is not set"},
	} {
		environment(t, map[string]string{"ENCRYPTION_KEY": seal, "ID_KEY": step.key, "ID_KEY_OLD": step.old})
		if step.want == exitMisuse {
			says(t, exitMisuse, "serve", "--port", "0")
			continue
		}
		if s := serve(t); s.stop() != exitFine {
			t.Fatalf("%s: the start failed: %s", step.name, s.log)
		}
		if got := examined(t, exitFine)["identities"].Found; !strings.Contains(got, step.note) || (got == "") != (step.note == "") {
			t.Errorf("%s: the doctor says %q, want %q", step.name, got, step.note)
		}
	}
}

// keysFit starts a service, seals a wallet with each key, and tries another start.
func keysFit(t *testing.T, start map[string]string, sealed []string, then map[string]string, want, never []string) {
	t.Helper()
	environment(t, start)
	if s := serve(t); s.stop() != exitFine {
		t.Fatalf("the first start failed: %s", s.log)
	}
	for n, key := range sealed {
		if key == "of the file" {
			made, err := os.ReadFile(service.KeyFile)
			if err != nil {
				t.Fatal(err)
			}
			key = strings.TrimSpace(string(made))
		}
		sealOne(t, start["DATABASE_URL"], key, n)
	}
	environment(t, then)
	if key, other := then[""]; other {
		if err := os.WriteFile(service.KeyFile, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(want) == 0 {
		if s := serve(t); s.stop() != exitFine {
			t.Errorf("it does not start: %s", s.log)
		}
		examined(t, exitFine)
		return
	}
	refused := map[string]string{
		"serve":  says(t, exitMisuse, "serve", "--port", "0"),
		"doctor": examined(t, exitDiagnostics)["keys"].Found,
	}
	for who, got := range refused {
		for _, words := range want {
			if !strings.Contains(got, words) {
				t.Errorf("%s lacks %q:\n%s", who, words, got)
			}
		}
		for _, words := range never {
			if strings.Contains(got, words) {
				t.Errorf("%s speaks of %q:\n%s", who, words, got)
			}
		}
		for _, key := range then {
			if strings.Contains(got, key) {
				t.Errorf("%s shows a setting:\n%s", who, got)
			}
		}
	}
}

// environment sets the keys and the database, and unsets those that are not given.
func environment(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range []string{"DATABASE_URL", "ENCRYPTION_KEY", "ENCRYPTION_KEY_OLD", "ID_KEY", "ID_KEY_OLD"} {
		t.Setenv(name, env[name])
	}
}

// sealOne adds an account whose wallet the key seals.
func sealOne(t *testing.T, url, key string, n int) {
	t.Helper()
	var db store.Store
	var err error
	if url == "" {
		db, err = sqlite.Open(t.Context(), sqlite.Config{Path: service.DefaultDatabase})
	} else {
		db, err = postgres.Open(t.Context(), postgres.Config{URL: url})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := register(t.Context(), db, sealerOf(t, key), n, 1); err != nil {
		t.Fatal(err)
	}
}

// A row that no key could ever have sealed keeps nobody waiting: the service starts
// and says so, and the doctor calls it wrong.
func TestADamagedWalletStopsNoStart(t *testing.T) {
	t.Chdir(t.TempDir())
	environment(t, map[string]string{"ENCRYPTION_KEY": oldKey})
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: service.DefaultDatabase})
	if err != nil {
		t.Fatal(err)
	}
	if err := register(t.Context(), db, sealerOf(t, oldKey), 0, 1); err != nil {
		t.Fatal(err)
	}
	list, err := db.SealedWallets(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Reseal(t.Context(), []wallet.Resealed{{Row: list[0].Row, OldToken: list[0].Token, NewToken: list[0].Token[:50]}}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := serve(t)
	if s.stop() != exitFine || !strings.Contains(s.log.String(), "NW-00000000") {
		t.Errorf("the start: %s", s.log)
	}
	expect(t, examined(t, exitDiagnostics), "keys", service.StateWrong, "NW-00000000")
}
