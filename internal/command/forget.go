package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/redis"
)

type forgetCmd struct {
	Phone  string `arg:"" help:"The number, as 0712345678 or +254712345678." placeholder:"PHONE"`
	Yes    bool   `help:"Do not ask."`
	DryRun bool   `help:"Only list what would be removed."`
	JSON   bool   `name:"json" help:"Print JSON; needs --yes or --dry-run."`
}

func (forgetCmd) Help() string {
	return `Removes what is stored about a person under a phone number: the number and the
name of the account, remembered values, messages, one-time codes, counts of
limits and guesses, states and notes of calls, questions to backends whose outcome
nobody knows yet, and the records of calls in Redis.
The account's Worker ID and wallet stay: other books refer to them, and the wallet
may hold money. The audit log stores who ran this and when, without the number.
It cannot be undone.

Example:
  paytrace forget 0711000111 --dry-run`
}

// stays lists what is not removed, and why.
var stays = []struct{ What, Why string }{
	{"Worker ID, wallet address and sealed secret", "other books refer to them, and the wallet may hold money"},
	{"results of actions, and that a call has acted", "they are stored under keyed hashes that identify no person, and keep a repeated callback from acting twice"},
	{"the log of this program", "it has only masked numbers; remove it where you store it"},
	{"backups of the database, and the archived WAL of Postgres", "those made before still hold everything"},
	{"free space in the files of Postgres", "it holds removed rows until Postgres reuses it; a SQLite file is erased at once"},
}

// Run forgets a person.
func (v forgetCmd) Run(ctx context.Context, std streams) error {
	phone, err := phoneOf(v.Phone)
	if err != nil {
		return err
	}
	if v.JSON && !v.Yes && !v.DryRun {
		return misuse{errors.New("--json can't ask; add --yes or --dry-run")}
	}
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		return v.on(ctx, db, settings, phone, std)
	})
}

func (v forgetCmd) on(ctx context.Context, db store.Store, c service.Settings, phone string, std streams) error {
	found, err := db.Forget(ctx, phone, actor(), time.Now(), true)
	if err != nil {
		return err
	}
	if v.DryRun || found.Any() && !v.JSON {
		if err := v.print(found, phone, false, nil, std.out); err != nil || v.DryRun {
			return err
		}
	}
	if found.Any() && !v.Yes && !agreed(std) {
		fmt.Fprintln(std.out, "Nothing was removed.")
		return outcome{exitDiagnostics}
	}
	// If nothing is stored, an instance may still have notes on the last second in
	// memory. They are not stored after this.
	//
	// done names the records in Redis: the notes that had the names are gone then.
	done, err := db.Forget(ctx, phone, actor(), time.Now(), false)
	if err != nil {
		return errors.Join(err, act{what: "forget"}.record(ctx, db, err))
	}
	problem := forgetSessions(ctx, db, c, phone, done.Sessions)
	if problem != nil {
		problem = errors.Join(problem, act{what: "forget", subject: strings.Join(done.Workers, " "), detail: "records of calls in Redis"}.record(ctx, db, problem))
	}
	if err := v.print(done, phone, true, problem, std.out); err != nil {
		return err
	}
	if problem != nil {
		return outcome{exitDiagnostics}
	}
	return nil
}

func agreed(std streams) bool {
	fmt.Fprint(std.out, "Remove all this? It cannot be undone. Type yes to go on: ")
	line, _ := bufio.NewReader(std.in).ReadString('\n')
	fmt.Fprintln(std.out)
	return strings.TrimSpace(line) == "yes"
}

// forgetSessions removes the records of the person's calls from Redis. Records in
// the memory of an instance expire by themselves.
func forgetSessions(ctx context.Context, db store.Store, c service.Settings, phone string, sessions []string) error {
	if !c.RedisURL.IsSet() {
		return nil
	}
	key, _, err := service.ExistingKey(c)
	if err != nil {
		return fmt.Errorf("records of calls in Redis stay until they expire, because the keys that serve has are missing here: %w", err)
	}
	identity, err := service.Identity(ctx, db, c, key)
	if err != nil {
		return err
	}
	records, err := redis.Open(ctx, redis.Config{URL: c.RedisURL})
	if err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	ids := make([]string, len(sessions))
	for i, session := range sessions {
		ids[i] = runner.SessionKey(session)
	}
	var tags []string
	for _, name := range append(service.GatewayNames(), c.Gateways...) {
		request := engine.Request{Provider: name, Caller: phone}
		tags = append(tags, identity.Caller(&request))
		if other, ok := identity.Other(); ok {
			tags = append(tags, other.Caller(&request))
		}
	}
	_, err = records.Forget(ctx, ids, tags)
	if err != nil {
		err = fmt.Errorf("records of calls in Redis stay until they expire after %s: %w", c.SessionTTL, err)
	}
	return errors.Join(err, records.Close())
}

type forgetJSON struct {
	Number   string         `json:"number"`
	Done     bool           `json:"done"`
	Accounts []string       `json:"accounts"`
	Removed  map[string]int `json:"removed"`
	Problem  string         `json:"problem,omitempty"`
}

func (v forgetCmd) print(f store.Forgotten, phone string, done bool, problem error, out io.Writer) error {
	if v.JSON {
		report := forgetJSON{msisdn.Mask(phone), done, append([]string{}, f.Workers...), f.Removed, ""}
		if problem != nil {
			report.Problem = problem.Error()
		}
		return json.NewEncoder(out).Encode(report)
	}
	switch {
	case !f.Any():
		fmt.Fprintf(out, "Nothing is stored under %s.\n", msisdn.Mask(phone))
		if problem != nil {
			fmt.Fprintln(out, "Not removed:", problem)
		}
		return nil
	case done:
		fmt.Fprintf(out, "Forgotten: %s. The audit log says that %s did it.\n", msisdn.Mask(phone), actor())
		if problem != nil {
			fmt.Fprintln(out, "Not removed:", problem)
		}
		return nil
	}
	fmt.Fprintf(out, "To be removed, under %s:\n", msisdn.Mask(phone))
	for _, id := range f.Workers {
		fmt.Fprintf(out, "  number and name of the account %s\n", id)
	}
	for _, what := range slices.Sorted(maps.Keys(f.Removed)) {
		if n := f.Removed[what]; n > 0 {
			fmt.Fprintf(out, "  %d %s\n", n, what)
		}
	}
	fmt.Fprintln(out, "What stays:")
	for _, s := range stays {
		fmt.Fprintf(out, "  %s: %s\n", s.What, s.Why)
	}
	return nil
}
