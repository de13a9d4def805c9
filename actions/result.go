package actions

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// fingerprint hashes an action's name and arguments, to recognise an ID that is
// used for something else. Secrets are left out: a hash of four digits hides
// nothing. The names of facts are left out too, because they may differ between
// two versions of a menu.
func fingerprint(call engine.Call) ([]byte, error) {
	args := make([]any, 0, len(call.Args)+len(call.Remember))
	for _, v := range call.Args {
		if v.Kind() == engine.KindSecret {
			args = append(args, "secret")
			continue
		}
		args = append(args, v)
	}
	for _, n := range call.Remember {
		args = append(args, n)
	}
	if call.Secrets != "" {
		args = append(args, call.Secrets)
	}
	b, err := json.Marshal(append([]any{call.Action}, args...))
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// result is an outcome as the action log stores it.
type result struct {
	Name   string         `json:"o,omitempty"`
	Values []engine.Named `json:"v,omitempty"`
	// Limited marks a refusal: the caller did this too often.
	Limited bool `json:"limited,omitempty"`
	// Fenced marks a fence: the call did not run and never will.
	Fenced bool `json:"withdrawn,omitempty"`
	// Shown is engine.Call.Shown of the call that set the fence.
	Shown string `json:"shown,omitempty"`
	// Day is engine.Call.Day.
	Day engine.Date `json:"day,omitempty"`
	// Fingerprint lets a stored result be checked alone.
	Fingerprint []byte `json:"f"`

	// joined is engine.Outcome.Joined of the run that made the result.
	joined bool
}

func (r result) outcome() (engine.Outcome, error) {
	switch {
	case r.Limited:
		return engine.Outcome{}, engine.ErrLimited
	case r.Fenced:
		return engine.Outcome{}, &engine.Fenced{Shown: r.Shown}
	}
	return engine.Outcome{Name: r.Name, Values: r.Values, Joined: r.joined, Day: r.Day}, nil
}

func parseResult(b, fp []byte) (r result, err error) {
	if err := json.Unmarshal(b, &r); err != nil {
		return result{}, fmt.Errorf("read the stored result: %w", err)
	}
	if !r.Fenced && string(r.Fingerprint) != string(fp) {
		return result{}, store.ErrMismatch
	}
	return r, nil
}
