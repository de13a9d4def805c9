package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

type doctorCmd struct {
	Menus   string        `help:"Folder of menus, as for serve." placeholder:"DIR"`
	Timeout time.Duration `default:"5s" help:"How long one question may take."`
	JSON    bool          `name:"json" help:"As JSON."`
}

func (doctorCmd) Help() string {
	return `Looks at everything "serve" needs with the same settings, changes nothing, and
says what is wrong and how to mend it: settings, database and its version, Redis
and what it evicts, clocks, keys and whether they open the wallets, menus,
Horizon, SMS. No secret is shown.

Ends with status 0 when nothing is wrong, also with warnings, else with 1.

Example:
  paytrace doctor`
}

// state is how one thing stands.
type state string

const (
	stateOK      state = "ok"
	stateWarning state = "warning" // calls are answered, and something should be looked at
	stateWrong   state = "wrong"
	stateSkipped state = "skipped" // could not be asked
)

// finding is what was found of one thing.
type finding struct {
	Name  string `json:"name"`
	State state  `json:"state"`
	Found string `json:"found"`
	Mend  string `json:"mend,omitempty"`
}

type doctorReport struct {
	OK     bool      `json:"ok"`
	Checks []finding `json:"checks"`
}

// Run looks at everything at once, and tells in a fixed order.
func (v doctorCmd) Run(ctx context.Context, std streams) error {
	c, err := environment()
	hide := redacting(c)
	if err != nil {
		return v.tell([]finding{{"settings", stateWrong, err.Error(), "correct them; .env.example says what each may be"}}, hide, std.out)
	}
	d := &doctor{config: c, menus: v.Menus, timeout: v.Timeout}
	checks := []func(context.Context) []finding{d.settings, d.database, d.redis, d.loadMenus, d.horizon, d.sms}
	found := make([][]finding, len(checks))
	var all sync.WaitGroup
	for i, check := range checks {
		all.Go(func() {
			// A check bounds its questions itself; this is for what can't be.
			ctx, cancel := context.WithTimeout(ctx, questions*v.Timeout)
			defer cancel()
			found[i] = check(ctx)
		})
	}
	all.Wait()
	var list []finding
	for _, f := range found {
		list = append(list, f...)
	}
	return v.tell(list, hide, std.out)
}

// questions is the most that one check asks, one after the other.
const questions = 4

// redacting takes every secret of the settings out of a text. What the
// libraries say holds none; this is for the day one does.
func redacting(c Config) *strings.Replacer {
	var pairs []string
	hide := func(text string) {
		if text != "" {
			pairs = append(pairs, text, secret.Redacted)
		}
	}
	for _, s := range []secret.Text{c.EncryptionKey, c.IDKey, c.StellarFunding, c.ATAPIKey, c.USSDAPIKey, c.USSDPathSecret} {
		hide(s.Reveal())
	}
	for _, key := range slices.Concat(c.EncryptionOld, c.USSDAPIKeyOld, c.USSDPathOld) {
		hide(key)
	}
	for _, address := range append(strings.Split(c.RedisURL.Reveal(), ","), c.DatabaseURL.Reveal()) {
		if u, err := url.Parse(address); err == nil && u.User != nil {
			password, _ := u.User.Password()
			hide(password)
			hide(url.QueryEscape(password))
		}
	}
	return strings.NewReplacer(pairs...)
}

func (v doctorCmd) tell(list []finding, hide *strings.Replacer, out io.Writer) error {
	report := doctorReport{OK: true, Checks: list}
	for i := range list {
		list[i].Found, list[i].Mend = hide.Replace(list[i].Found), hide.Replace(list[i].Mend)
		report.OK = report.OK && list[i].State != stateWrong
	}
	var err error
	if v.JSON {
		err = json.NewEncoder(out).Encode(report)
	} else {
		err = report.print(out)
	}
	if err == nil && !report.OK {
		return outcome{exitFindings}
	}
	return err
}

func (r doctorReport) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	count := map[state]int{}
	for _, f := range r.Checks {
		count[f.State]++
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.State, f.Name, indented(f.Found))
		if f.Mend != "" {
			fmt.Fprintf(w, "\t\tmend: %s\n", indented(f.Mend))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%d wrong, %d warnings\n", count[stateWrong], count[stateWarning])
	return err
}

// indented keeps a text of several lines in its column.
func indented(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t\t") }

// doctor asks what the settings name.
type doctor struct {
	config  Config
	menus   string
	timeout time.Duration
}

func ok(name, format string, args ...any) finding {
	return finding{Name: name, State: stateOK, Found: fmt.Sprintf(format, args...)}
}

// asking bounds one question.
func (d *doctor) asking(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.timeout)
}

// settings are looked at by themselves.
func (d *doctor) settings(context.Context) []finding {
	c := d.config
	list := []finding{ok("settings", "read")}
	if !c.USSDAPIKey.IsSet() && !c.USSDPathSecret.IsSet() {
		list = append(list, finding{
			"door", stateWarning, "/ussd is open: whoever finds the address can call in anybody's name",
			"set USSD_PATH_SECRET, and give the gateway the address /ussd/ and behind it the secret",
		})
	}
	if _, file := sqliteFile(c.DatabaseURL.Reveal()); !file && !c.RedisURL.IsSet() {
		list = append(list, finding{
			"sessions", stateWarning, "in the memory of each instance, so all callbacks of a call must go to one",
			"set REDIS_URL if there is more than one instance",
		})
	}
	if len(c.EncryptionOld) > 0 {
		list = append(list, finding{
			"rotation", stateWarning, fmt.Sprintf("%s still accepted in ENCRYPTION_KEY_OLD", counted(len(c.EncryptionOld), "older key is", "older keys are")),
			"when \"paytrace keys rewrap\" says that no older key is needed, take them out",
		})
	}
	for _, door := range []struct {
		name string
		old  []string
	}{{"USSD_API_KEY_OLD", c.USSDAPIKeyOld}, {"USSD_PATH_SECRET_OLD", c.USSDPathOld}} {
		if n := len(door.old); n > 0 {
			list = append(list, finding{
				"rotation", stateWarning, fmt.Sprintf("%s still accepted in %s", counted(n, "older key is", "older keys are"), door.name),
				"when the gateway has the new one everywhere, take them out",
			})
		}
	}
	return list
}

// Skews of clocks. Transactions on Stellar are valid for a minute or two, and
// what has a time in the database is written by many instances.
const (
	skewWarning = 2 * time.Second
	skewWrong   = 30 * time.Second
)

// clock compares a server's clock with this machine's, between which the answer
// travelled.
func clock(name string, theirs, asked, answered time.Time) finding {
	skew := max(asked.Sub(theirs), theirs.Sub(answered), 0).Round(time.Millisecond)
	f := finding{Name: name + " clock", State: stateOK, Found: "as this machine's"}
	if skew > skewWarning {
		f.State, f.Found = stateWarning, fmt.Sprintf("differs by %s from this machine's", skew)
		f.Mend = "run a time service (chrony, systemd-timesyncd) on both machines"
	}
	if skew > skewWrong {
		f.State = stateWrong
	}
	return f
}

// wrong is what an error makes of a check.
func wrong(name string, err error, mend string) finding {
	return finding{name, stateWrong, err.Error(), cmp.Or(mend, "see what it says")}
}
