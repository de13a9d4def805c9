package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/internal/command/handset"
	"github.com/paytrace/paytrace/internal/service"
)

// drawable reports whether both ends are a terminal that can be drawn on.
func drawable(std streams) bool {
	out, ok := std.out.(io.Reader)
	term := os.Getenv("TERM")
	return ok && isTerminal(std.in) && isTerminal(out) && term != "" && term != "dumb"
}

// draw makes the call on a drawn phone. The call is a dial script that is played
// from its beginning with every key. Therefore it can go back, show other
// languages, and be saved.
func (v dialCmd) draw(ctx context.Context, c callSetup, std streams) error {
	l := &phonePlayer{own: c.own, program: c.program, people: c.people}
	l.local, l.player = linesTo(c.own, []*engine.Program{c.program})
	l.local.NewReal = sameEveryTime(c.own)
	l.player.KeepGoing, l.player.Watch = true, true
	l.caller(c.caller)
	l.head = append(l.head, "(real actions)", dialscript.ClockText(c.clock))
	l.local.Unbuilt = service.Unbuilt(c.program, c.built)
	for _, action := range l.local.Unbuilt {
		if answers := c.people.Answers[action]; len(answers) > 0 {
			l.head = append(l.head, "("+action+" answers "+dialscript.AnswerText(answers)+")")
		}
	}
	if v.Lang != "" {
		l.head = append(l.head, "(language "+v.Lang+")")
	}
	limits := c.program.Definition().Limits
	return handset.Run(ctx, l, handset.Options{
		Title: fmt.Sprintf("%s  %s", c.program.Definition().Service, msisdn.National(c.caller)),
		Code:  c.code, Septets: limits.Septets, Units: limits.Units, File: c.program.Name() + "-call.dial",
	}, std.in, std.out, os.Environ())
}

// sameEveryTime returns real actions that give the same Worker IDs and wallets in
// every run: the call is played again with each key and in each language, and must
// show the same screens.
func sameEveryTime(own service.Program) func(context.Context, func() time.Time) (dialscript.Registered, error) {
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails
	return func(ctx context.Context, now func() time.Time) (dialscript.Registered, error) {
		box, err := own.NewSandbox(ctx, now, &lockedReader{r: mathrand.NewChaCha8(seed)})
		if err != nil {
			return nil, err
		}
		return &registeredActions{box.Actions, box}, nil
	}
}

// lockedReader is safe for use by several goroutines.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

// callSetup says who calls what.
type callSetup struct {
	own     service.Program
	program *engine.Program
	built   []engine.Contract
	people  *engine.Personas
	caller  string // an MSISDN
	code    string
	clock   time.Time // on the wall of the service
}

// phonePlayer plays the calls of a drawn phone.
type phonePlayer struct {
	own     service.Program
	program *engine.Program
	local   *dialscript.InProcess
	player  *dialscript.Player
	// people are the personas of people.yaml; with adds the caller, who may not be
	// among them. head holds the lines above the first ">", except who calls.
	people, with *engine.Personas
	person       string
	head         []string
}

// caller sets the number that calls: that of a persona, or any other.
func (l *phonePlayer) caller(number string) {
	with := *l.people
	l.with = &with
	for _, p := range l.people.List {
		if p.Phone == number {
			l.person = p.Name
			return
		}
	}
	l.person = "the caller"
	l.with.List = append(slices.Clone(l.people.List), engine.Persona{Name: l.person, Phone: number})
}

// script parses a call with these lines, by a persona.
func (l *phonePlayer) script(person string, lines []string) (*dialscript.File, error) {
	text := strings.Join(append(append([]string{"=== Recorded call", "(as " + person + ")"}, l.head...), lines...), "\n") + "\n"
	file, found := dialscript.Parse("", []byte(text))
	if len(found) > 0 {
		return nil, errors.New(strings.TrimSpace(found[0].Message + " " + found[0].Help))
	}
	return file, nil
}

// Play implements handset.Player.
func (l *phonePlayer) Play(ctx context.Context, lines []string) (handset.Call, error) {
	file, err := l.script(l.person, lines)
	if err != nil {
		return handset.Call{}, err
	}
	call := &file.Calls[0]
	first := l.run(ctx, call, nil)[0]
	at := len(call.Steps) - 1
	if problems := first.Problems; len(problems) > 0 && (at < 0 || first.Screens[at] == nil || blames(problems, call.Steps[at])) {
		return handset.Call{}, errors.New(problems[len(problems)-1].Message)
	}
	if at < 0 || first.Screens[at] == nil {
		return handset.Call{}, fmt.Errorf("nothing is shown: %s", first.Why)
	}
	screen := first.Screens[at]
	out := handset.Call{Over: over(call, screen), Secret: l.secret(screen), Fault: screen.Fault, Values: seen(first.Values)}
	for _, m := range first.Messages {
		out.Messages = append(out.Messages, handset.Message{To: msisdn.National(m.To), Text: m.Text})
	}
	out.Screens = l.inAllLanguages(ctx, call, first)
	return out, nil
}

// run plays a call, and its keys once more in other languages.
func (l *phonePlayer) run(ctx context.Context, call *dialscript.Call, langs []string) []dialscript.Result {
	return dialscript.Run(ctx, l.player, l.local, l.with, []*dialscript.Call{call}, dialscript.Options{Parallel: 1, Langs: langs})
}

// blames reports whether the last problem is about a stage direction of the last
// step: it is false, or it can't be performed.
func blames(problems []dialscript.Problem, last dialscript.Step) bool {
	return slices.ContainsFunc(last.Directions, func(d dialscript.Direction) bool { return d.Pos == problems[len(problems)-1].Pos })
}

// over reports whether the session has ended, on either side.
func over(call *dialscript.Call, s *dialscript.Screen) bool {
	last := call.Steps[len(call.Steps)-1]
	return s.End || slices.ContainsFunc(last.Directions, func(d dialscript.Direction) bool {
		return d.Kind == dialscript.Drops || d.Kind == dialscript.HangsUp
	})
}

// inAllLanguages returns the last screen in the call's language and in the others,
// as if the caller had begun in them, or had chosen them on a language screen.
func (l *phonePlayer) inAllLanguages(ctx context.Context, call *dialscript.Call, first dialscript.Result) []handset.Screen {
	at := len(call.Steps) - 1
	spoken := l.spoken(first)
	list := []handset.Screen{l.screen(first.Screens[at], spoken)}
	for _, lang := range l.program.Definition().Languages {
		if lang.Code == spoken {
			continue
		}
		var other dialscript.Result
		if chooses, ok := l.choosing(call, first, lang.Code); ok {
			other = l.run(ctx, chooses, nil)[0]
		} else {
			results := l.run(ctx, call, []string{lang.Code})
			other = results[len(results)-1]
		}
		if at < len(other.Screens) && other.Screens[at] != nil && l.spoken(other) == lang.Code {
			list = append(list, l.screen(other.Screens[at], lang.Code))
		}
	}
	return list
}

func (l *phonePlayer) screen(s *dialscript.Screen, lang string) handset.Screen {
	return handset.Screen{Lang: l.languageName(lang), Name: s.Name, Text: s.Text, End: s.End}
}

// choosing returns the call with another language chosen wherever it chooses one,
// and false where it chooses none.
func (l *phonePlayer) choosing(call *dialscript.Call, as dialscript.Result, lang string) (*dialscript.Call, bool) {
	other := *call
	other.Steps = slices.Clone(call.Steps)
	chose := false
	for i := 1; i < len(other.Steps); i++ {
		before := as.Screens[i-1]
		if before == nil || before.End || as.Screens[i] == nil || before.Name == as.Screens[i].Name {
			continue
		}
		s, ok := l.program.Screen(before.Name)
		if !ok || s.Kind != engine.ScreenLanguages {
			continue
		}
		if row := slices.Index(l.offered(s), lang); row >= 0 {
			other.Steps[i].Input = dialscript.Text{{Lit: strconv.Itoa(row + 1)}}
			chose = true
		}
	}
	return &other, chose
}

// offered lists the languages that a screen has a row for.
func (l *phonePlayer) offered(s *engine.Screen) []string {
	if len(s.Only) > 0 {
		return s.Only
	}
	var codes []string
	for _, lang := range l.program.Definition().Languages {
		codes = append(codes, lang.Code)
	}
	return codes
}

// spoken returns the language of a call at its end.
func (l *phonePlayer) spoken(r dialscript.Result) string {
	for _, e := range slices.Backward(r.Events) {
		if e.Lang != "" {
			return e.Lang
		}
	}
	return r.Lang
}

func (l *phonePlayer) languageName(code string) string {
	for _, lang := range l.program.Definition().Languages {
		if lang.Code == code {
			return lang.Name
		}
	}
	return code
}

// secret reports whether a screen asks for a PIN or another secret.
func (l *phonePlayer) secret(s *dialscript.Screen) bool {
	screen, ok := l.program.Screen(s.Name)
	if !ok || screen.Ask == nil || s.End {
		return false
	}
	for _, v := range l.program.Definition().Vars {
		if v.Name == screen.Ask.Var {
			return v.Type.Kind == engine.KindSecret
		}
	}
	return false
}

// seen lists a session's values, with a record's fields one by one.
func seen(values []engine.Named) []handset.Value {
	var list []handset.Value
	add := func(name string, v engine.Value) {
		text := v.String()
		if v.Kind() == engine.KindPhone {
			text = msisdn.National(text)
		}
		if text != "" && name != "service" { // the service is the menu's own name
			list = append(list, handset.Value{Name: name, Text: text})
		}
	}
	for _, v := range values {
		if v.Value.Kind() != engine.KindRecord {
			add(v.Name, v.Value)
			continue
		}
		for _, f := range v.Value.Fields() {
			add(v.Name+"."+f.Name, f.Value)
		}
	}
	return list
}

// Save implements handset.Player. It replaces numbers and PINs by those of
// people.yaml, and writes only a script that passes.
func (l *phonePlayer) Save(ctx context.Context, lines []string, name string) (string, error) {
	if strings.TrimSpace(name) == "" {
		return "", errors.New("a file needs a name, as menus/call.dial")
	}
	if !strings.HasSuffix(name, ".dial") {
		return "", fmt.Errorf("%s: a dial script ends in .dial", name)
	}
	if _, err := os.Stat(name); err == nil {
		return "", fmt.Errorf("%s exists; name a new file", name)
	}
	if len(l.people.List) == 0 {
		return "", errors.New("people.yaml names no person who can call")
	}
	file, err := l.script(l.person, lines)
	if err != nil {
		return "", err
	}
	// What differs between runs becomes a placeholder, so these runs must differ.
	local, player := linesTo(l.own, []*engine.Program{l.program})
	d := &desk{people: l.people, local: local, player: player}
	results := l.run(ctx, &file.Calls[0], nil)
	if _, is := l.people.Persona(l.person); !is {
		if file, err = l.script(l.people.List[0].Name, lines); err != nil {
			return "", err
		}
	}
	if err := record.Disguise(file, local.Menus, results, l.people); err != nil {
		return "", err
	}
	var said bytes.Buffer
	if err := (recordCmd{Out: name}).save(ctx, d, file, streams{out: &said, err: &said}); err != nil {
		return "", fmt.Errorf("%s%w", said.String(), err)
	}
	return strings.TrimSpace(said.String()), nil
}
