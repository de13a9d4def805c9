package proof_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// The oracle's menus become real programs here. Every screen prints its name, the number
// of effects that the session knows of, and the session's values: what a caller can see
// is the whole state.

const (
	pinRight    = "1357"
	pinWrong    = "2468"
	serviceCode = "*384*7#"
)

func words(parts ...any) engine.Localized {
	var t engine.Text
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			t = append(t, engine.Part{Lit: p})
		case engine.Ref:
			t = append(t, engine.Part{Ref: p})
		}
	}
	return engine.Localized{t, t}
}

func ref(name string) engine.Ref { return engine.Ref{Name: name} }

func slotName(i int) string { return fmt.Sprint("v", i) }

// languages are those of every menu. Only some have a screen to choose one.
var languages = []engine.Language{{Code: "en", Name: "English"}, {Code: "sw", Name: "Kiswahili"}}

// mark is the line that tells the whole state, the language first.
func mark(name string) engine.Localized {
	var both engine.Localized
	for i, l := range languages {
		both = append(both, markIn(l.Code, name)[i])
	}
	return both
}

func markIn(lang, name string) engine.Localized {
	return words("@"+lang+";"+name+";", ref("seen"), ";", ref("v0"), ",", ref("v1"), ",", ref("v2"), ",", ref("v3"))
}

// definition makes the real menu of a prog.
func definition(m *menu, version int, contracts []engine.Contract) engine.Definition {
	p := m.versions[version]
	number := engine.Type{Kind: engine.KindNumber, Lo: 1, Hi: 2, Width: 1}
	text := engine.Type{Kind: engine.KindText, Width: 8}
	row := []engine.Field{{Name: "name", Type: engine.Type{Kind: engine.KindText, Width: 1}}}
	vars := []engine.Var{
		{Name: "seen", Type: engine.Type{Kind: engine.KindNumber, Hi: 99, Width: 2}},
		{Name: "pin", Type: engine.Type{Kind: engine.KindSecret, Digits: 4, Width: 4}},
		{Name: "row", Type: engine.Type{Kind: engine.KindRecord, Record: "row", Fields: row}},
		{Name: "rows", Type: engine.Type{Kind: engine.KindList, Record: "row", Fields: row}},
	}
	types := p.slots()
	for i := range 4 {
		t := number
		if types[i] == 't' {
			t = text
		}
		vars = append(vars, engine.Var{Name: slotName(i), Type: t})
	}
	def := engine.Definition{
		Name: "schedules", Languages: languages, Source: []byte(fmt.Sprint(m.name, version)),
		Codes: []engine.Code{{Dial: serviceCode, Start: "init"}}, Vars: vars, Contracts: contracts,
		Screens: []engine.Screen{{Name: "init", Kind: engine.ScreenSet, Go: "begin", Set: []engine.Assign{{Var: "seen", Value: engine.NumberValue(0)}}}},
	}
	if m.back {
		def.Nav.Back = engine.NavKey{Key: backKey, Label: words("Back")}
	}
	if m.resume {
		def.Session.Resume = time.Hour
	}
	for _, k := range slices.Sorted(maps.Keys(p)) {
		if k == resumeScreen {
			continue
		}
		def.Screens = append(def.Screens, p.screens(k)...)
	}
	return def
}

// screens returns the real screens of one of the oracle's.
func (p prog) screens(name string) []engine.Screen {
	sc := p[name]
	s := engine.Screen{Name: name, Say: []engine.Say{{Words: mark(name)}}}
	if sc.sms {
		s.SMS = &engine.SMS{To: ref("caller"), Say: words(name)}
	}
	switch sc.kind {
	case kMenu:
		s.Kind = engine.ScreenMenu
		for _, key := range slices.Sorted(maps.Keys(sc.options)) {
			s.Options = append(s.Options, engine.Option{Key: key, Label: words("go"), Go: sc.options[key]})
		}
	case kNumber, kText:
		s.Kind, s.Ask = engine.ScreenAsk, &engine.Ask{Var: slotName(sc.slot), Go: sc.next}
	case kPIN:
		s.Kind, s.Ask = engine.ScreenAsk, &engine.Ask{Var: "pin", Go: sc.next}
	case kLang:
		s.Kind, s.Go = engine.ScreenLanguages, sc.next
	case kConfirm:
		s.Kind, s.Confirm = engine.ScreenConfirm, &engine.Confirm{Yes: sc.yes, No: sc.no}
	case kList:
		s.Kind = engine.ScreenList
		s.List = &engine.List{Items: ref("rows"), As: "row", Each: words(engine.Ref{Name: "row", Field: "name"}), Go: name + "_set", Empty: "bye"}
		return []engine.Screen{s, {
			Name: name + "_set", Kind: engine.ScreenSet, Go: sc.next,
			Set: []engine.Assign{{Var: slotName(sc.slot), From: engine.Ref{Name: "row", Field: "name"}}},
		}}
	case kDo:
		s.Kind, s.Say = engine.ScreenDo, nil
		s.Do = &engine.Do{Action: sc.action, Args: []engine.Arg{{Ref: ref("seen")}}}
		for _, i := range sc.args {
			s.Do.Args = append(s.Do.Args, engine.Arg{Ref: ref(slotName(i))})
		}
		if sc.pin {
			s.Do.Args = append(s.Do.Args, engine.Arg{Ref: ref("pin")})
		}
		for _, out := range slices.Sorted(maps.Keys(sc.out)) {
			s.Do.Outcomes = append(s.Do.Outcomes, engine.OutcomeCase{Outcome: out, Go: sc.out[out]})
		}
	case kEnd:
		s.Kind = engine.ScreenEnd
	}
	return []engine.Screen{s}
}

// slots tells for each value whether it is a number (n) or a text (t).
func (p prog) slots() [4]byte {
	types := [4]byte{'n', 'n', 'n', 'n'}
	for _, sc := range p {
		if sc.kind == kText || sc.kind == kList || sc.look {
			types[sc.slot] = 't'
		}
	}
	return types
}

// signature spells the parameters of an action: n, t, and p for the PIN.
func (p prog) signature(sc *screen) string {
	types := p.slots()
	var b strings.Builder
	for _, i := range sc.args {
		b.WriteByte(types[i])
	}
	if sc.pin {
		b.WriteByte('p')
	}
	return b.String()
}

// The parameters of actions, by signature.
type (
	takes0 struct {
		Seen int64 `menu:"seen,number 0..99"`
	}
	takesN struct {
		Seen int64 `menu:"seen,number 0..99"`
		A    int64 `menu:"a,number 1..2"`
	}
	takesNN struct {
		Seen int64 `menu:"seen,number 0..99"`
		A    int64 `menu:"a,number 1..2"`
		B    int64 `menu:"b,number 1..2"`
	}
	takesNNN struct {
		Seen int64 `menu:"seen,number 0..99"`
		A    int64 `menu:"a,number 1..2"`
		B    int64 `menu:"b,number 1..2"`
		C    int64 `menu:"c,number 1..2"`
	}
	takesT struct {
		Seen int64  `menu:"seen,number 0..99"`
		A    string `menu:"a,text 8"`
	}
	takesNT struct {
		Seen int64  `menu:"seen,number 0..99"`
		A    int64  `menu:"a,number 1..2"`
		B    string `menu:"b,text 8"`
	}
	takesTN struct {
		Seen int64  `menu:"seen,number 0..99"`
		A    string `menu:"a,text 8"`
		B    int64  `menu:"b,number 1..2"`
	}
	takesNTN struct {
		Seen int64  `menu:"seen,number 0..99"`
		A    int64  `menu:"a,number 1..2"`
		B    string `menu:"b,text 8"`
		C    int64  `menu:"c,number 1..2"`
	}
	takesNP struct {
		Seen int64         `menu:"seen,number 0..99"`
		A    int64         `menu:"a,number 1..2"`
		PIN  engine.Secret `menu:"pin,pin 4"`
	}
)

type rowOut struct {
	Name string `menu:"name,text 1"`
}

type (
	seenOut struct {
		Seen int64 `menu:"seen,number 0..99"`
	}
	actOut struct {
		Done     *seenOut
		WrongPin *seenOut
	}
	lookGives struct {
		Seen  int64    `menu:"seen,number 0..99"`
		First string   `menu:"v1,text 1"`
		Rows  []rowOut `menu:"rows,row"`
	}
	lookOut struct{ Done *lookGives }
)

// register adds the actions of a menu to a table.
func register(t *actions.Table, p prog) error {
	done := map[string]bool{}
	for _, k := range slices.Sorted(maps.Keys(p)) {
		sc := p[k]
		if sc.kind != kDo || done[sc.action] {
			continue
		}
		done[sc.action] = true
		if err := registerOne(t, sc, p.signature(sc)); err != nil {
			return err
		}
	}
	return nil
}

func registerOne(t *actions.Table, sc *screen, signature string) error {
	num := func(n int64) string { return fmt.Sprint(n) }
	switch signature {
	case "":
		return one(t, sc, func(in takes0) asked { return asked{seen: in.Seen} })
	case "n":
		return one(t, sc, func(in takesN) asked { return asked{seen: in.Seen, args: []string{num(in.A)}} })
	case "nn":
		return one(t, sc, func(in takesNN) asked { return asked{seen: in.Seen, args: []string{num(in.A), num(in.B)}} })
	case "nnn":
		return one(t, sc, func(in takesNNN) asked { return asked{seen: in.Seen, args: []string{num(in.A), num(in.B), num(in.C)}} })
	case "t":
		return one(t, sc, func(in takesT) asked { return asked{seen: in.Seen, args: []string{in.A}} })
	case "nt":
		return one(t, sc, func(in takesNT) asked { return asked{seen: in.Seen, args: []string{num(in.A), in.B}} })
	case "tn":
		return one(t, sc, func(in takesTN) asked { return asked{seen: in.Seen, args: []string{in.A, num(in.B)}} })
	case "ntn":
		return one(t, sc, func(in takesNTN) asked { return asked{seen: in.Seen, args: []string{num(in.A), in.B, num(in.C)}} })
	case "np":
		return one(t, sc, func(in takesNP) asked { return asked{seen: in.Seen, args: []string{num(in.A)}, pin: in.PIN.Reveal()} })
	}
	return fmt.Errorf("no parameters are written for the signature %q of %s", signature, sc.action)
}

// asked is what an action was called with.
type asked struct {
	seen int64
	args []string
	pin  string
	lang string
}

func one[In any](t *actions.Table, sc *screen, read func(In) asked) error {
	spec := actions.Spec{Name: sc.action, About: "Does it.", Takes: time.Second}
	if sc.look {
		return actions.Register(t, spec, func(_ context.Context, call actions.Call, in In) (actions.Work[lookOut], error) {
			return func(ctx context.Context, tx store.Tx) (lookOut, error) {
				d, a := deliveryOf(ctx), read(in)
				a.lang = call.Lang
				n, rows := d.effect(tx, sc, a), d.w.rows
				return lookOut{&lookGives{n, rows[:1], []rowOut{{rows[:1]}, {rows[1:]}}}}, nil
			}, nil
		})
	}
	return actions.Register(t, spec, func(_ context.Context, call actions.Call, in In) (actions.Work[actOut], error) {
		return func(ctx context.Context, tx store.Tx) (actOut, error) {
			a := read(in)
			a.lang = call.Lang
			n := &seenOut{deliveryOf(ctx).effect(tx, sc, a)}
			if sc.pin && a.pin != pinRight && sc.out["wrong_pin"] != "" {
				return actOut{WrongPin: n}, nil
			}
			return actOut{Done: n}, nil
		}, nil
	})
}
