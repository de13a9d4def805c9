package service

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
)

// backend checks each backend that answers actions over HTTP, if actions.yaml names one:
// its address, whether it works, and whether it checks signatures. It runs no action.
func (d *Doctor) backend(ctx context.Context) []Check {
	const name = "backend"
	folder, err := d.Program.OpenFolder(d.Menus)
	if err != nil {
		return nil // the check of the menus says it
	}
	defer folder.Close()
	declared, err := folder.Declared(io.Discard)
	if err != nil || len(declared.Posts) == 0 {
		return nil // as above, or no action is asked over HTTP
	}
	b, err := NewBackend(declared, d.Settings)
	if err != nil {
		return []Check{wrong(name, err, "")}
	}
	client := b.Client(d.Settings, time.Now)
	defer client.CloseIdle()
	if err := b.Check(client); err != nil {
		return []Check{wrong(name, err, "")}
	}
	var list []Check
	for _, base := range b.bases() {
		list = append(list, d.backendAt(ctx, client, b, base))
	}
	return list
}

// backendAt asks one host whether it works and checks signatures.
func (d *Doctor) backendAt(ctx context.Context, client *backend.Client, b *Backend, base *url.URL) Check {
	const name = "backend"
	ctx, cancel := d.asking(ctx)
	defer cancel()
	for _, lesson := range (&backend.Verifier{Client: client, Base: base}).Signature(ctx) {
		if lesson.Learn == "" {
			continue
		}
		c := wrong(name, fmt.Errorf("%s: %s: %s", base.Host, lesson.Case, lesson.Learn), "paytrace actions verify says more; docs/actions.md describes what a backend answers")
		if lesson.Spare {
			c.State = StateWarning
		}
		return c
	}
	return ok(name, "%s answers%s, for %d actions", base.Host, signed(d.Settings), b.actionsOn(base.Host))
}

// bases returns an address for each host that is asked: that of serve_at, and the root of
// every other one.
func (b *Backend) bases() []*url.URL {
	var list []*url.URL
	add := func(u *url.URL) {
		if !slices.ContainsFunc(list, func(other *url.URL) bool { return other.Host == u.Host }) {
			list = append(list, u)
		}
	}
	if b.Base != nil && b.actionsOn(b.Base.Host) > 0 {
		add(b.Base)
	}
	for _, t := range b.Targets {
		add(&url.URL{Scheme: t.To.Scheme, Host: t.To.Host})
	}
	return list
}

func (b *Backend) actionsOn(host string) (n int) {
	for _, t := range b.Targets {
		if t.To.Host == host {
			n++
		}
	}
	return n
}

func signed(s Settings) string {
	if len(s.ActionsKeys) == 0 {
		return ", without signatures: ACTIONS_KEY is not set"
	}
	return " and checks signatures"
}
