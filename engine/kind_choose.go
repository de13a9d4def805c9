package engine

// chooseKind goes on by the first case that holds. Its else is the last case.
var chooseKind = kind{
	key: "choose", role: RoleDecision,
	silent: true,
	link: func(l *linker, n *node) {
		for i, c := range n.Choose {
			l.on(n.Name, Trigger{Kind: TriggerCase, Index: i}, c.Go, c.Pos)
		}
	},
	refs: func(s *Screen, see func(Ref)) {
		for _, c := range s.Choose {
			c.If.refs(see)
		}
	},
	onward: func(p *Program, n *node, s Session) Trigger {
		for i := range n.Choose {
			if p.holds(&s, n.Choose[i].If) {
				return Trigger{Kind: TriggerCase, Index: i}
			}
		}
		return Trigger{Kind: triggerElse}
	},
}
