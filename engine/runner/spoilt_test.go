package runner_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// stored is a session store with one record.
type stored []byte

func (s stored) Load(context.Context, string) ([]byte, error) { return s, nil }
func (s stored) Save(context.Context, string, string, []byte, time.Duration) ([]byte, bool, error) {
	return nil, true, nil
}
func (stored) Latest(context.Context, string) (string, error)                 { return "", nil }
func (stored) SetLatest(context.Context, string, string, time.Duration) error { return nil }

// A record that this program can't have written ends the call or counts as
// missing.
func TestSpoiltRecords(t *testing.T) {
	l := newLine(t, paytrace(), func(context.Context, engine.Call) (engine.Outcome, error) {
		return engine.Outcome{Name: "created"}, nil
	})
	p, _ := l.r.Programs.ForCode(l.req.Service)
	for _, b := range []string{
		"x", `{"v":1,"h":"h","lang":"en","step":"main","m":"` + p.Hash() + `","at":-1}`,
		`{"v":1,"h":"h","lang":"en","step":"nowhere","m":"` + p.Hash() + `"}`, `{"v":1,"h":"h","lang":"en","step":"main","m":"another"}`,
		`{"v":9223372036854775807,"h":"h","lang":"en","step":"main","m":"` + p.Hash() + `","n":[9223372036854775807,9223372036854775807]}`,
	} {
		l.r.Sessions = stored(b)
		reply := l.r.Handle(context.Background(), l.req)
		if reply.Text == "" || reply.Fault != nil && strings.Contains(reply.Fault.Error(), "panic") {
			t.Errorf("%s: %q, %v", b, reply.Text, reply.Fault)
		}
	}
}

var _ runner.Sessions = stored(nil)
