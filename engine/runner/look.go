package runner

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/engine"
)

// Look returns a session between two callbacks and its program, for dial scripts
// and the studio. It changes nothing, and the session holds no secrets. It fails
// if there is no readable record of the session or no such program.
func (r *Runner) Look(ctx context.Context, req engine.Request) (*engine.Program, engine.Session, error) {
	t := &turn{Runner: r, req: req, tracing: ctx}
	stored, err := t.load(ctx, SessionKey(req.Session))
	if err != nil {
		return nil, engine.Session{}, fmt.Errorf("sessions can't be read: %w", err)
	}
	if stored == nil {
		return nil, engine.Session{}, fmt.Errorf("there is no record of session %s", req.Session)
	}
	rec, err := engine.ParseRecord(stored)
	if err != nil {
		return nil, engine.Session{}, err
	}
	p, err := r.Programs.Find(ctx, rec.Program)
	if err != nil {
		return nil, engine.Session{}, err
	}
	s, err := p.Decode(rec, req)
	return p, s, err
}
