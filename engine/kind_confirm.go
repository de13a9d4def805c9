package engine

// confirmKind asks for an explicit Yes or No. A replay always shows it: a Yes
// counts only if the caller saw the question.
var confirmKind = kind{
	key: "confirm", role: RoleConsent,
	asks: true,
	link: func(l *linker, n *node) {
		n.replay = ReplayAsks
		l.on(n.Name, Trigger{Kind: TriggerYes}, n.Confirm.Yes, n.Pos)
		l.on(n.Name, Trigger{Kind: TriggerNo}, n.Confirm.No, n.Pos)
	},
	rowRefs: func(s *Screen, see func(Ref)) {
		s.Confirm.YesWords.refs(see)
		s.Confirm.NoWords.refs(see)
	},
	rows: func(p *Program, n *node, s Session, lang int) []row {
		nav := &p.def.Nav
		yes, no := n.Confirm.YesWords, n.Confirm.NoWords
		if yes == nil {
			yes = nav.words(BuiltinYes)
		}
		if no == nil {
			no = nav.words(BuiltinNo)
		}
		return []row{
			row{key: nav.Confirm.Key, trigger: Trigger{Kind: TriggerYes}}.labelled(p.text(yes, &s, lang)),
			row{key: nav.Cancel.Key, trigger: Trigger{Kind: TriggerNo}}.labelled(p.text(no, &s, lang)),
		}
	},
	input: func(_ *Program, _ *node, _ Session, in input) decision {
		r := in.row()
		if r == nil {
			return decision{trigger: invalid}
		}
		return decision{trigger: r.trigger, consent: r.trigger.Kind == TriggerYes}
	},
}
