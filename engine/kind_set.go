package engine

// setKind assigns values and goes on.
var setKind = kind{
	key: "set", role: RoleStep,
	silent: true, assigns: true,
	link: func(l *linker, n *node) {
		l.on(n.Name, Trigger{Kind: TriggerGo}, n.Go, n.Pos)
	},
	onward: func(*Program, *node, Session) Trigger { return Trigger{Kind: TriggerGo} },
}
