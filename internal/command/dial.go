package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store/memory"
)

type dialCmd struct {
	Menu  string `arg:"" optional:"" help:"Menu file (default: the menu of ./menus that has the code, or the first one; the embedded one without a folder)."`
	Code  string `help:"Code to dial, deep dials included (default: the menu's own)." placeholder:"CODE"`
	Phone string `default:"0712345678" help:"Number of the caller."`
	Lang  string `help:"Language the call begins in." placeholder:"CODE"`
	Clock string `help:"Day, or day and time, of the call (default: now)." placeholder:"\"2026-03-01 09:00\""`
	Plain bool   `help:"Print lines instead of a drawn phone, as in a pipe."`
}

func (dialCmd) Help() string {
	return `Calls a menu on an empty database in memory. Nothing is stored, and SMS are shown
instead of sent. On a terminal it draws a phone: type what the caller types; ←
goes one screen back, Tab changes the language, Ctrl-R saves the call as a dial
script. In a pipe, or with --plain, each line is an answer.

Example:
  printf '1\n0711000111\n' | paytrace dial`
}

// Run makes one or more calls.
func (v dialCmd) Run(ctx context.Context, std streams) error {
	caller, ok := msisdn.Parse(v.Phone)
	if !ok {
		caller, ok = msisdn.Written(v.Phone)
	}
	if !ok {
		return misuse{fmt.Errorf("--phone: found %q, expected a phone number as 0712345678 or +256712345678", v.Phone)}
	}
	clock, err := newDialClock(v.Clock, time.Now)
	if err != nil {
		return misuse{err}
	}
	box, err := std.own.NewSandbox(ctx, clock.now, nil)
	if err != nil {
		return err
	}
	defer box.Close()
	program, err := v.program(box.Actions.Contracts(), std)
	if err != nil {
		return err
	}
	clock.in(program.Zone())
	catalog, err := runner.NewCatalog(program)
	if err != nil {
		return err
	}
	catalog.AnswerUnknown(os.Getenv(defaultMenu))
	people, err := v.people(std)
	if err != nil {
		return err
	}
	code := program.Codes()[0].Dial
	if v.Code != "" {
		code = engine.DialledCode(v.Code)
	}
	if p, _ := catalog.ForCode(code); p == nil || code == "" {
		return misuse{fmt.Errorf("--code: found %q, expected a code of the menu %s: %s", v.Code, program.Name(), codesOf(program))}
	}
	if _, err := languageOf(program, v.Lang); err != nil {
		return err
	}
	if !v.Plain && drawable(std) {
		return v.draw(ctx, callSetup{std.own, program, box.Actions.Contracts(), people, caller, code, clock.wall()}, std)
	}
	unbuilt := service.Unbuilt(program, box.Actions.Contracts())
	actions := &toldActions{Actions: dialscript.FakeActions(&registeredActions{box.Actions, box}, program, unbuilt, people)}
	p := &phone{
		runner: &runner.Runner{
			Sessions: memory.NewSessions(clock.now), Programs: catalog, Actions: actions,
			Identity: runner.NewIdentity(box.Identity), TTL: runner.DefaultTTL, Now: clock.now,
		},
		actions: actions,
		program: program, box: box, typed: typedLines(ctx, std.in), out: std.out,
		caller: caller, code: code, person: isTerminal(std.in),
	}
	return p.use(ctx)
}

// program compiles the menu that is dialled: the one named, the one that answers the
// code, or the first of the default folder.
func (v dialCmd) program(built []engine.Contract, std streams) (*engine.Program, error) {
	folder, name, err := oneMenu(std.own, v.Menu)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		return nil, err
	}
	if v.Menu == "" && v.Code != "" {
		if name, err = dialledMenu(folder, name, v.Code, contracts); err != nil {
			return nil, err
		}
	}
	return compileOne(folder, name, contracts, v.Lang, std.err)
}

// dialledMenu returns the menu of a folder that answers a code: the first if it does, or
// if menus of the folder contradict each other or can't be played.
func dialledMenu(folder *service.Folder, first, code string, contracts []engine.Contract) (string, error) {
	names, err := folder.Menus()
	if err != nil {
		return "", err
	}
	var programs []*engine.Program
	var codes []string
	file := map[*engine.Program]string{}
	for _, name := range names {
		if p := menu.BuildDraft(folder.FS, name, folder.Dir, contracts, menu.Options{}).Program; p != nil {
			programs, codes, file[p] = append(programs, p), append(codes, codesOf(p)), name
		}
	}
	catalog, err := runner.NewCatalog(programs...)
	if err != nil || len(programs) < len(names) && !slices.ContainsFunc(programs, func(p *engine.Program) bool { return p.Answers(code) }) {
		return first, nil //nolint:nilerr // what is wrong with it is said where it is compiled
	}
	catalog.AnswerUnknown(os.Getenv(defaultMenu))
	p, _ := catalog.ForCode(code)
	if p == nil {
		return "", misuse{fmt.Errorf("--code: found %q, expected a code of %s: %s", code, folder.Shown, strings.Join(codes, ", "))}
	}
	return file[p], nil
}

// toldActions remembers why actions failed: the screen for a failure does not say so.
type toldActions struct {
	runner.Actions
	mu   sync.Mutex
	why  []string
	said map[string]bool // the failures that were remembered, by the action's ID
}

// Act implements runner.Actions.
func (a *toldActions) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	out, err := a.Actions.Act(ctx, call, at)
	a.remember(call, err)
	return out, err
}

// Read implements runner.Actions.
func (a *toldActions) Read(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	out, err := a.Actions.Read(ctx, call)
	a.remember(call, err)
	return out, err
}

func (a *toldActions) remember(call engine.Call, err error) {
	why := dialscript.Failure(call, err)
	a.mu.Lock()
	defer a.mu.Unlock()
	if why == "" || a.said[call.ID] {
		return
	}
	if a.said == nil {
		a.said = map[string]bool{}
	}
	a.said[call.ID] = true
	a.why = append(a.why, why)
}

// failures returns what failed since the last time.
func (a *toldActions) failures() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	why := a.why
	a.why = nil
	return why
}

// codesOf lists the codes that a menu answers.
func codesOf(p *engine.Program) string {
	var list []string
	for _, c := range p.Codes() {
		list = append(list, c.Dial)
	}
	return strings.Join(list, ", ")
}

// people reads the people.yaml of the menu's folder. It has the answers of actions
// that are only declared.
func (v dialCmd) people(std streams) (*engine.Personas, error) {
	folder, _, err := oneMenu(std.own, v.Menu)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return peopleOf(std.own, folder, std.err)
}

// phone makes calls line by line.
type phone struct {
	runner  *runner.Runner
	actions *toldActions
	program *engine.Program
	box     *service.Sandbox
	typed   <-chan string // what is typed, a line each
	out     io.Writer
	caller  string
	code    string
	person  bool // a person types, and needs prompts
	calls   int
	seen    int // messages shown
}

// use makes calls until the input ends. After a call, a line that begins with *
// dials another code, and any other line dials the same one again.
func (p *phone) use(ctx context.Context) error {
	for {
		if err := p.call(ctx); err != nil {
			return err
		}
		if p.person && ctx.Err() == nil {
			fmt.Fprintf(p.out, "\nThe call is over. Enter dials %s again, Ctrl-D leaves.\n", p.code)
		}
		line, ok := <-p.typed
		if !ok {
			return nil
		}
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "*") {
			p.code = line
		}
	}
}

func (p *phone) call(ctx context.Context) error {
	p.calls++
	fmt.Fprintf(p.out, "%s dials %s\n", msisdn.National(p.caller), p.code)
	req := engine.Request{
		Provider: "dial", Session: fmt.Sprintf("dial-%d", p.calls), Caller: p.caller, Service: p.code, Network: "99999",
	}
	for first := true; ; first = false {
		reply := p.runner.Handle(ctx, req)
		drawScreen(p.out, dialscript.Screen{Name: reply.Screen, Text: reply.Text, End: reply.End}, p.program.Definition().Limits)
		if err := p.messages(ctx); err != nil {
			return err
		}
		failures := p.actions.failures()
		for _, why := range failures {
			fmt.Fprintln(p.out, "fault:", why)
		}
		if reply.Fault != nil && len(failures) == 0 {
			fmt.Fprintln(p.out, "fault:", reply.Fault)
		}
		if reply.End {
			return nil
		}
		if p.person {
			fmt.Fprint(p.out, "> ")
		}
		line, ok := <-p.typed
		if !ok {
			return nil
		}
		if !p.person {
			fmt.Fprintln(p.out, ">", line)
		}
		if !first {
			req.Text += "*"
		}
		req.Text += line
	}
}

// messages shows the SMS since the last screen.
func (p *phone) messages(ctx context.Context) error {
	list, err := p.box.Store.Messages(ctx, plentyOfMessages)
	if err != nil {
		return err
	}
	for i := len(list) - p.seen - 1; i >= 0; i-- {
		fmt.Fprintf(p.out, "SMS to %s: %s\n", msisdn.National(list[i].To), list[i].Text)
	}
	p.seen = len(list)
	return nil
}
