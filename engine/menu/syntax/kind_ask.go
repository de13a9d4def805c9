package syntax

import (
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenAsk, &kind{
	keys: map[string]func(*screenReader, entry){
		"ask":     (*screenReader).ask,
		"retries": (*screenReader).retries,
		"give_up": func(r *screenReader, e entry) { r.s.ask().GiveUp = r.name(e, "a screen") },
		"offer":   (*screenReader).offers,
		"accept":  (*screenReader).accepts,
		"repeat":  func(r *screenReader, e entry) { r.text(e, &r.s.ask().Repeat) },
	},
	says:   []string{"ask"},
	shares: []string{"say", "error", "again", "answers", "goal"},
	needs:  []KindNeed{{Says: "ask", Key: "say", Example: "say: Your phone number"}},
	read:   func(s *Screen) bool { return s.Ask != nil },
	targets: func(s *Screen, see func(Target)) {
		see(s.Ask.To)
		for _, o := range s.Ask.Offers {
			see(o.To)
		}
	},
	messages: func(w *messageList, s *Screen) {
		for _, o := range s.Ask.Offers {
			w.add(OfferKey(s, o), o.Label)
		}
		for i, rule := range s.Ask.Accept {
			w.add(AcceptKey(s, i), rule.Error)
			w.add(AcceptAgainKey(s, i), rule.Again)
		}
		w.add(ScreenKey(s, "repeat"), s.Ask.Repeat)
	},
})

// OfferKey returns "main.offer.9".
func OfferKey(s *Screen, o *Offer) string { return ScreenKey(s, "offer."+o.Key.Value) }

// AcceptKey returns "main.accept.1", for the error of an accept rule.
func AcceptKey(s *Screen, i int) string { return ScreenKey(s, "accept."+strconv.Itoa(i+1)) }

// AcceptAgainKey returns "main.accept.1.again", for the text in the question's place.
func AcceptAgainKey(s *Screen, i int) string { return AcceptKey(s, i) + ".again" }

// Unlimited is the word for any number of tries.
const Unlimited = "unlimited"

// retries reads a number of tries, or "unlimited".
func (r *screenReader) retries(e entry) {
	if e.node.Kind == yaml.ScalarNode && r.src.Scalar(e.node).Trim().Value == Unlimited {
		r.s.ask().Retries = Int{Text: r.src.Scalar(e.node).Trim(), N: engine.Unlimited}
		return
	}
	if n, ok := r.numberOr(e, 1, MaxRetries, Unlimited); ok {
		r.s.ask().Retries = n
	}
}

// ask and list are the screen's question or list, begun by whichever of their
// keys comes first.
func (s *Screen) ask() *Ask {
	if s.Ask == nil {
		s.Ask = &Ask{}
	}
	return s.Ask
}

// ask reads "ask: phone -> lookup_worker(phone)".
func (r *screenReader) ask(e entry) {
	a := r.s.ask()
	a.Pos = e.key.Pos
	name, to, ok := r.jump(e, `"ask: phone -> next_screen"`)
	if ok {
		a.To = to
	}
	if name.Written() && r.goodName(name, "a variable") {
		a.Var = name
	}
}

// offers reads shortcuts: "{1: caller}" gives a value, "{9: Skip -> next}"
// leads on without one.
func (r *screenReader) offers(e entry) {
	for _, o := range r.entries(e.node, `"offer"`) {
		t, ok := r.scalar(o, "a value or an arrow")
		if !ok {
			continue
		}
		offer := &Offer{Key: o.key}
		if label, target, has := r.splitArrow(t); has {
			offer.Label, offer.To = label, r.target(target, t)
			if label.Value == "" {
				r.find("U003", t, "This offer has no words before its arrow.", `Write it like "9: Skip -> next".`)
			}
		} else if offer.Value, ok = r.value(t); !ok {
			continue
		}
		r.s.ask().Offers = append(r.s.ask().Offers, offer)
	}
}

// accepts reads conditions on an answer and what is said when one fails.
func (r *screenReader) accepts(e entry) {
	nodes := []*yaml.Node{e.node}
	if e.node.Kind == yaml.SequenceNode {
		nodes = e.node.Content
	}
	for _, n := range nodes {
		a := &Accept{Pos: r.at(n).Pos}
		r.fields(n, `"accept"`, map[string]parser{
			"if":    func(e entry) { a.If = r.condOf(e) },
			"error": func(e entry) { r.text(e, &a.Error) },
			"again": func(e entry) { r.text(e, &a.Again) },
		})
		if n.Kind != yaml.MappingNode {
			continue
		}
		if given := keysOf(n); !given["if"] || !given["error"] && !given["again"] {
			r.find("U003", r.at(n), `An "accept" needs an "if" and an "error", or an "again" in its place.`, `Write it like "- {if: amount <= balance, error: You have less.}".`)
		}
		r.s.ask().Accept = append(r.s.ask().Accept, a)
	}
}
