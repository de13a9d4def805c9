package service

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/endpoint"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service/tracing"
)

// A Backend has the actions of a folder that a team's own service answers over HTTP.
type Backend struct {
	Targets []backend.Target
	// Base is the address below which the check of signatures is answered; nil for none.
	Base *url.URL

	hosts []string // of addresses that are settings
}

// NewBackend finds the addresses of declared actions. The error, a UsageError, names
// each setting that is missing or wrong.
func NewBackend(declared syntax.Declared, s Settings) (*Backend, error) {
	b := &Backend{}
	for _, post := range declared.Posts {
		to, err := b.resolve(post.To, s)
		if err != nil {
			return nil, usagef("%s: the address of %s: %w", post.Pos, post.Action, err)
		}
		i := slices.IndexFunc(declared.Contracts, func(c engine.Contract) bool { return c.Name == post.Action })
		b.Targets = append(b.Targets, backend.Target{Contract: declared.Contracts[i], To: to})
	}
	if len(b.Targets) > 0 && declared.ServeAt != (endpoint.Template{}) {
		base, err := b.resolve(declared.ServeAt, s)
		if err != nil {
			return nil, usagef("serve_at: %w", err)
		}
		b.Base = base
	}
	return b, nil
}

// NewBackendAt finds declared actions at another address: they keep their paths below
// it. Requests may go there.
func NewBackendAt(declared syntax.Declared, address string) (*Backend, error) {
	base, err := endpoint.Parse(address)
	if err != nil {
		return nil, usagef("found the address %q: %w", address, err)
	}
	b := &Backend{Base: base, hosts: []string{base.Host}}
	for _, one := range Served(declared) {
		path := one.To.Rest
		if one.To.Setting == declared.ServeAt.Setting {
			path = strings.TrimPrefix(path, strings.TrimSuffix(declared.ServeAt.Rest, "/"))
		}
		if u, err := url.Parse(path); err == nil {
			path = u.Path // without the host of a whole address
		}
		b.Targets = append(b.Targets, backend.Target{Contract: one.Contract, To: base.JoinPath(path)})
	}
	return b, nil
}

// resolve returns an address, and lets requests go there if a setting names it: whoever
// writes a menu can't send callers' data to a host of their choice.
func (b *Backend) resolve(t endpoint.Template, s Settings) (*url.URL, error) {
	lookup := s.Lookup
	if lookup == nil {
		lookup = func(string) string { return "" }
	}
	u, err := t.Resolve(lookup)
	if err != nil {
		return nil, err
	}
	if t.Setting != "" && !slices.Contains(b.hosts, u.Host) {
		b.hosts = append(b.hosts, u.Host)
	}
	return u, nil
}

// Client returns the client that asks the backend, by the settings.
func (b *Backend) Client(s Settings, now func() time.Time) *backend.Client {
	hosts := s.ActionsHosts
	if len(hosts) == 0 {
		hosts = b.hosts
	}
	return backend.New(backend.Config{Keys: s.ActionsKeys, Hosts: hosts, Now: now, Parent: tracing.Parent})
}

// Check reports what keeps the client from asking the backend at all: a host that is not
// allowed, or a key that is missing.
func (b *Backend) Check(client *backend.Client) error {
	for _, t := range b.Targets {
		if err := client.Allowed(t.To); err != nil {
			return usagef("the action %s: %w", t.Contract.Name, err)
		}
	}
	return nil
}

// Served returns the actions that backends answer, as actions.yaml has them.
func Served(declared syntax.Declared) []backend.Served {
	var list []backend.Served
	for _, c := range declared.Contracts {
		for _, post := range declared.Posts {
			if post.Action == c.Name {
				list = append(list, backend.Served{Contract: c, To: post.To})
			}
		}
	}
	return list
}

// PostedTo says where a declared action is answered, for a person.
func PostedTo(declared syntax.Declared, action string) string {
	for _, post := range declared.Posts {
		if post.Action == action {
			return fmt.Sprintf("answered over HTTP at %s", post.To)
		}
	}
	return "only declared: no menu that uses it can be served yet"
}
