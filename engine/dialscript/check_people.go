package dialscript

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/spelling"
)

// codePeople is the code for a value that is missing or of the wrong kind.
const codePeople = "U003"

// A Folder is what people.yaml is checked against.
type Folder struct {
	// Contracts are those of all actions, and Declared names those that are not
	// built, so only people.yaml answers for them.
	Contracts []engine.Contract
	Declared  []string
	// Menus are the menus of the folder. Those with errors are left out, and All
	// says that none was.
	Menus []*engine.Program
	All   bool
}

// CheckPeople reports what people.yaml says against the folder's actions and menus,
// and which actions it has no answer for. name is the file's path, for what is not
// there.
func CheckPeople(people *engine.Personas, name string, folder Folder) diag.List {
	c := &peopleChecker{people: people, folder: folder, contracts: map[string]*engine.Contract{}}
	for i := range folder.Contracts {
		c.contracts[folder.Contracts[i].Name] = &folder.Contracts[i]
	}
	for _, action := range slices.Sorted(maps.Keys(people.Answers)) {
		c.answers(action)
	}
	c.gaps(name)
	if len(folder.Menus) > 0 {
		for _, one := range people.List {
			c.person(one)
		}
	}
	c.out.Sort()
	return c.out
}

type peopleChecker struct {
	people    *engine.Personas
	folder    Folder
	contracts map[string]*engine.Contract
	out       diag.List
}

func (c *peopleChecker) find(severity diag.Severity, keys []string, message, help string) {
	length := len(keys[len(keys)-1])
	if keys[0] == "answers" && len(keys) > 2 {
		length = 1 // of a text that is not kept
	}
	pos := c.people.Places[strings.Join(keys, ".")]
	c.out = append(c.out, diag.Diagnostic{Code: codePeople, Severity: severity, Pos: pos, Length: length, Message: message, Help: help})
}

// answers checks the answers of an action.
func (c *peopleChecker) answers(action string) {
	contract, ok := c.contracts[action]
	if !ok {
		c.find(diag.Warning, []string{"answers", action}, fmt.Sprintf("There is no action %q, so nothing asks for this answer.", action),
			strings.TrimSpace(spelling.DidYouMean(action, slices.Sorted(maps.Keys(c.contracts)))+" Or declare the action in actions.yaml."))
		return
	}
	for i, answer := range c.people.Answers[action] {
		out, err := OutcomeOf(contract, answer)
		if err == nil {
			err = fits(contract, out)
		}
		message := ""
		if missing := missing(contract, answer); len(missing) > 0 {
			message = fmt.Sprintf("This answer of %s lacks %s.", action, strings.Join(missing, ", "))
		} else if err != nil {
			message = fmt.Sprintf("This answer of %s is wrong: %v.", action, err)
		}
		if list, rows := out.LongestList(); message == "" && rows > engine.MaxRows {
			c.find(diag.Info, []string{"answers", action, strconv.Itoa(i)}, fmt.Sprintf("This answer of %s has %d rows in %s, but callers see only the first %d.", action, rows, list, engine.MaxRows), "Look up fewer rows, or ask callers for less.")
		}
		if message != "" {
			c.find(diag.Error, []string{"answers", action, strconv.Itoa(i)}, message, "Write it as "+strconv.Quote(Example(contract, answer.Outcome))+".")
		}
	}
}

// missing lists the values that an outcome always has and an answer leaves out.
func missing(c *engine.Contract, a engine.Answer) (names []string) {
	o, _ := c.Outcome(a.Outcome)
	for _, f := range o.Gives {
		if !f.Type.Optional && !slices.ContainsFunc(a.Values, func(s engine.Setting) bool { return s.Name == f.Name }) {
			names = append(names, f.Name)
		}
	}
	return names
}

// fits returns an error for a value outside of its type's bounds, also in a row of a list.
func fits(c *engine.Contract, out engine.Outcome) error {
	o, _ := c.Outcome(out.Name)
	for _, v := range out.Values {
		i := slices.IndexFunc(o.Gives, func(f engine.Field) bool { return f.Name == v.Name })
		if err := bounded(v.Name, &o.Gives[i].Type, v.Value); err != nil {
			return fmt.Errorf("%s gives %w", c.Name, err)
		}
	}
	return nil
}

// bounded returns an error for a value outside of a type's bounds.
func bounded(name string, t *engine.Type, v engine.Value) error {
	switch t.Kind {
	case engine.KindList:
		row := engine.Type{Kind: engine.KindRecord, Fields: t.Fields}
		for i, item := range v.Items() {
			if err := bounded(fmt.Sprintf("row %d of %s: ", i+1, name), &row, item); err != nil {
				return err
			}
		}
	case engine.KindRecord:
		for _, one := range v.Fields() {
			i := slices.IndexFunc(t.Fields, func(f engine.Field) bool { return f.Name == one.Name })
			if i < 0 {
				continue
			}
			if err := bounded(joined(name, one.Name), &t.Fields[i].Type, one.Value); err != nil {
				return err
			}
		}
	}
	number := t.Kind == engine.KindNumber || t.Kind == engine.KindMoney
	outside := number && t.Lo < t.Hi && (v.Int() < t.Lo || v.Int() > t.Hi)
	long := t.Kind == engine.KindText && t.Width > 0 && utf8.RuneCountInString(v.Text()) > t.Width
	formless := t.Kind == engine.KindText && !t.Form.Has(v.Text())
	if outside || long || formless {
		return fmt.Errorf("%s=%s, expected %s", name, v, t)
	}
	return nil
}

// joined returns the name of a field: that of a record, or that of a row.
func joined(name, field string) string {
	if strings.HasSuffix(name, " ") {
		return name + field
	}
	return name + "." + field
}

// Example returns an answer with all values of an outcome, as "found boat=… berth=…".
// An outcome that the contract lacks is replaced by its first.
func Example(c *engine.Contract, outcome string) string {
	o, ok := c.Outcome(outcome)
	if !ok && len(c.Outcomes) == 0 {
		return engine.Failed
	}
	if !ok {
		o = c.Outcomes[0]
	}
	text := o.Name
	for _, f := range o.Gives {
		text += " " + f.Name + "=…"
	}
	return text
}

// gaps reports the declared actions without an answer. It is no mistake: who only
// dials other parts of the menu needs none.
func (c *peopleChecker) gaps(name string) {
	pos, ok := c.people.Places["answers"]
	if !ok {
		pos = engine.Pos{File: name, Line: 1, Column: 1}
	}
	for _, action := range c.folder.Declared {
		if len(c.people.Answers[action]) > 0 || c.contracts[action] == nil {
			continue
		}
		c.out = append(c.out, diag.Diagnostic{
			Code: codePeople, Severity: diag.Info, Pos: pos, Length: 1,
			Message: fmt.Sprintf("people.yaml has no answer for %s, which is only declared, so it fails in \"dial\" and in scripts that give none.", action),
			Help:    fmt.Sprintf("Write under \"answers\": %s: %s", action, Example(c.contracts[action], "")),
		})
	}
}

// person checks a caller's language and remembered values.
func (c *peopleChecker) person(p engine.Persona) {
	if p.Lang != "" && !c.speaks(p.Lang) {
		c.find(c.severity(), []string{"people", p.Name, "language"}, fmt.Sprintf("No menu of this folder has the language %q.", p.Lang), "")
	}
	for _, v := range p.Values {
		name, field, _ := strings.Cut(v.Name, ".")
		known, right, expected := c.remembers(name, field, v.Text)
		keys := []string{"people", p.Name, v.Name}
		switch {
		case known && !right:
			c.find(diag.Error, keys, fmt.Sprintf("%s can't be %q.", v.Name, v.Text), "The menu keeps it as "+expected+".")
		case !known && name != "worker":
			c.find(c.severity(), keys, fmt.Sprintf("No menu of this folder remembers %q.", v.Name), "Add it under \"remember\" of a menu, or delete it here.")
		}
	}
}

// severity is that of what no menu knows: a menu that could not be read might.
func (c *peopleChecker) severity() diag.Severity {
	if c.folder.All {
		return diag.Warning
	}
	return diag.Info
}

func (c *peopleChecker) speaks(lang string) bool {
	return slices.ContainsFunc(c.folder.Menus, func(p *engine.Program) bool {
		return slices.ContainsFunc(p.Definition().Languages, func(l engine.Language) bool { return l.Code == lang })
	})
}

// remembers reports whether a menu knows a value of the caller, and whether one that
// does can read the text. If none can, expected is the type of the last.
func (c *peopleChecker) remembers(name, field, text string) (known, right bool, expected string) {
	for _, p := range c.folder.Menus {
		for _, v := range p.Definition().Vars {
			if v.Name != name || name != "worker" && !slices.Contains(p.Definition().Remember, name) {
				continue
			}
			t, ok := v.Type, true
			if field != "" {
				t, ok = fieldOf(v.Type, field)
			}
			if !ok {
				continue
			}
			known, expected = true, t.String()
			if v, reads := ReadValue(&t, text); reads && bounded(name, &t, v) == nil {
				return true, true, ""
			}
		}
	}
	return known, false, expected
}

func fieldOf(t engine.Type, name string) (engine.Type, bool) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f.Type, true
		}
	}
	return engine.Type{}, false
}
