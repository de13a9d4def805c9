package service

import (
	"context"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

func TestMPesaSettings(t *testing.T) {
	right := map[string]string{
		"MPESA_CONSUMER_KEY": "key", "MPESA_CONSUMER_SECRET": "hunter2", "MPESA_SHORTCODE": "600321", "PUBLIC_URL": "https://pay.example.org",
		"MPESA_INITIATOR": "api", "MPESA_CREDENTIAL": "hunter3",
	}
	for name, c := range map[string]struct {
		change map[string]string
		want   string
	}{
		"all right":               {nil, ""},
		"no short code":           {map[string]string{"MPESA_SHORTCODE": ""}, "MPESA_SHORTCODE is not"},
		"no address":              {map[string]string{"PUBLIC_URL": ""}, "PUBLIC_URL is not"},
		"a forbidden word":        {map[string]string{"PUBLIC_URL": "https://M-Pesa.example.org"}, `found "m-pesa" in it`},
		"a tunnel":                {map[string]string{"PUBLIC_URL": "https://x1.ngrok.io"}, "found a host of ngrok"},
		"live without encryption": {map[string]string{"PUBLIC_URL": "http://pay.example.org", "MPESA_BASE_URL": mpesa.Live}, "https only"},
		"two credentials":         {map[string]string{"MPESA_INITIATOR_PASSWORD": "hunter4", "MPESA_CERTIFICATE": "x.pem"}, "instead of both"},
		"no credential":           {map[string]string{"MPESA_CREDENTIAL": ""}, "MPESA_INITIATOR is set"},
		"a bad password":          {map[string]string{"MPESA_INITIATOR_PASSWORD": "hunter2!"}, "# & % $"},
		"a bad day":               {map[string]string{"MPESA_PASSWORD_SET": "1.3.2026"}, "expected a day"},
		"a bad source":            {map[string]string{"MPESA_SOURCES": "safaricom"}, "MPESA_SOURCES: found"},
	} {
		_, err := ReadSettings(func(name string) string {
			if value, is := c.change[name]; is {
				return value
			}
			return right[name]
		})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: the error has a secret: %v", name, err)
		}
	}
}

// The doctor knows when the password of the operator ends.
func TestDoctorKnowsThePassword(t *testing.T) {
	set := time.Date(2026, 3, 1, 0, 0, 0, 0, mpesa.Nairobi)
	m := MPesa{Initiator: "api", Credential: secret.New("x"), PasswordSet: set}
	for days, want := range map[int]State{0: StateOK, 75: StateOK, 77: StateWarning, 89: StateWarning, 90: StateWrong, 400: StateWrong} {
		if got := m.checkOperator(set.AddDate(0, 0, days))[0]; got.State != want {
			t.Errorf("after %d days: %+v, expected %s", days, got, want)
		}
	}
	m.PasswordSet = time.Time{}
	if got := m.checkOperator(set)[0]; got.State != StateWarning {
		t.Errorf("without a day: %+v", got)
	}
}

// The doctor tells that payouts are stopped, and why.
func TestDoctorTellsTheStop(t *testing.T) {
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if c := checkStop(t.Context(), db); c.State != StateOK {
		t.Errorf("before: %+v", c)
	}
	at := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	if err := desk.WriteStop(t.Context(), db, desk.Stop{At: at, Code: "2001", Reason: "the password is wrong"}); err != nil {
		t.Fatal(err)
	}
	if c := checkStop(t.Context(), db); c.State != StateWarning || !strings.Contains(c.Found, "2001 the password is wrong") {
		t.Errorf("stopped: %+v", c)
	}
	if err := db.SetSetting(t.Context(), "payouts_stopped", "{"); err != nil {
		t.Fatal(err)
	}
	if c := checkStop(t.Context(), db); c.State != StateWrong {
		t.Errorf("not readable: %+v", c)
	}
}

// The access token lies sealed in the database; another app, and another key, do not
// read it.
func TestTokensAreSealed(t *testing.T) {
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, now := context.Background(), time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	keyOf := func(letter byte) []byte { return []byte(strings.Repeat(string(letter), 32)) }
	kept := func(key byte, app string, others ...byte) *tokens {
		var more [][]byte
		for _, other := range others {
			more = append(more, keyOf(other))
		}
		one, err := newTokens(db, MPesa{ConsumerKey: app}, keyOf(key), more...)
		if err != nil {
			t.Fatal(err)
		}
		return one
	}
	a := kept('a', "app")
	if leased, err := a.Lease(ctx, "", "me", now, now.Add(time.Minute)); err != nil || !leased {
		t.Fatalf("%t, %v", leased, err)
	}
	if saved, err := a.Save(ctx, "me", mpesa.Token{ID: "1", Value: secret.New("canary-token"), ExpiresAt: now.Add(time.Hour)}); err != nil || !saved {
		t.Fatalf("%t, %v", saved, err)
	}
	stored, err := db.SharedValue(ctx, a.name)
	if err != nil || stored.Value == "" || strings.Contains(stored.Value, "canary") {
		t.Errorf("stored %+v, %v", stored, err)
	}
	for _, c := range []struct {
		tokens *tokens
		value  string
		id     string
	}{
		{a, "canary-token", "1"},
		{kept('b', "app"), "", "1"},
		{kept('b', "app", 'a'), "canary-token", "1"}, // while the key changes, instances seal with both
		{kept('a', "other"), "", ""},
	} {
		if got, err := c.tokens.Load(ctx); err != nil || got.Value.Reveal() != c.value || got.ID != c.id {
			t.Errorf("loaded %q, %q, %v, expected %q, %q", got.ID, got.Value.Reveal(), err, c.id, c.value)
		}
	}
}

// While ID_KEY changes in its three steps, each instance knows the addresses that an
// instance one step before or behind it has given to Safaricom. An address of a key that
// is not set any more is not known.
func TestAddressesWhileTheKeyChanges(t *testing.T) {
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	settings := Settings{MPesa: MPesa{PublicURL: "https://pay.example.org", ConsumerKey: "key", ConsumerSecret: secret.New("hunter2"), ShortCode: "600321", BaseURL: mpesa.Sandbox}}
	key := func(text string) []byte {
		key, err := wallet.IdentityKey(text)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	steps := []wallet.IdentityKeys{
		{Key: key("old")}, {Key: key("old"), Other: key("new")}, {Key: key("new"), Other: key("old")}, {Key: key("new")},
	}
	var all []mpesa.Addresses
	for _, keys := range steps {
		_, addresses, err := NewMPesa(settings, db, keys)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, addresses)
	}
	for made, from := range all {
		push := strings.Split(from.In("D1", "token"), "/")
		confirm := strings.Split(from.Confirm(), "/")
		for step, to := range all {
			want := made < 2 && step < 3 || made >= 2 && step > 0
			token, ok := to.Open(mpesa.RouteIn, "D1", push[len(push)-1])
			if ok != want || ok && token != "token" {
				t.Errorf("an address of step %d for a push is known in step %d: %t, token %q", made, step, ok, token)
			}
			if _, ok := to.Open(mpesa.RouteConfirm, "", confirm[len(confirm)-2]); ok != want {
				t.Errorf("the registered address of step %d is known in step %d: %t", made, step, ok)
			}
		}
	}
}

// Where M-Pesa is set up, the wallet's menu is served, and nothing is said of its
// declarations. Elsewhere it waits for its actions.
func TestTheWalletIsServed(t *testing.T) {
	for _, on := range []bool{true, false} {
		set := map[string]string{
			"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "wallet.db"), "ENCRYPTION_KEY": "a key for tests of the wallet, not for use",
		}
		if on {
			maps.Copy(set, map[string]string{
				"MPESA_CONSUMER_KEY": "key", "MPESA_CONSUMER_SECRET": "hunter2", "MPESA_SHORTCODE": "600321", "PUBLIC_URL": "https://pay.example.org",
			})
		}
		settings, err := ReadSettings(func(name string) string { return set[name] })
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		s, err := New(t.Context(), Options{Settings: settings, Menus: ShippedFolder(), Diagnostics: &said, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatalf("%v\n%s", err, said.String())
		}
		served := false
		for _, c := range s.Choices() {
			served = served || c.What == "menus" && strings.Contains(c.Which, "wallet (*384*8482#")
		}
		if served != on || said.Len() > 0 {
			t.Errorf("M-Pesa is set up: %t; the wallet is served: %t; said:\n%s", on, served, said.String())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
