package dialscript

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// A Player plays calls. It is safe for concurrent use. The zero Player knows no
// service code and takes every dialled code as a whole.
type Player struct {
	// Codes lists the service codes that the gateway knows.
	Codes []string
	// Gateway is the profile of calls that name none.
	Gateway string
	// Limits bound a screen on the phone; zero means DefaultLimits.
	Limits engine.Limits
	// Run keeps the session IDs of one run apart from those of another. A
	// service that remembers sessions needs it; a target in process does not.
	Run string
	// KeepGoing plays on after a screen that differs, to see them all.
	KeepGoing bool
	// Watch keeps the values of the session in Result.Values.
	Watch bool
	// Now gives Result.Took; nil leaves it zero.
	Now func() time.Time
}

// DefaultLimits are Safaricom's, the narrowest of all gateways: 160 characters
// of the GSM 7-bit alphabet, or 70 others.
var DefaultLimits = engine.Limits{Septets: 160, Units: 70}

// DefaultGateway is the profile of the shipped menus.
const DefaultGateway = "africastalking-ke"

// Play plays one call on a new target. It stops at the first step where a check
// fails.
func (p *Player) Play(ctx context.Context, call *Call, scene Scene, line Target) Result {
	return p.playAs(ctx, call, scene, line, nil)
}

// playAs plays a call as written, or, if base is set, the same keys in another
// language; base is the result of the call as written.
func (p *Player) playAs(ctx context.Context, call *Call, scene Scene, line Target, base *Result) Result {
	g := &play{
		Player: p, base: base, ctx: ctx, call: call, scene: scene, target: line,
		captures: Captures{},
		result:   Result{Call: call, Status: Passed, Screens: make([]*Screen, len(call.Steps))},
	}
	began := p.now()
	if call.Broken {
		g.stop("a line of the call can't be read; fix the errors above first")
	}
	g.assume()
	for i := range call.Steps {
		if g.stopped {
			break
		}
		g.at = i
		g.step(&call.Steps[i])
		g.note()
	}
	if line, ok := g.target.(SeesMessages); ok {
		g.result.Messages = line.Messages()
	}
	g.result.Took = p.now().Sub(began)
	g.result.settle()
	return g.result
}

func (p *Player) now() time.Time {
	if p.Now == nil {
		return time.Time{}
	}
	return p.Now()
}

// settle decides the status. A call has not passed if none of its checks could be
// made.
func (r *Result) settle() {
	switch {
	case len(r.Problems) > 0:
		r.Status = Failed
	case r.Why != "":
		r.Status = NotChecked
	case r.Checks == 0 && len(r.Unchecked) > 0:
		r.Status, r.Why = NotChecked, "this target can't see anything that the call checks"
	}
}

// A play is one call while it is played.
type play struct {
	*Player
	ctx    context.Context
	call   *Call
	scene  Scene
	target Target
	base   *Result

	at       int // the step being played
	session  int // number of sessions so far
	open     bool
	dialled  string
	service  string
	inputs   []string
	sent     []Callback // of this session
	program  string     // the menu's version in this session, or "" if unknown
	keys     []string   // of the whole call
	screen   Screen
	captures Captures
	stopped  bool
	result   Result
}

// stop ends a call that can't be played as written.
func (g *play) stop(why string) {
	g.stopped = true
	if g.result.Why == "" {
		g.result.Why = why
	}
}

func (g *play) fail(pos engine.Pos, format string, args ...any) *Problem {
	g.result.Problems = append(g.result.Problems, Problem{
		Pos: pos, Message: fmt.Sprintf(format, args...), Line: -1,
		Keys: append([]string(nil), g.keys...), Screen: g.screen,
	})
	return &g.result.Problems[len(g.result.Problems)-1]
}

// fatal reports a failure and ends the call.
func (g *play) fatal(pos engine.Pos, format string, args ...any) {
	g.fail(pos, format, args...)
	g.stopped = true
}

func (g *play) step(s *Step) {
	before := len(g.result.Problems)
	if !g.trigger(s) {
		return
	}
	shown := g.screen
	g.result.Screens[g.at] = &shown
	g.compare(s)
	for _, d := range s.Directions {
		if g.stopped {
			return
		}
		g.perform(d)
	}
	if len(g.result.Problems) > before && !g.KeepGoing {
		g.stopped = true
	}
}

// assume records which parts of the scene the target assumes.
func (g *play) assume() {
	line, ok := g.target.(Assumes)
	if !ok {
		return
	}
	for _, what := range line.Assumed() {
		g.result.Unchecked = append(g.result.Unchecked, Unchecked{Pos: g.call.Pos, Text: what, Why: "this target can't set it, and assumes it"})
	}
}

// note collects what the last callback caused.
func (g *play) note() {
	if line, ok := g.target.(SeesSession); ok && g.Watch && len(g.sent) > 0 {
		if values, err := line.Values(g.ctx, g.sent[len(g.sent)-1]); err == nil {
			g.result.Values = values // a session that has ended may be deleted already
		}
	}
	line, ok := g.target.(SeesEvents)
	if !ok {
		return
	}
	for _, e := range line.Events() {
		e.Step = g.at
		g.result.Events = append(g.result.Events, e)
	}
}

// fits checks the length of a screen, whether or not the script asks for it.
func (g *play) fits(pos engine.Pos, screen Screen) {
	limits := g.Limits
	if limits.Septets == 0 {
		limits = DefaultLimits
	}
	if gsm7.Fits(screen.Text, limits.Septets, limits.Units) {
		return
	}
	most, kind := limits.Septets, "characters"
	size := gsm7.Measure(screen.Text)
	if size.UCS2 {
		_, r, _ := gsm7.FirstOutside(screen.Text)
		most, kind = limits.Units, fmt.Sprintf("characters, because of %q", r)
	}
	p := g.fail(pos, "the screen is too long: it takes %d, and the phone shows %d %s", size.Units, most, kind)
	p.Shown = Lines(screen.Text)
}

// compare compares the screen with the lines of the step.
func (g *play) compare(s *Step) {
	if g.base != nil {
		g.guess(s)
		g.samePath(s)
		return
	}
	if len(s.Shown) == 0 {
		return
	}
	g.result.Checks++
	shown := Lines(g.screen.Text)
	bad := MatchScreen(s.Shown, shown, g.captures)
	if bad < 0 {
		return
	}
	pos := s.Pos
	if bad < len(s.Shown) {
		pos = s.Shown[bad].Pos
	}
	message := "the screen differs"
	if g.screen.Fault != "" {
		message += ": " + g.screen.Fault
	}
	if len(g.inputs) > 0 && g.inputs[len(g.inputs)-1] == g.keys[len(g.keys)-1] && IsCode(g.keys[len(g.keys)-1]) {
		message += "; the session was still open, so the code was an answer: write (hangs up) above it to dial"
	}
	p := g.fail(pos, "%s", message)
	p.Shown, p.Line = shown, bad
	for _, line := range s.Shown {
		p.Expected = append(p.Expected, line.Display())
	}
}

// Display returns the line as the expected phone shows it.
func (s ScreenLine) Display() string {
	switch {
	case s.Rest:
		return "..."
	case s.Regexp != "":
		return "/" + s.Regexp + "/"
	}
	return s.Text.String()
}

func Lines(text string) []string { return strings.Split(text, "\n") }
