package engine

// ScreenNote shows a text, and goes on by itself after any key.
const ScreenNote = ScreenChoose + 1

// noteKind shows a text that the caller only has to read. No key is wrong.
var noteKind = kind{
	key: "note", role: RoleText,
	link: func(l *linker, n *node) { l.on(n.Name, Trigger{Kind: TriggerGo}, n.Go, n.Pos) },
	input: func(*Program, *node, Session, input) decision {
		return decision{trigger: Trigger{Kind: TriggerGo}}
	},
}
