package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/engine/spelling"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store"
)

type keysAPICmd struct {
	Create keysAPICreateCmd `cmd:"" aliases:"make,new" help:"Make a key. It is shown once."`
	List   keysAPIListCmd   `cmd:"" help:"List the keys by ID, without their secrets."`
	Revoke keysAPIRevokeCmd `cmd:"" help:"Revoke keys, at once and for ever."`
}

func (keysAPICmd) Help() string {
	return `Works on the same database as "serve": the file paytrace.db here, or DATABASE_URL.
Requests to /api/v1 carry a key in the header "Authorization: Bearer KEY".

Example:
  paytrace keys api list`
}

type keysAPICreateCmd struct {
	Name    string        `required:"" help:"What the key is for." placeholder:"NAME"`
	Scopes  []string      `required:"" help:"What it may do: register, lookup, confirm, vouch; with commas between them. See --help." placeholder:"SCOPE,…"`
	Expires time.Duration `default:"8760h" help:"How long it is valid, as 2160h for 90 days (default: a year)." placeholder:"TIME"`
	JSON    bool          `name:"json" help:"Print JSON."`
}

func (keysAPICreateCmd) Help() string {
	return `Standard output has the key and nothing else. The key is stored nowhere, only its
hash.

  register  make accounts; a number in a request is a claim, so they are unverified
  lookup    find an account's Worker ID by number
  confirm   have one-time codes sent, and confirm numbers with them
  vouch     with register: accounts are verified at once. Only for a service that
            has proved by itself that the number belongs to its user.

Example:
  paytrace keys api create --name "web app" --scopes register,lookup`
}

// maxKeyLife is ten years: a key that lasts longer is one that nobody will remember.
const maxKeyLife = 10 * 365 * 24 * time.Hour

// maxKeyName lets a name fit in one line of a list.
const maxKeyName = 60

// Run makes a key.
func (v keysAPICreateCmd) Run(ctx context.Context, std streams) error {
	if err := v.check(); err != nil {
		return misuse{err}
	}
	now := time.Now()
	key, kept, err := rest.NewKey(rand.Reader, v.Name, v.Scopes, now, now.Add(v.Expires))
	if err != nil {
		return err
	}
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		made := act{"keys api create", kept.ID, fmt.Sprintf("%s: %s", kept.Name, strings.Join(kept.Scopes, ","))}
		if err := audited(ctx, db, made, func() error { return db.AddAPIKey(ctx, kept) }); err != nil {
			return err
		}
		if v.JSON {
			return json.NewEncoder(std.out).Encode(struct {
				Key string `json:"key"`
				apiKeyJSON
			}{key.Reveal(), apiKeyFor(kept)})
		}
		fmt.Fprintln(std.out, key.Reveal())
		_, err := fmt.Fprintf(std.err, "The key %s may: %s. It is shown only now; store it like a password.\n",
			kept.ID, strings.Join(kept.Scopes, ", "))
		return err
	})
}

func (v keysAPICreateCmd) check() error {
	if strings.TrimSpace(v.Name) == "" || len(v.Name) > maxKeyName || strings.ContainsFunc(v.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("--name: found %d characters, expected one line of 1 to %d", len(v.Name), maxKeyName)
	}
	if v.Expires <= 0 || v.Expires > maxKeyLife {
		return fmt.Errorf("--expires: found %s, expected more than 0 and at most %s, as 2160h for 90 days", v.Expires, maxKeyLife)
	}
	for _, scope := range v.Scopes {
		if slices.Contains(rest.Scopes(), scope) {
			continue
		}
		if near, ok := spelling.Suggest(scope, rest.Scopes()); ok {
			return fmt.Errorf("--scopes: there is no scope %q; did you mean %q?", scope, near)
		}
		return fmt.Errorf("--scopes: there is no scope %q; the scopes are %s", scope, strings.Join(rest.Scopes(), ", "))
	}
	return nil
}

// apiKeyJSON is the form of a key for programs.
type apiKeyJSON struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
	// UsedAfterEnd says that somebody showed the key after it was revoked or had
	// expired.
	UsedAfterEnd bool `json:"used_after_end,omitempty"`
}

func apiKeyFor(k store.APIKey) apiKeyJSON {
	set := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return apiKeyJSON{k.ID, k.Name, k.Scopes, k.CreatedAt, set(k.ExpiresAt), set(k.RevokedAt), set(k.UsedAt), k.UsedAfterEnd()}
}

type keysAPIListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

func (keysAPIListCmd) Help() string { return "Example:\n  paytrace keys api list" }

// Run lists the keys.
func (v keysAPIListCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		list, err := db.ListAPIKeys(ctx)
		if err != nil {
			return err
		}
		if v.JSON {
			out := make([]apiKeyJSON, 0, len(list))
			for _, k := range list {
				out = append(out, apiKeyFor(k))
			}
			return json.NewEncoder(std.out).Encode(out)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(std.out, named(std.own, "No keys yet. Make one with: paytrace keys api create --name NAME --scopes register,lookup"))
			return err
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tSCOPES\tSTATE\tLAST USED")
		now := time.Now()
		for _, k := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(k.Scopes, ","), keyState(k, now), keyUsed(k))
		}
		return w.Flush()
	})
}

func keyState(k store.APIKey, now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked " + k.RevokedAt.Local().Format(time.DateOnly)
	case k.ExpiresAt.IsZero():
		return "valid"
	case now.Before(k.ExpiresAt):
		return "valid until " + k.ExpiresAt.Local().Format(time.DateOnly)
	}
	return "expired " + k.ExpiresAt.Local().Format(time.DateOnly)
}

func keyUsed(k store.APIKey) string {
	if k.UsedAt.IsZero() {
		return "never"
	}
	used := k.UsedAt.Local().Format("2006-01-02 15:04")
	if k.UsedAfterEnd() {
		used += ", after its end"
	}
	return used
}

type keysAPIRevokeCmd struct {
	IDs []string `arg:"" name:"id" help:"IDs of the keys, as in the list."`
}

func (keysAPIRevokeCmd) Help() string {
	return `The next request with the key is refused. A revoked key can't be used again; make
another one. "keys api list" and "doctor" say when somebody still shows it.

Example:
  paytrace keys api revoke "$(paytrace keys api create --name trial --scopes lookup | cut -d_ -f2)"`
}

// Run revokes keys.
func (v keysAPIRevokeCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		for _, id := range v.IDs {
			err := audited(ctx, db, act{what: "keys api revoke", subject: shownID(id)}, func() error { return db.RevokeAPIKey(ctx, id, time.Now()) })
			if errors.Is(err, store.ErrNotFound) {
				return misuse{fmt.Errorf("there is no key %q; see: paytrace keys api list", shownID(id))}
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(std.out, "key %s is revoked\n", id)
		}
		return nil
	})
}

// shownID hides the secret of a whole key that was given in place of its ID.
func shownID(id string) string {
	if prefix, _, found := strings.Cut(strings.TrimPrefix(id, "pt_"), "_"); found {
		return prefix + "_…"
	}
	return id
}
