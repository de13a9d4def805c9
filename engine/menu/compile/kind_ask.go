package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenAsk, func(c *compiler, s *syntax.Screen, out *engine.Screen) { out.Ask = c.ask(s) })

func (c *compiler) ask(s *syntax.Screen) *engine.Ask {
	a := s.Ask
	out := &engine.Ask{
		Var: a.Var.Value, Go: c.arrow(s, a.To), Retries: a.Retries.N, GiveUp: a.GiveUp.Value, Repeat: c.words(a.Repeat),
	}
	for _, o := range a.Offers {
		offer := engine.Offer{Key: o.Key.Value, Label: c.words(o.Label), Pos: o.Key.Pos}
		if o.Value.Name != "" {
			offer.Value = c.ref(o.Value)
		}
		if o.To.Written() {
			offer.Go = c.arrow(s, o.To)
		}
		out.Offers = append(out.Offers, offer)
	}
	for _, rule := range a.Accept {
		out.Accept = append(out.Accept, engine.Accept{If: c.cond(rule.If), Error: c.words(rule.Error), Again: c.words(rule.Again)})
	}
	return out
}
