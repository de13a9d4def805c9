package dialscript

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// A clock is the time of one call. Only the script and slow actions move it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A logBuffer collects the log of the service.
type logBuffer struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}

// An inProcessTarget plays one call in this process.
type inProcessTarget struct {
	runner  *runner.Runner
	catalog *runner.Catalog
	// programs are in service; Publish replaces them together.
	programs []*engine.Program
	records  Records
	actions  *fakeActions
	clock    *clock
	log      logBuffer
	left     left

	watching sync.Mutex
	happened []Event
}

var (
	_ SeesMessages = (*inProcessTarget)(nil)
	_ SeesActions  = (*inProcessTarget)(nil)
	_ SeesValues   = (*inProcessTarget)(nil)
	_ SeesSession  = (*inProcessTarget)(nil)
	_ SeesLog      = (*inProcessTarget)(nil)
	_ SeesEvents   = (*inProcessTarget)(nil)
	_ Waits        = (*inProcessTarget)(nil)
	_ HangsUpOn    = (*inProcessTarget)(nil)
	_ Forgets      = (*inProcessTarget)(nil)
	_ Publishes    = (*inProcessTarget)(nil)
	_ io.Closer    = (*inProcessTarget)(nil)
)

// Type implements Target.
func (l *inProcessTarget) Type(ctx context.Context, cb Callback) (Screen, error) {
	began := l.clock.Now()
	l.remind()
	reply := l.runner.Handle(ctx, cb.Request())
	l.shown(cb, &reply)
	s := Screen{
		Text: reply.Text, End: reply.End, Name: reply.Screen, Program: reply.Program,
		Took: l.clock.Now().Sub(began),
	}
	if reply.Fault != nil {
		s.Fault = reply.Fault.Error()
	}
	if failed := l.actions.failed(); failed != "" {
		s.Fault = failed
	}
	if missing := l.actions.missing(); missing != "" {
		s.Fault = missing
	}
	if p, ok := l.runner.Programs.ByHash(reply.Program); ok {
		if screen, ok := p.Screen(reply.Screen); ok {
			s.Pos = screen.Pos
		}
	}
	return s, nil
}

// Messages implements SeesMessages.
func (l *inProcessTarget) Messages() []Message { return l.actions.sent() }

// Runs implements SeesActions.
func (l *inProcessTarget) Runs() []ActionRun { return l.actions.ran() }

// HasAction implements SeesActions.
func (l *inProcessTarget) HasAction(name string) bool { return l.actions.contracts[name] != nil }

// Value implements SeesValues.
func (l *inProcessTarget) Value(ctx context.Context, cb Callback, name string) (engine.Value, bool, error) {
	p, s, err := l.runner.Look(ctx, cb.Request())
	if err != nil {
		return engine.Value{}, false, err
	}
	base, field, dotted := strings.Cut(name, ".")
	known := false
	def := p.Definition()
	for _, v := range append(engine.BuiltinVars(def.Languages), def.Vars...) {
		has := func(f engine.Field) bool { return f.Name == field }
		known = known || v.Name == base && (!dotted || slices.ContainsFunc(v.Type.Fields, has))
	}
	v := p.Value(&s, base)
	if dotted {
		v = v.Field(field)
	}
	return v, known, nil
}

// Values implements SeesSession.
func (l *inProcessTarget) Values(ctx context.Context, cb Callback) ([]engine.Named, error) {
	p, s, err := l.runner.Look(ctx, cb.Request())
	if err != nil {
		return nil, err
	}
	var list []engine.Named
	def := p.Definition()
	for _, v := range append(engine.BuiltinVars(def.Languages), def.Vars...) {
		if value := p.Value(&s, v.Name); value.IsSet() && value.Kind() != engine.KindSecret {
			list = append(list, engine.Named{Name: v.Name, Value: value})
		}
	}
	return list, nil
}

// Log implements SeesLog.
func (l *inProcessTarget) Log() string { return l.log.String() }

// watch records the moves of the engine.
func (l *inProcessTarget) watch(p *engine.Program, moves []engine.Move) {
	l.watching.Lock()
	defer l.watching.Unlock()
	for _, m := range moves {
		l.happened = append(l.happened, EventOf(p, m))
	}
}

// Events implements SeesEvents.
func (l *inProcessTarget) Events() []Event {
	l.watching.Lock()
	defer l.watching.Unlock()
	events := l.happened
	l.happened = nil
	return events
}

// Wait implements Waits.
func (l *inProcessTarget) Wait(_ context.Context, d time.Duration) error {
	l.clock.pass(d)
	l.remind()
	return nil
}

// Forget implements Forgets.
func (l *inProcessTarget) Forget() { l.records.Forget() }

// Publish implements Publishes: it serves the same screens under another hash.
func (l *inProcessTarget) Publish() error {
	for i, p := range l.programs {
		def := *p.Definition()
		def.Source = append(slices.Clone(def.Source), "\n# published again"...)
		next, err := relinked(def)
		if err != nil {
			return err
		}
		if err := l.catalog.Put(next); err != nil {
			return err
		}
		l.programs[i] = next
	}
	return nil
}

// Close releases what the real actions hold.
func (l *inProcessTarget) Close() error {
	if l.actions.real == nil {
		return nil
	}
	return l.actions.real.Close()
}
