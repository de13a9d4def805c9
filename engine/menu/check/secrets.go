package check

import (
	"fmt"
	"regexp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// secretsShown checks U501: no screen shows a secret.
//
// Nothing is missed: c.uses has every placeholder of every text, with those of
// shared texts where they are shown, and a secret has no names but its variables'
// (U504).
func (c *checker) secretsShown() {
	for _, u := range c.uses {
		if v := c.values[u.name]; v != nil && v.secret && u.purpose == shown {
			c.find(u.at, fmt.Sprintf("%s is a secret and cannot be shown.", syntax.Quote(u.at.Value)), "Take it out of the text.", noted(v.from)...)
		}
	}
}

// secretsSent checks U502: no SMS holds a secret.
//
// Nothing is missed, for the same reason as in secretsShown.
func (c *checker) secretsSent() {
	for _, u := range c.uses {
		if v := c.values[u.name]; v != nil && v.secret && u.purpose == sent {
			c.find(u.at, fmt.Sprintf("%s is a secret and cannot go into an SMS.", syntax.Quote(u.at.Value)), "Take it out of the message.", noted(v.from)...)
		}
	}
}

// secretsGiven checks U503: only a parameter for secrets gets a secret.
//
// Nothing is missed: every argument of every call is compared with its parameter.
func (c *checker) secretsGiven() {
	for _, call := range c.calls {
		contract := c.contracts[call.Action.Value]
		for i, arg := range call.Args {
			v := c.values[arg.Name]
			if contract == nil || i >= len(contract.Params) || v == nil || !v.secret {
				continue
			}
			if p := contract.Params[i]; p.Type.Kind != engine.KindSecret {
				c.find(arg.Text, fmt.Sprintf("%s is a secret, but %s takes %s as its %q.", syntax.Quote(arg.Text.Value), syntax.Quote(contract.Name), typeName(p.Type), p.Name), "Give it only to an action that takes a secret.", noted(v.from)...)
			}
		}
	}
}

// secretsKept checks U504: a secret is not remembered, and goes under one name.
//
// Nothing is missed: the menu lists what it remembers, and only "set" can give
// a value another name.
func (c *checker) secretsKept() {
	for _, name := range c.f.Remember {
		if v := c.values[name.Value]; v != nil && v.secret {
			c.find(name, fmt.Sprintf("%s is a secret and cannot be remembered.", syntax.Quote(name.Value)), "Take it out of the list.", noted(v.from)...).Unlist()
		}
	}
	for _, s := range c.f.Screens {
		for _, a := range s.Assigns() {
			if v := c.values[a.Value.Name]; v != nil && v.secret {
				c.find(a.Value.Text, fmt.Sprintf("%s is a secret and cannot be kept under another name.", syntax.Quote(a.Value.Text.Value)), "Give it to the action right away.", noted(v.from)...)
			}
		}
	}
}

// pinWords lists the words with which texts ask for a secret.
var pinWords = regexp.MustCompile(`(?i)\b(pin|password|passcode|nambari ya siri|namba ya siri|neno la siri)\b`)

// secretsTyped checks U506: an answer that the text calls a PIN has a secret type.
func (c *checker) secretsTyped() {
	for _, s := range c.f.Screens {
		if s.Ask == nil {
			continue
		}
		v := c.values[s.Ask.Var.Value]
		if v == nil || v.secret || v.typ.Kind == engine.KindNone {
			continue
		}
		for i, say := range s.Say {
			for lang, t := range c.msgs.In(syntax.SayKey(s, i)) {
				if pinWords.MatchString(t.Value) {
					c.find(say.Text, fmt.Sprintf("%s asks for a PIN or password in %s, but %q is %s.", syntax.Quote(s.Name.Value), c.language(lang), v.name, typeName(v.typ)), fmt.Sprintf("Give %q a type like pin 4 or secret 8, so that it is never shown or kept.", v.name))
					break
				}
			}
		}
	}
}

// secretsTaken checks U507: a secret is asked for an action, which takes it before
// the next screen.
//
// Nothing is missed: untaken follows every edge behind the answer until an action
// takes the secret or a screen is shown.
func (c *checker) secretsTaken() {
	for _, s := range c.f.Screens {
		if s.Ask == nil || c.values[s.Ask.Var.Value] == nil || !c.values[s.Ask.Var.Value].secret {
			continue
		}
		if to := c.flow.untaken(c.flow.of[s], s.Ask.Var.Value); to != nil {
			c.find(s.Ask.Var, fmt.Sprintf("%s is asked, but no action takes it before %s is shown, and then it is deleted.", syntax.Quote(s.Ask.Var.Value), stepName(to)), fmt.Sprintf(`Lead the answer through an action: "ask: %s -> check(%s)".`, s.Ask.Var.Value, s.Ask.Var.Value))
		}
	}
}

// untaken returns a screen that an answer reaches before any action takes it.
func (fl *flow) untaken(st *step, name string) *step {
	seen := map[*step]bool{}
	var todo []*step
	for _, e := range st.out {
		if e.kind == edgeAnswer && e.to != nil {
			todo = append(todo, e.to)
		}
	}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		switch {
		case seen[next]:
		case next.shown:
			return next
		case next.call != nil && takes(next.call, name):
		default:
			for _, e := range next.out {
				if e.to != nil && e.kind != edgeFault && e.kind != edgeFacts {
					todo = append(todo, e.to)
				}
			}
		}
		seen[next] = true
	}
	return nil
}

func takes(call *syntax.Call, name string) bool {
	for _, arg := range call.Args {
		if arg.Name == name {
			return true
		}
	}
	return false
}

func stepName(st *step) string {
	if st.screen == nil {
		return "the end"
	}
	return syntax.Quote(st.screen.Name.Value)
}

// secretsGuessed checks U508: nobody can try every PIN.
func (c *checker) secretsGuessed() {
	for _, s := range c.f.Screens {
		t, known := c.askedType(s)
		if known && t.Kind == engine.KindSecret && s.Ask.Retries.N == engine.Unlimited {
			c.find(s.Ask.Retries.Text, fmt.Sprintf("%s lets a caller try every value of %s.", syntax.Quote(s.Name.Value), syntax.Quote(s.Ask.Var.Value)), `Give "retries" a number. If the action locks the account after a few wrong values, say so: # allow U508: and how.`)
		}
	}
}
