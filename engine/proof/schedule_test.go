package proof_test

import (
	"fmt"
	"slices"
	"strings"
)

// A control says what is missing that a promise rests on.
type control int

const (
	none          control = iota
	noFence               // an action runs whatever the row's epoch is
	noSnapshot            // the row has results, but not the state before them
	noRows                // the database forgets what it was told of the call
	noOtherKey            // each instance knows its own identity key alone
	noStars               // the refusal of an answer with a star is not logged
	starsTaken            // an answer with a star is taken for several answers
	actsKeepEpoch         // an action does not move the epoch, only recovery does
)

const (
	maxCallbacks  = 7  // of a call, before the calm
	maxRunning    = 3  // deliveries at once
	maxDeliveries = 12 // of a call
	maxSteps      = 220
	maxCalm       = 400
)

// ways lists what may happen next. The first is the way without a fault.
func (w *world) ways() []func() {
	var list []func()
	for _, d := range w.running {
		if holder := w.db.locks[d.waits]; d.waits != "" && holder != nil {
			continue
		}
		list = append(list, func() { w.step(d) })
	}
	cb := w.newest()
	if cb.shown != nil && !cb.shown.end && len(w.callbacks) < maxCallbacks {
		list = append(list, w.typeNext)
	}
	if cb.shown == nil && len(w.running) == 0 {
		list = append(list, func() { w.deliver(cb, 0) })
	}
	if w.calm || w.faults >= w.most {
		return list
	}
	return append(list, w.faultWays()...)
}

func (w *world) faultWays() (list []func()) {
	add := func(f func()) {
		list = append(list, func() {
			w.faults++
			f()
		})
	}
	cb := w.newest()
	if len(w.running) < maxRunning && w.deliveries < maxDeliveries {
		if cb.deliveries > 0 && w.mayRepeat(cb) && !w.joins(cb) {
			add(func() { w.deliver(cb, 1) })
		}
		for _, late := range w.callbacks[:len(w.callbacks)-1] {
			if late.session == cb.session && w.mayRepeat(late) && !w.joins(late) {
				add(func() { w.deliver(late, 1) })
			}
		}
	}
	if w.menu.resume && !w.replaced && len(w.running) == 0 && cb.deliveries > 0 && (cb.shown == nil || !cb.shown.end) && len(w.callbacks) < maxCallbacks {
		add(w.redial)
	}
	if w.rec != nil {
		add(func() {
			w.upset++
			w.rec = nil
			w.tellf("the record is lost")
		})
	}
	seen := map[string]bool{string(w.rec): true}
	for i := len(w.history) - 1; i >= 0; i-- {
		old := w.history[i]
		if seen[string(old)] {
			continue
		}
		seen[string(old)] = true
		add(func() {
			w.upset++
			w.rec = old
			w.tellf("an older record comes back: %s", old)
		})
	}
	for _, d := range w.running {
		add(func() {
			w.tellf("d%d is killed (%s)", d.id, d.at)
			w.kill(d)
		})
	}
	if !w.replaced && w.callbacks[0].shown != nil {
		add(func() {
			w.replaced = true
			for _, d := range w.running {
				w.anew = w.anew || w.dials(d.cb)
			}
			if err := w.catalog.Put(w.set.programs[1]); err != nil {
				w.wrongf("world", "%v", err)
			}
			w.tellf("the menu is replaced")
		})
	}
	add(func() {
		w.rows = w.rows[1:] + w.rows[:1]
		w.tellf("the rows of lists change places")
	})
	return list
}

// mayRepeat reports whether the gateway may repeat a callback. An empty first one begins
// the call again if its record is lost; on another menu nothing tells that it is a
// repeat. The runner relies on gateways not to repeat it then.
func (w *world) mayRepeat(cb *callback) bool { return !w.dials(cb) || !w.replaced }

// joins reports whether a repeat would wait for another delivery on its instance, and get
// its answer.
func (w *world) joins(cb *callback) bool {
	return w.set.lastInput && slices.ContainsFunc(w.running, func(d *delivery) bool { return d.cb == cb && d.instance == 1 })
}

// inputs are what a caller may type on a screen, the plain answer first.
var inputs = map[kind][]string{
	kMenu:    {"1", "2", "1*1", "2*1", "9"},
	kNumber:  {"1", "2", "1*1", "1*2", "2*1", "9"},
	kText:    {"1", "2", "1*1", "a"},
	kPIN:     {pinRight, pinWrong, "1*1"},
	kConfirm: {"1", "2", "01", "1*1", "2*1"},
	kList:    {"1", "2", "1*1"},
	kLang:    {"2", "1", "2*1", "9"},
	kResume:  {"1", "2", "1*1", "9"},
}

// typeNext lets the caller answer the screen.
func (w *world) typeNext() {
	cb := w.newest()
	sc := w.menu.versions[cb.shown.state.version][cb.shown.state.screen]
	list := inputs[sc.kind]
	in := list[0]
	if w.menu.back {
		list = append(slices.Clip(list), backKey)
	}
	if !w.calm {
		in = list[w.ch.pick(len(list))]
		if w.set.lastInput && sc.kind == kText && strings.Contains(in, "*") {
			in = list[0] // the gateway's stars are part of a text
		}
	}
	text := in
	if cb.text != "" {
		text = cb.text + "*" + in
	}
	w.callbacks = append(w.callbacks, &callback{n: cb.n + 1, session: cb.session, text: text, typed: in})
	w.tellf("the caller types %q: callback %q", in, text)
}

// play plays one schedule to its end.
func play(set *setting, ch *chooser) *world {
	w, err := newWorld(set, ch)
	if err != nil {
		panic(err)
	}
	for i := 0; i < maxSteps && len(w.wrong) == 0; i++ {
		list := w.ways()
		if len(list) == 0 {
			break
		}
		list[ch.pick(len(list))]()
	}
	if len(w.wrong) == 0 {
		w.calmDown()
	}
	for _, d := range append([]*delivery(nil), w.running...) {
		w.kill(d)
	}
	if w.db.Store != nil {
		if err := w.db.Store.Close(); err != nil {
			w.wrongf("world", "%v", err)
		}
	}
	return w
}

// calmDown plays on without faults. The caller must come to an end or to an effect soon,
// and is not asked the same again and again.
func (w *world) calmDown() {
	w.calm = true
	had := len(w.effects)
	w.tellf("-- no more faults --")
	same, last, answers := 0, "", 0
	for i := 0; i < maxCalm && len(w.wrong) == 0; i++ {
		cb := w.newest()
		if len(w.running) == 0 && cb.shown != nil {
			if cb.shown.end || len(w.effects) > had && cb.shown.state.seen == len(w.effects) {
				return
			}
			if cb.shown.text == last {
				same++
			} else {
				same, last = 0, cb.shown.text
			}
			if same > 2 && (w.faults < 3 || same > 3) { // three faults may cost one question more
				w.wrongf("again and again", "%s is asked %d times", oneLine(last), same+1)
			}
			if answers++; answers > 14 {
				w.wrongf("no end", "nothing is done after %d answers", answers)
			}
			w.typeNext()
			continue
		}
		list := w.ways()
		if len(list) == 0 {
			return
		}
		list[0]()
	}
}

// kindOf is the first word of what went wrong.
func (w *world) kindOf() string {
	k, _, _ := strings.Cut(w.wrong[0], ":")
	return k
}

// deviate plays the schedules with at most n decisions that are not the plain one: all
// of them, or one in so many as every says.
func deviate(set *setting, n, every int, record func(*world)) {
	counter := 0
	var from func(deviations map[int]int, at, left int)
	from = func(deviations map[int]int, at, left int) {
		ch := &chooser{deviations: deviations}
		w := play(set, ch)
		record(w)
		if left == 0 || len(w.wrong) > 0 {
			return
		}
		for i := at; i < len(ch.sizes); i++ {
			for v := 1; v < ch.sizes[i]; v++ {
				if counter++; counter%every != 0 {
					continue
				}
				next := map[int]int{i: v}
				for k, x := range deviations {
					next[k] = x
				}
				from(next, i+1, left-1)
			}
		}
	}
	from(map[int]int{}, 0, n)
}

// story plays a schedule again and tells it.
func story(set *setting, decisions []int) string {
	s := *set
	s.tracing = true
	w := play(&s, &chooser{fixed: decisions})
	return fmt.Sprintf("%v\n%s", decisions, strings.Join(w.trace, "\n"))
}
