package actions

import (
	"encoding/json"
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// result is an outcome as the action log stores it.
type result struct {
	Name   string         `json:"o,omitempty"`
	Values []engine.Named `json:"v,omitempty"`
	// Limited marks a refusal: the caller did this too often.
	Limited bool `json:"limited,omitempty"`
	// Fingerprint lets a stored result be checked alone.
	Fingerprint []byte `json:"f"`
}

func (r result) outcome() (engine.Outcome, error) {
	if r.Limited {
		return engine.Outcome{}, engine.ErrLimited
	}
	return engine.Outcome{Name: r.Name, Values: r.Values}, nil
}

func parseResult(b, fp []byte) (r result, err error) {
	if err := json.Unmarshal(b, &r); err != nil {
		return result{}, fmt.Errorf("read the stored result: %w", err)
	}
	if string(r.Fingerprint) != string(fp) {
		return result{}, store.ErrMismatch
	}
	return r, nil
}
