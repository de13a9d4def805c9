package engine

// kinds is the table of screen kinds, in the machine and in every stage of the menu
// language. A new kind is one file in each, with a constant after ScreenChoose in the
// file here, and one line in this table.
var kinds = [...]*kind{
	ScreenMenu:      &menuKind,
	ScreenAsk:       &askKind,
	ScreenConfirm:   &confirmKind,
	ScreenList:      &listKind,
	ScreenLanguages: &languagesKind,
	ScreenShow:      &showKind,
	ScreenEnd:       &endKind,
	ScreenDo:        &doKind,
	ScreenSet:       &setKind,
	ScreenChoose:    &chooseKind,
}

func kindOf(k ScreenKind) *kind {
	if int(k) < len(kinds) && kinds[k] != nil {
		return kinds[k]
	}
	return &noKind
}

// noKind refuses a screen that does nothing.
var noKind = kind{link: func(l *linker, n *node) { l.fail(n.Pos, "screen %q has no kind", n.Name) }}

// Silent reports whether the caller never sees such a screen.
func (k ScreenKind) Silent() bool { return kindOf(k).silent }

// Ends reports whether the call ends with such a screen.
func (k ScreenKind) Ends() bool { return kindOf(k).ends }

// Key returns the kind's key in the menu language, such as "ask", or "" for an
// unknown kind.
func (k ScreenKind) Key() string { return kindOf(k).key }

// ScreenKinds returns all kinds in the order of their numbers. The stages of the
// menu language list their parts of the kinds in this order.
func ScreenKinds() []ScreenKind {
	var list []ScreenKind
	for k := range kinds {
		if kinds[k] != nil {
			list = append(list, ScreenKind(k))
		}
	}
	return list
}
