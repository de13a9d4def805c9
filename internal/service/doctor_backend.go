package service

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// backend checks the backend that answers actions over HTTP, if actions.yaml names one:
// its address, and whether it checks signatures. It runs no action.
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
	if b.Base == nil {
		return []Check{{name, StateSkipped, fmt.Sprintf("not asked: %s has no serve_at, and every other address runs an action", folder.Path(syntax.DeclaredFile)), ""}}
	}
	ctx, cancel := d.asking(ctx)
	defer cancel()
	for _, lesson := range (&backend.Verifier{Client: client, Base: b.Base}).Signature(ctx) {
		if lesson.Learn == "" {
			continue
		}
		c := wrong(name, fmt.Errorf("%s: %s: %s", b.Base.Host, lesson.Case, lesson.Learn), "paytrace actions verify says more; docs/actions.md describes what a backend answers")
		if lesson.Spare {
			c.State = StateWarning
		}
		return []Check{c}
	}
	return []Check{ok(name, "%s answers%s, for %d actions", b.Base.Host, signed(d.Settings), len(b.Targets))}
}

func signed(s Settings) string {
	if len(s.ActionsKeys) == 0 {
		return ", without signatures: ACTIONS_KEY is not set"
	}
	return " and checks signatures"
}
