package engine

// A ReplayStop says what a replay, or a deep dial, does at a screen.
type ReplayStop uint8

// The three ways.
const (
	// ReplayPasses takes the next input: the caller need not see the screen.
	ReplayPasses ReplayStop = iota
	// ReplayShows shows the screen: it was read again and may have other rows.
	ReplayShows
	// ReplayAsks shows the screen, and it must be known to have been shown: a
	// consent or a secret.
	ReplayAsks
)

// ReplayStop returns what a replay does at the session's screen.
func (p *Program) ReplayStop(s *Session) ReplayStop {
	n := p.nodes[s.Screen]
	switch {
	case n == nil, n.Kind == ScreenConfirm:
		return ReplayAsks
	case n.Kind == ScreenList:
		return ReplayShows
	case n.askSlot >= 0 && p.slots[n.askSlot].Type.Kind == KindSecret:
		return ReplayAsks
	default:
		return ReplayPasses
	}
}

// Question returns the type that the session's screen asks for, or nil if it asks
// for none.
func (p *Program) Question(s *Session) *Type {
	n := p.nodes[s.Screen]
	if n == nil || n.askSlot < 0 {
		return nil
	}
	return &p.slots[n.askSlot].Type
}

// YesActs reports whether the session's screen asks for a consent to an action
// that a Yes runs at once: no PIN is asked between them.
func (p *Program) YesActs(s *Session) bool {
	if n := p.nodes[s.Screen]; n == nil || n.Kind != ScreenConfirm {
		return false
	}
	_, eff, err := p.Step(*s, Event{Kind: EventInput, Input: p.def.Nav.Confirm.Key})
	return err == nil && eff.Call != nil && p.Writes(eff.Call.Action)
}

// CanResume reports whether this version can resume a dropped call, at a place
// worth asking about: not the first screen.
func (p *Program) CanResume(snap *Snapshot) bool {
	name := snap.Screen
	if to, ok := p.def.Renamed[name]; ok && p.nodes[name] == nil {
		name = to
	}
	n := p.nodes[name]
	if n == nil || n.Kind.Silent() || n.Kind == ScreenEnd {
		return false
	}
	for _, c := range p.def.Codes {
		if c.Start == name {
			return false
		}
	}
	return name != p.def.Nav.HomeScreen
}
