package engine

// kinds is the table of screen kinds. A new kind is a file of its own, with a
// constant after ScreenChoose, and one line here.
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
