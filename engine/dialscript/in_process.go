package dialscript

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// Records stores session records and can lose them all.
type Records interface {
	runner.Sessions
	Forget()
}

// Registered holds the registered actions, on an empty store of their own.
type Registered interface {
	runner.Actions
	// Do runs an action that belongs to no call.
	Do(ctx context.Context, call engine.Call) (engine.Outcome, error)
	// Messages returns the messages that wait to be sent, in order.
	Messages() []Message
	Close() error
}

// An InProcess opens targets for menus in this process: the engine's own Runner,
// with new records, clock and actions for each call. It sees everything. Menus
// and NewRecords are required.
type InProcess struct {
	// Menus has the programs in service; the first is the default.
	Menus []*engine.Program
	// NewRecords makes an empty store on a clock.
	NewRecords func(now func() time.Time) Records
	// NewReal makes the actions of "(real actions)"; nil if there are none.
	NewReal func(ctx context.Context, now func() time.Time) (Registered, error)
	// Unbuilt names the actions that are only declared. Real actions lack them, so
	// they fail unless the scene has an answer.
	Unbuilt []string
	// DefaultMenu names the menu that answers codes of no menu; "" for what the menus say.
	DefaultMenu string

	mu     sync.Mutex
	spoken map[spoken][]*engine.Program

	once  sync.Once
	known known
}

// known holds what all calls to the same menus share.
type known struct {
	zone      *time.Location
	err       error
	contracts map[string]*engine.Contract
	// vars has the types of values by menu, as Call.Service names it: menus of one folder
	// may have values of one name and different types.
	vars map[string]map[string]engine.Type
}

// inProcessKey is the identity key of calls in process. Nothing outlives them,
// so it need not be secret, and every run gives the same names.
var inProcessKey = make([]byte, runner.KeySize)

// Open implements Opener.
func (l *InProcess) Open(ctx context.Context, scene Scene) (Target, error) {
	programs, err := l.menus(spoken{scene.Lang(), scene.Begins})
	if err == nil && scene.Screen != "" {
		programs, err = beginning(programs, &scene)
	}
	if err != nil {
		return nil, err
	}
	catalog, err := runner.NewCatalog(programs...)
	if err != nil {
		return nil, err
	}
	catalog.AnswerUnknown(l.DefaultMenu)
	l.once.Do(func() {
		l.known.contracts, l.known.vars = Contracts(l.Menus), l.vars()
		l.known.zone, l.known.err = l.zone()
	})
	if l.known.err != nil {
		return nil, l.known.err
	}
	c := scene.Clock
	line := &inProcessTarget{catalog: catalog, programs: slices.Clone(programs), clock: &clock{now: time.Date(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), 0, 0, l.known.zone)}}
	line.records = l.NewRecords(line.clock.Now)
	if line.actions, err = l.fakes(ctx, scene, line.clock); err != nil {
		return nil, err
	}
	line.runner = &runner.Runner{
		Sessions: line.records, Programs: catalog, Actions: line.actions,
		Identity: runner.NewIdentity(inProcessKey), TTL: runner.DefaultTTL, Now: line.clock.Now,
		Log: slog.New(slog.NewTextHandler(&line.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime})),
	}
	line.runner.Watch = line.watch
	return line, nil
}

// withoutTime removes the time of day from the log: its digits could look like a
// PIN, and they differ from run to run.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

// zone returns the time zone of the default menu, whose days are the callers'
// days.
func (l *InProcess) zone() (*time.Location, error) {
	if len(l.Menus) == 0 {
		return nil, errors.New("there is no menu to call")
	}
	name := l.Menus[0].Definition().Session.Timezone
	if name == "" {
		name = "Africa/Nairobi"
	}
	return time.LoadLocation(name)
}

// spoken holds the language remembered for a caller, and the one that the menus
// begin in.
type spoken struct{ remembered, begins string }

// menus returns the menus of a caller. A menu that remembers no language begins
// in the caller's.
func (l *InProcess) menus(lang spoken) ([]*engine.Program, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if programs := l.spoken[lang]; programs != nil {
		return programs, nil
	}
	var programs []*engine.Program
	for _, p := range l.Menus {
		in, err := lang.menu(p)
		if err != nil {
			return nil, err
		}
		programs = append(programs, in)
	}
	if l.spoken == nil {
		l.spoken = map[spoken][]*engine.Program{}
	}
	l.spoken[lang] = programs
	return programs, nil
}

// InLanguage returns a menu for a caller with a remembered language: a menu that
// remembers none begins in it.
func InLanguage(p *engine.Program, lang string) (*engine.Program, error) {
	return spoken{remembered: lang}.menu(p)
}

func (s spoken) menu(p *engine.Program) (*engine.Program, error) {
	def := *p.Definition()
	lang := s.begins
	if lang == "" && !slices.Contains(def.Remember, "lang") {
		lang = s.remembered
	}
	has := slices.ContainsFunc(def.Languages, func(l engine.Language) bool { return l.Code == lang })
	if !has || def.Default == lang {
		return p, nil
	}
	def.Default = lang
	return relinked(def)
}

// relinked links a changed definition again. Linking fills in defaults, so the
// copy gets screens of its own.
func relinked(def engine.Definition) (*engine.Program, error) {
	def.Screens = slices.Clone(def.Screens)
	for i := range def.Screens {
		if ask := def.Screens[i].Ask; ask != nil {
			own := *ask
			def.Screens[i].Ask = &own
		}
	}
	return engine.New(def)
}

// Contracts returns the contracts that menus were compiled against, by action.
func Contracts(menus []*engine.Program) map[string]*engine.Contract {
	all := map[string]*engine.Contract{}
	for _, p := range menus {
		def := p.Definition()
		for i := range def.Contracts {
			all[def.Contracts[i].Name] = &def.Contracts[i]
		}
	}
	return all
}

func (l *InProcess) fakes(ctx context.Context, scene Scene, clock *clock) (*fakeActions, error) {
	a := &fakeActions{scene: scene, clock: clock, contracts: l.known.contracts, vars: l.known.vars, done: map[string]*run{}, turn: map[string]int{}, rows: runner.NewMemoryRows()}
	if err := a.prepare(); err != nil {
		return nil, err
	}
	if !scene.Real {
		return a, nil
	}
	if l.NewReal == nil {
		return nil, fmt.Errorf("%w: it has no real actions", ErrCannotSet)
	}
	a.unfit = map[string]error{}
	for _, action := range l.Unbuilt {
		if len(a.answers[action]) == 0 {
			a.unfit[action] = a.unanswered(action)
		}
	}
	real, err := l.NewReal(ctx, clock.Now)
	if err != nil {
		return nil, fmt.Errorf("real actions: %w", err)
	}
	a.real = real
	return a, nil
}

// vars returns the types of values that may be remembered, by menu and name.
func (l *InProcess) vars() map[string]map[string]engine.Type {
	types := map[string]map[string]engine.Type{}
	for _, p := range l.Menus {
		def, own := p.Definition(), map[string]engine.Type{}
		for _, v := range append(engine.BuiltinVars(def.Languages), def.Vars...) {
			own[v.Name] = v.Type
		}
		types[def.Codes[0].Dial] = own
	}
	return types
}
