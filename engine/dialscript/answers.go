package dialscript

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/spelling"
)

// prepare reads the answers of the scene with the contracts of the actions.
func (a *fakeActions) prepare() error {
	a.answers = map[string][]engine.Outcome{}
	for _, action := range slices.Sorted(maps.Keys(a.scene.Standard)) {
		// people.yaml serves all menus, so it may answer for actions of other
		// menus.
		if _, said := a.scene.Answers[action]; said || a.contracts[action] == nil {
			continue
		}
		if err := a.put(action, a.scene.Standard[action]); err != nil {
			return fmt.Errorf("people.yaml: %w", err)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(a.scene.Answers)) {
		if err := a.put(action, a.scene.Answers[action]); err != nil {
			return err
		}
	}
	for _, action := range slices.Sorted(maps.Keys(a.scene.Takes)) {
		if a.contracts[action] == nil {
			return a.noAction(action)
		}
	}
	return nil
}

func (a *fakeActions) put(action string, answers []engine.Answer) error {
	contract, ok := a.contracts[action]
	if !ok {
		return a.noAction(action)
	}
	for _, answer := range answers {
		out, err := OutcomeOf(contract, answer)
		if err != nil {
			return err
		}
		a.answers[action] = append(a.answers[action], out)
	}
	return nil
}

func (a *fakeActions) noAction(action string) error {
	return fmt.Errorf("there is no action %s. %s", action, spelling.DidYouMean(action, slices.Sorted(maps.Keys(a.contracts))))
}

// OutcomeOf converts an answer to an outcome with the types of its contract. The
// answer must give every value that the outcome always has, because screens show them.
func OutcomeOf(c *engine.Contract, a engine.Answer) (engine.Outcome, error) {
	out := engine.Outcome{Name: a.Outcome}
	contract, ok := c.Outcome(a.Outcome)
	if !ok {
		names := []string{engine.Failed, engine.Pending, engine.Limited}
		if slices.Contains(names, a.Outcome) && len(a.Values) == 0 {
			return out, nil
		}
		for _, o := range c.Outcomes {
			names = append(names, o.Name)
		}
		return out, fmt.Errorf("%s never answers %s; it answers %s", c.Name, a.Outcome, strings.Join(names, ", "))
	}
	for _, field := range contract.Gives {
		i := slices.IndexFunc(a.Values, func(s engine.Setting) bool { return s.Name == field.Name })
		if i < 0 && field.Type.Optional {
			continue
		}
		if i < 0 {
			return out, fmt.Errorf("%s gives %s where it ends as %s; write (%s answers %s %s=…)", c.Name, field.Name, a.Outcome, c.Name, a.Outcome, field.Name)
		}
		v, ok := ReadValue(&field.Type, a.Values[i].Text)
		if !ok {
			return out, fmt.Errorf("%s can't give %s=%s", c.Name, field.Name, a.Values[i].Text)
		}
		out.Values = append(out.Values, engine.Named{Name: field.Name, Value: v})
	}
	for _, s := range a.Values {
		if !slices.ContainsFunc(contract.Gives, func(f engine.Field) bool { return f.Name == s.Name }) {
			return out, fmt.Errorf("%s gives no %s where it ends as %s", c.Name, s.Name, a.Outcome)
		}
	}
	return out, nil
}

// Ending replaces the outcomes that every action has by the errors behind them.
func Ending(out engine.Outcome) (engine.Outcome, error) {
	switch out.Name {
	case engine.Failed:
		return engine.Outcome{}, errors.New("it fails, as the answer given for it says")
	case engine.Pending:
		return engine.Outcome{}, fmt.Errorf("it is not known in time, as the answer given for it says: %w", engine.ErrUnknown)
	case engine.Limited:
		return engine.Outcome{}, engine.ErrLimited
	}
	return out, nil
}

// AnswerText writes answers as scripts do: "wrong_pin, then done ref=QX81".
func AnswerText(list []engine.Answer) string {
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = a.Outcome
		for _, v := range a.Values {
			text := v.Text
			if text == "" || strings.ContainsAny(text, " ,") {
				text = `"` + text + `"`
			}
			parts[i] += " " + v.Name + "=" + text
		}
	}
	return strings.Join(parts, ", then ")
}
