package service

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

// State says how one thing stands.
type State string

// What a Check may find.
const (
	StateOK      State = "ok"
	StateWarning State = "warning" // calls are answered, and something should be looked at
	StateWrong   State = "wrong"
	StateSkipped State = "skipped" // could not be checked
)

// A Check says what was found of one thing and how to fix it.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Found string `json:"found"`
	Fix   string `json:"mend,omitempty"`
}

// A Doctor checks everything that a service needs with these settings. It
// shows no secret, and changes nothing but the mode of files that others can read.
type Doctor struct {
	Settings Settings
	// Program is the one that serves.
	Program Program
	// Menus names the folder of menus, as for OpenFolder.
	Menus string
	// Timeout bounds one question.
	Timeout time.Duration
}

// questions is the most that one check asks, one after the other.
const questions = 4

// Examine checks everything at once, and returns the checks in a fixed order.
func (d *Doctor) Examine(ctx context.Context) []Check {
	examine := []func(context.Context) []Check{d.settings, d.database, d.redis, d.menus, d.backend, d.horizon, d.sms, d.mpesa}
	found := make([][]Check, len(examine))
	var all sync.WaitGroup
	for i, check := range examine {
		all.Go(func() {
			// A check bounds its questions itself; this is for what can't be.
			ctx, cancel := context.WithTimeout(ctx, questions*d.Timeout)
			defer cancel()
			found[i] = check(ctx)
		})
	}
	all.Wait()
	return d.redacted(slices.Concat(found...))
}

// Unreadable returns the only check of settings that could not be read.
func (d *Doctor) Unreadable(err error) []Check {
	return d.redacted([]Check{{"settings", StateWrong, err.Error(), "correct them; .env.example says what each may be"}})
}

// redacted takes every secret of the settings out of the checks. What the
// libraries say holds none; this is for the day one does.
func (d *Doctor) redacted(list []Check) []Check {
	s := d.Settings
	var pairs []string
	hide := func(text string) {
		if text != "" {
			pairs = append(pairs, text, secret.Redacted)
		}
	}
	for _, s := range []secret.Text{s.EncryptionKey, s.IDKey, s.IDKeyOld, s.StellarFunding, s.ATAPIKey, s.USSDAPIKey, s.USSDPathSecret, s.MPesa.ConsumerSecret, s.MPesa.Passkey, s.MPesa.Password, s.MPesa.Credential} {
		hide(s.Reveal())
	}
	for _, key := range slices.Concat(s.EncryptionOld, s.USSDAPIKeyOld, s.USSDPathOld) {
		hide(key)
	}
	for _, line := range s.GatewaySecrets {
		_, value, _ := strings.Cut(line.Reveal(), " ")
		hide(value)
	}
	for _, address := range append(strings.Split(s.RedisURL.Reveal(), ","), s.DatabaseURL.Reveal()) {
		if u, err := url.Parse(address); err == nil && u.User != nil {
			password, _ := u.User.Password()
			hide(password)
			hide(url.QueryEscape(password))
		}
	}
	redact := strings.NewReplacer(pairs...)
	for i := range list {
		list[i].Found, list[i].Fix = redact.Replace(list[i].Found), redact.Replace(list[i].Fix)
	}
	return list
}

func ok(name, format string, args ...any) Check {
	return Check{Name: name, State: StateOK, Found: fmt.Sprintf(format, args...)}
}

func wrong(name string, err error, fix string) Check {
	return Check{name, StateWrong, err.Error(), cmp.Or(fix, "do what the message says")}
}

// asking bounds one question.
func (d *Doctor) asking(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.Timeout)
}

// settings checks what needs no other machine.
func (d *Doctor) settings(context.Context) []Check {
	s := d.Settings
	list := []Check{ok("settings", "read")}
	if s.Open() {
		found := "/ussd is open, and only this machine reaches it"
		if s.reachable() {
			found = "/ussd is open: whoever finds the address can call in anybody's name"
		}
		list = append(list, Check{
			"door", StateWarning, found,
			"set USSD_PATH_SECRET, and give the gateway the address /ussd/ followed by the secret",
		})
	}
	for _, p := range s.plaintexts() {
		list = append(list, Check{"encryption", StateWarning, fmt.Sprintf("%s: the connection to %s is not encrypted", p.name, p.to), p.fix})
	}
	if _, embedded := s.SQLiteFile(); !embedded && !s.RedisURL.IsSet() {
		list = append(list, Check{
			"sessions", StateWarning, "in the memory of each instance, so all callbacks of a call must go to one",
			"set REDIS_URL if there is more than one instance",
		})
	}
	for _, old := range []struct {
		name string
		keys []string
		fix  string
	}{
		{"ENCRYPTION_KEY_OLD", s.EncryptionOld, "take them out when \"paytrace keys rewrap\" says that no older key is needed"},
		{"USSD_API_KEY_OLD", s.USSDAPIKeyOld, "take them out when the gateway has the new one everywhere"},
		{"ACTIONS_KEY_OLD", make([]string, max(len(s.ActionsKeys)-1, 0)), "take it out when the backend has the new key everywhere"},
		{"USSD_PATH_SECRET_OLD", s.USSDPathOld, "take them out when the gateway has the new one everywhere"},
	} {
		if n := len(old.keys); n > 0 {
			list = append(list, Check{"rotation", StateWarning, fmt.Sprintf("older keys still accepted in %s: %d", old.name, n), old.fix})
		}
	}
	return list
}

// Skews of clocks. Transactions on Stellar are valid for a minute or two, and
// many instances write times into the database.
const (
	skewWarning = 2 * time.Second
	skewWrong   = 30 * time.Second
)

// clock compares a server's clock with this machine's. theirs was read between
// asked and answered.
func clock(name string, theirs, asked, answered time.Time) Check {
	skew := max(asked.Sub(theirs), theirs.Sub(answered), 0).Round(time.Millisecond)
	c := Check{Name: name + " clock", State: StateOK, Found: "as this machine's"}
	if skew > skewWarning {
		c.State, c.Found = StateWarning, fmt.Sprintf("differs by %s from this machine's", skew)
		c.Fix = "run a time service (chrony, systemd-timesyncd) on both machines"
	}
	if skew > skewWrong {
		c.State = StateWrong
	}
	return c
}
