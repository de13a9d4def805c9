package engine

// doKind runs an action of the menu and goes on with its outcome.
var doKind = kind{
	key: "do", role: RoleAction,
	silent: true,
	link:   (*linker).do,
	refs: func(s *Screen, see func(Ref)) {
		for _, a := range s.Do.Args {
			if !a.Ref.IsZero() {
				see(a.Ref)
			}
		}
		for _, o := range s.Do.Outcomes {
			o.Retry.refs(see)
			o.Again.refs(see)
		}
		for _, late := range s.Do.Late {
			late.Words.refs(see)
		}
	},
	gives: func(d *Definition, s *Screen) (names []string) {
		for _, c := range d.Contracts {
			if c.Name != s.Do.Action {
				continue
			}
			for _, o := range c.Outcomes {
				for _, g := range o.Gives {
					names = append(names, g.Name)
				}
			}
		}
		return names
	},
	onward: func(*Program, *node, Session) Trigger { return Trigger{Kind: triggerCall} },
	call: func(p *Program, n *node, s Session) *Call {
		args := make([]Value, len(n.Do.Args))
		for i, a := range n.Do.Args {
			args[i] = p.arg(&s, a)
		}
		return &Call{Action: n.Do.Action, Args: args, Late: p.late(n.Do, &s), Pos: n.Pos}
	},
	outcome: func(n *node, name string) (taken []Arg, retry bool) {
		for i := range n.Do.Outcomes {
			if o := &n.Do.Outcomes[i]; o.Outcome == name && o.Asks() {
				return n.Do.Args, true
			}
		}
		return n.Do.Args, false
	},
	notice: func(n *node, outcome string) (reason, bool) {
		for _, o := range n.Do.Outcomes {
			if o.Outcome == outcome {
				return reason{above: o.Retry, instead: o.Again}, true
			}
		}
		return reason{}, false
	},
}

// optional notes which values the outcomes of an action may leave out.
func (l *linker) optional(n *node, contract *Contract) {
	for _, o := range contract.Outcomes {
		for _, g := range o.Gives {
			slot, known := l.p.slotIndex[g.Name]
			if !g.Type.Optional || !known {
				continue
			}
			if n.optional == nil {
				n.optional = map[string][]int{}
			}
			n.optional[o.Name] = append(n.optional[o.Name], slot)
			l.p.leavable[slot] = true
		}
	}
}

func (l *linker) do(n *node) {
	d := &l.p.def
	var contract *Contract
	for i := range d.Contracts {
		if d.Contracts[i].Name == n.Do.Action {
			contract = &d.Contracts[i]
		}
	}
	if contract == nil {
		l.fail(n.Pos, "there is no action %q", n.Do.Action)
		return
	}
	n.acts = l.p.Writes(n.Do.Action)
	l.optional(n, contract)
	if len(n.Do.Args) != len(contract.Params) {
		l.fail(n.Pos, "action %q takes %d values, not %d", n.Do.Action, len(contract.Params), len(n.Do.Args))
	}
	named := map[string]bool{}
	for _, o := range n.Do.Outcomes {
		named[o.Outcome] = true
		l.on(n.Name, outcomeTrigger(o.Outcome), o.Go, o.Pos)
	}
	fallback := func(outcome, screen, state string) {
		if named[outcome] {
			return
		}
		if screen == "" {
			screen = state
		}
		l.on(n.Name, outcomeTrigger(outcome), screen, n.Pos)
	}
	fallback(Failed, d.OnFailed, stateFailed)
	if !contract.Reads {
		fallback(Pending, d.OnPending, statePending)
	}
	fallback(Limited, "", stateLimited)
}
