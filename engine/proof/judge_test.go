package proof_test

import (
	"slices"
	"strings"
)

// judge is told of an effect when it is committed.
func (w *world) judge(d *delivery, sc *screen, a asked, place int) {
	cb := d.cb
	w.tellf("   d%d commits %s(%s) for %q", d.id, sc.action, strings.Join(a.args, ","), cb.text)
	if cb.n == 0 {
		place = 0
	}
	for _, e := range w.effects {
		if e.callback == cb.n && e.action == sc.action {
			w.wrongf("twice", "%s(%s) for %q", sc.action, strings.Join(a.args, ","), cb.text)
		}
	}
	// Going back takes values back, also those of an action.
	fresh := w.session > 0 && !w.resumed && a.seen == 0 && len(w.effects) == w.known
	if int(a.seen) != len(w.effects) && !fresh && !w.wentBack(cb) {
		w.wrongf("unaware", "%s for %q runs on a state that knows of %d effects of %d", sc.action, cb.text, a.seen, len(w.effects))
	}
	earlier := w.effectsOf(cb)
	w.effects = append(w.effects, effect{cb.n, place, sc.action})
	switch {
	case len(w.wrong) > 0:
	case w.anew && w.upset > 0:
		// The empty first callback came again, after a loss and a new menu: it begins the
		// call on that menu, and nothing tells that it is a repeat.
	case cb.n == 0:
		w.judgeDialled(cb, sc, a, earlier)
	default:
		w.judgeAnswer(cb, sc, a, earlier)
	}
}

func (w *world) effectsOf(cb *callback) int {
	n := 0
	for _, e := range w.effects {
		if e.callback == cb.n {
			n++
		}
	}
	return n
}

// arrive follows a state of an action to the action that an effect belongs to: earlier
// ones of the same callback are done.
func (w *world) arrive(p prog, s state, earlier int) state {
	for ; earlier > 0 && p.acts(s); earlier-- {
		s.screen = p[s.screen].out["done"]
	}
	return s
}

// agrees reports whether an effect is what a state of an action asks for.
func (p prog) agrees(s state, sc *screen, a asked) bool {
	if !p.acts(s) || p[s.screen].action != sc.action {
		return false
	}
	for i, slot := range p[s.screen].args {
		if a.args[i] != s.values[slot] {
			return false
		}
	}
	return true
}

// judgeDialled judges an effect of the first callback. What was typed ahead in the code
// may ask for one at its end, and passes no Yes, secret or list.
func (w *world) judgeDialled(cb *callback, sc *screen, a asked, earlier int) {
	for version, p := range w.menu.versions {
		s := state{version: version, screen: "begin", lang: languages[0].Code}
		ok := true
		parts := strings.Split(cb.text, "*")
		for i, in := range parts {
			k := kEnd
			if at := p[s.screen]; at != nil {
				k = at.kind
			}
			if s.ended || k == kConfirm && saysYes(in) || k == kPIN || k == kList || k == kDo || k == kEnd {
				ok = false
				break
			}
			s, _ = p.answer(s, in)
			if p.acts(s) && i < len(parts)-1 {
				ok = false
				break
			}
		}
		if ok && a.lang == s.lang && p.agrees(w.arrive(p, s, earlier), sc, a) {
			return
		}
	}
	w.wrongf("dialled", "%s(%s) is not what %q asks for", sc.action, strings.Join(a.args, ","), cb.text)
}

// judgeAnswer judges an effect by what the caller saw before and typed then.
func (w *world) judgeAnswer(cb *callback, sc *screen, a asked, earlier int) {
	prev := w.callbacks[cb.n-1].shown
	if prev == nil || prev.state.ended {
		w.wrongf("unseen", "%s for %q, and the caller saw no screen before", sc.action, cb.text)
		return
	}
	p := w.menu.versions[prev.state.version]
	s, wrong := p.answer(prev.state, cb.typed)
	s = w.arrive(p, s, earlier)
	if wrong || !p.acts(s) || p[s.screen].action != sc.action {
		w.wrongf("unseen", "%s(%s) for %q; the caller saw %s and typed %q", sc.action, strings.Join(a.args, ","), cb.text, oneLine(prev.text), cb.typed)
		return
	}
	if !p.agrees(s, sc, a) && !sc.look {
		w.wrongf("value", "%s(%s) for %q; the caller saw %s and typed %q", sc.action, strings.Join(a.args, ","), cb.text, oneLine(prev.text), cb.typed)
		return
	}
	if cb.shown != nil && !cb.shown.end && !w.wentBack(cb) && cb.shown.state.seen < len(w.effects)-1 && cb.shown.state.screen != "sorry" {
		w.wrongf("behind the back", "%s for %q runs after the caller was shown %s", sc.action, cb.text, oneLine(cb.shown.text))
	}
	if a.lang != s.lang {
		w.wrongf("language", "%s for %q is asked in %q; the caller chose %q", sc.action, cb.text, a.lang, s.lang)
	}
	if sc.pin && a.pin != cb.typed {
		w.wrongf("secret", "%s took %q", sc.action, a.pin)
	}
	if sc.guarded {
		w.judgeConsent(cb, sc, a, p, s)
		return
	}
	w.judgeValues(cb, sc, a, p, s)
}

// judgeConsent looks for the Yes: to a confirm that showed these values, not used up.
func (w *world) judgeConsent(cb *callback, sc *screen, a asked, p prog, s state) {
	for i := cb.n; i >= 1; i-- {
		shown := w.callbacks[i-1].shown
		if shown == nil || shown.end || p[shown.state.screen] == nil || p[shown.state.screen].kind != kConfirm || w.callbacks[i].begins() {
			continue
		}
		ok := saysYes(w.callbacks[i].typed) && !w.used[i]
		for j, slot := range p[s.screen].args {
			if v := shown.state.values[slot]; v != "" && v != a.args[j] && !p.askedAfter(slot) {
				ok = false
			}
		}
		if ok {
			w.used[i] = !sc.pin // after a wrong PIN it counts again
			return
		}
		break
	}
	w.wrongf("consent", "%s for %q without a Yes to it", sc.action, cb.text)
}

// askedAfter reports whether the question of a value comes behind the confirm.
func (p prog) askedAfter(slot int) bool {
	c := p["sure"]
	return c != nil && p[c.yes] != nil && p[c.yes].kind == kNumber && p[c.yes].slot == slot
}

// judgeValues checks that each value is what the caller last answered there.
func (w *world) judgeValues(cb *callback, sc *screen, a asked, p prog, s state) {
	for j, slot := range p[s.screen].args {
		if !w.answered(cb, p, slot, a.args[j]) {
			w.wrongf("value", "%s for %q: %q is not what the caller answered there", sc.action, cb.text, a.args[j])
		}
	}
}

func (w *world) wentBack(cb *callback) bool {
	return slices.ContainsFunc(w.callbacks[:cb.n], func(cb *callback) bool { return cb.typed == backKey })
}

func (w *world) answered(cb *callback, p prog, slot int, value string) bool {
	if (w.wentBack(cb) || w.resumed) && w.callbacks[cb.n-1].shown.state.values[slot] == value {
		return true // going back took a later answer back, and the screen said so
	}
	ok := w.first != "" && slices.Contains(strings.Split(w.first, "*"), value)
	for i := cb.n; i >= 1; i-- {
		shown := w.callbacks[i-1].shown
		if shown == nil || shown.end || w.callbacks[i].begins() {
			continue
		}
		typed := w.callbacks[i].typed
		if i < cb.n && w.callbacks[i].recovered && strings.Contains(typed, "*") && slices.Contains(strings.Split(typed, "*"), value) {
			return true // half of an answer whose record was lost in that moment; a screen came after
		}
		q := p[shown.state.screen]
		if q == nil || q.slot != slot || q.kind != kNumber && q.kind != kText && q.kind != kList {
			continue
		}
		if next, wrong := p.answer(shown.state, typed); !wrong {
			return next.values[slot] == value
		}
	}
	return ok
}
