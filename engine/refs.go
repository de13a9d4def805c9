package engine

// refs calls see with every value that a screen uses, also within sums.
func (p *Program) refs(n *node, see func(Ref)) {
	see = p.throughSums(see)
	n.refs(see)
	if n.leaves {
		p.def.Dropped.Say.refs(see)
	}
}

// throughSums returns see for the values of a sum in place of the sum.
func (p *Program) throughSums(see func(Ref)) func(Ref) {
	return func(r Ref) {
		sum := p.sums[r.Name]
		if sum == nil {
			see(r)
			return
		}
		sum.Sum.Refs(func(part Ref) {
			part.Pos = r.Pos
			see(part)
		})
	}
}

// refs calls see with every value that a screen uses.
func (n *node) refs(see func(Ref)) {
	for _, t := range n.Say {
		t.If.refs(see)
		t.Words.refs(see)
	}
	if n.Skip != nil {
		n.Skip.If.refs(see)
	}
	n.Error.refs(see)
	n.again.refs(see)
	n.AgainFor.Format.refs(see)
	n.AgainFor.Range.refs(see)
	n.AgainFor.Mismatch.refs(see)
	assignRefs(n.Set, see)
	if n.SMS != nil {
		see(n.SMS.To)
		n.SMS.Say.refs(see)
	}
	if n.kind.rowRefs != nil {
		n.kind.rowRefs(n.Screen, see)
	}
	if n.kind.refs != nil {
		n.kind.refs(n.Screen, see)
	}
}

func assignRefs(set []Assign, see func(Ref)) {
	for _, a := range set {
		see(Ref{Name: a.Var})
		if !a.From.IsZero() {
			see(a.From)
		}
	}
}

func (w Localized) refs(see func(Ref)) {
	for _, t := range w {
		for _, part := range t {
			if !part.Ref.IsZero() {
				see(part.Ref)
			}
		}
	}
}

func (c *Cond) refs(see func(Ref)) {
	if c == nil {
		return
	}
	c.A.refs(see)
	c.B.refs(see)
	for _, a := range []Arg{c.Left, c.Right} {
		if !a.Ref.IsZero() {
			see(a.Ref)
		}
	}
}
