package engine

import (
	"context"
	"fmt"
)

// Look reads a session as it stands between two callbacks, with its program,
// and moves nothing: for dial scripts and the studio. Secrets are not in it.
// The error says why there is none to see.
func (r *Runner) Look(ctx context.Context, req Request) (*Program, Session, error) {
	t := &turn{Runner: r, req: req}
	stored, err := t.load(ctx, sessionKey(req.Session))
	if err != nil {
		return nil, Session{}, fmt.Errorf("sessions can't be read: %w", err)
	}
	if stored == nil {
		return nil, Session{}, fmt.Errorf("there is no record of session %s", req.Session)
	}
	rec, err := parseRecord(stored)
	if err != nil {
		return nil, Session{}, err
	}
	p, err := r.Programs.Find(ctx, rec.Program)
	if err != nil {
		return nil, Session{}, err
	}
	s, err := p.decode(rec, req)
	return p, s, err
}
