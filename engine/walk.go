package engine

// A walk is one step in progress.
type walk struct {
	p *Program
	s Session
	// owned and ownUndo say that this step may write to s.Values and s.Undo.
	owned, ownUndo bool
	// asking says that the same page is shown again, so its state stays.
	asking bool
	// later says that remembered values could not be saved in this step.
	later bool
	// moves collects what happened, for Trace. asked is the language of the screen
	// that was answered.
	moves *[]Move
	asked string
}

func (w *walk) note(m Move) {
	if w.moves != nil {
		if m.Lang == "" {
			m.Lang = w.s.Lang()
		}
		*w.moves = append(*w.moves, m)
	}
}

// set sets a value as its slot can hold it.
func (w *walk) set(slot int, v Value) {
	v = w.p.fitting(slot, v)
	if !w.owned {
		w.s.Values = append([]Value(nil), w.s.Values...)
		w.owned = true
	}
	for _, r := range w.p.remembered {
		if r == slot && !w.s.Values[slot].Equal(v) {
			w.s.Unsaved = true
		}
	}
	w.s.Values[slot] = v
}

// fitting returns a value as a slot can hold it: the name of an option as a text, a list
// cut just behind the rows shown, and unset if it is of another kind or contains a secret
// that can't be stored.
func (p *Program) fitting(slot int, v Value) Value {
	t := &p.slots[slot].Type
	_, spoken := p.langs[v.s]
	switch {
	case slot == slotLang && (v.kind != KindChoice || !spoken):
		return unchosen(p.defaultLang)
	case t.Kind == KindText && v.kind == KindChoice:
		return TextValue(v.s)
	case !fitsType(v, t), t.Kind != KindSecret && v.holdsSecret():
		return Value{}
	case v.kind == KindList && len(v.Items()) > MaxRows:
		// One more than is shown: it says that the list was cut.
		return ListValue(v.Items()[:MaxRows+1])
	}
	return v
}

func fitsType(v Value, t *Type) bool { return !v.IsSet() || v.kind == t.Kind }

func (w *walk) assign(set []Assign) {
	for _, a := range set {
		v := a.Value
		switch {
		case a.Dialled:
			v = w.p.match(w.s.Service).answer
		case !a.From.IsZero():
			v = w.p.value(&w.s, a.From)
		}
		w.set(w.p.slotIndex[a.Var], v)
	}
}

// give sets the values of an outcome. It skips names that the program does not
// know.
func (w *walk) give(values []Named) {
	for _, v := range values {
		if i, ok := w.p.slotIndex[v.Name]; ok && fitsType(v.Value, &w.p.slots[i].Type) {
			w.set(i, v.Value)
		}
	}
}

// speak changes to the language of a dropped call, or to that of a call whose
// caller has chosen none.
func (w *walk) speak(snap *Snapshot) {
	lang := Value{}
	if snap != nil {
		for _, v := range snap.Values {
			if v.Name == w.p.slots[slotLang].Name {
				lang = v.Value
			}
		}
	}
	w.set(slotLang, lang)
	w.s.Unsaved = false
}

// wipe forgets the secrets that an action has taken.
func (w *walk) wipe(args []Arg) {
	for _, a := range args {
		if i, ok := w.p.slotIndex[a.Ref.Name]; ok && w.s.Values[i].kind == KindSecret {
			w.set(i, Value{})
		}
	}
}

// wipeAll forgets every secret: none outlives the step in which it was typed.
func (w *walk) wipeAll() {
	for i := range w.s.Values {
		if w.s.Values[i].kind == KindSecret {
			w.set(i, Value{})
		}
	}
}
