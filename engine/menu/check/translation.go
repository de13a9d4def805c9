package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// translated checks U310: each text exists in every language.
//
// Nothing is missed: the list of messages has every text that callers read, and the
// engine has its own texts in each language.
func (c *checker) translated() {
	for lang := 1; lang < len(c.msgs.Langs); lang++ {
		code := c.msgs.Langs[lang].Code
		if !c.hasFile(code.Value) {
			c.find(code, fmt.Sprintf("There is no file %s with the texts in %s.", syntax.Quote(c.f.Name+"."+code.Value+".yaml"), c.language(lang)), fmt.Sprintf(`Make it with "paytrace lang %s", which writes a line for each text.`, code.Value))
			continue
		}
		if c.msgs.Langs[lang].Partial() {
			c.translatedInPart(lang)
			continue
		}
		for _, w := range c.msgs.All {
			t := c.msgs.In(w.Key)[lang]
			if strings.TrimSpace(w.Text.Value) == "" || strings.TrimSpace(t.Value) != "" {
				continue
			}
			help := fmt.Sprintf("Add a line %q to %s.", w.Key+": …", c.f.Name+"."+code.Value+".yaml")
			if t.Written() {
				help = fmt.Sprintf("Write it at %s, between the quotes.", t.Pos)
			}
			c.find(w.Text, fmt.Sprintf("%s has no %s translation.", syntax.Quote(w.Key), c.language(lang)), help)
		}
	}
}

// translatedInPart counts the texts that a language lacks, where the menu allows that.
func (c *checker) translatedInPart(lang int) {
	all, missing := 0, 0
	for _, w := range c.msgs.All {
		if strings.TrimSpace(w.Text.Value) == "" {
			continue
		}
		all++
		if strings.TrimSpace(c.msgs.In(w.Key)[lang].Value) == "" {
			missing++
		}
	}
	if missing > 0 {
		c.findAs(diag.Info, c.msgs.Langs[lang].Code, fmt.Sprintf("%d of %d texts have no %s translation; callers read them in %s.", missing, all, c.language(lang), c.language(c.msgs.Instead(lang))), "")
	}
}

// fallbacks checks U315: callers who read a partial language get its missing texts in a
// language that has them all.
//
// Nothing is missed: it looks at every language that names another one.
func (c *checker) fallbacks() {
	var whole []string
	for _, l := range c.msgs.Langs {
		if !l.Partial() {
			whole = append(whole, l.Code.Value)
		}
	}
	for i, l := range c.msgs.Langs {
		if !l.Partial() || i > 0 && slices.Contains(whole, l.Missing.Value) {
			continue
		}
		help := "Name one that has all texts."
		if len(whole) > 0 {
			help = "Name one that has all texts: " + strings.Join(whole, ", ") + "."
		}
		switch {
		case i == 0:
			c.find(l.Missing, fmt.Sprintf("The texts of the menu are in %s, so none is missing there.", c.language(0)), `Write only the language's name, or put another language first.`)
		case l.Missing.Value == l.Code.Value:
			c.find(l.Missing, fmt.Sprintf("Texts that %s lacks can't come from %s itself.", c.language(i), c.language(i)), help)
		case slices.ContainsFunc(c.msgs.Langs, func(o syntax.Language) bool { return o.Code.Value == l.Missing.Value }):
			c.find(l.Missing, fmt.Sprintf("Texts that %s lacks may be missing in %s, too.", c.language(i), syntax.Quote(l.Missing.Value)), help)
		default:
			c.find(l.Missing, fmt.Sprintf("The menu has no language %s.", syntax.Quote(l.Missing.Value)), help).Suggest(c.near(l.Missing.Value, whole))
		}
	}
}

func (c *checker) hasFile(lang string) bool {
	for _, t := range c.f.Translations {
		if t.Lang == lang {
			return true
		}
	}
	return false
}

// translationKeys checks U002 for translations: each line names a text of the menu.
func (c *checker) translationKeys() {
	var known, words []string
	for _, w := range c.msgs.All {
		known = append(known, w.Key)
		words = append(words, w.Text.Value)
	}
	for _, t := range c.f.Translations {
		for _, e := range t.Entries {
			key := e.Key.Value
			if c.msgs.Has(key) && syntax.BuiltinKeys[key] == "" || slices.Contains(known, key) || len(c.msgs.ByWords(key)) > 0 {
				continue
			}
			r := c.find(e.Key, fmt.Sprintf("The menu has no text %s.", syntax.Quote(key)), keyHelp(key))
			if syntax.BuiltinKeys[key] == "" {
				near := c.nearKey(key, known)
				if len(near) == 0 {
					near = c.near(key, words)
				}
				r.Suggest(near)
			}
		}
	}
}

func keyHelp(key string) string {
	if syntax.BuiltinKeys[key] != "" {
		return fmt.Sprintf("It is built in: write it in the menu first, below %q.", "nav")
	}
	return "Delete the line, or name the text as screen.say, screen.1 or variable.error, or by its words."
}

// nearKey returns keys that may have been meant: those of the same screen or
// variable, and similar ones.
func (c *checker) nearKey(key string, known []string) []string {
	owner, _, _ := strings.Cut(key, ".")
	var near []string
	for _, k := range known {
		if strings.HasPrefix(k, owner+".") {
			near = append(near, k)
		}
	}
	if same := c.near(key, near); len(same) > 0 {
		return same
	}
	return c.near(key, known)
}

// translatedValues checks U312: a translation shows the same values as the text.
//
// Nothing is missed: the values of both texts are compared as sets, both ways.
func (c *checker) translatedValues() {
	for lang := 1; lang < len(c.msgs.Langs); lang++ {
		for _, w := range c.msgs.All {
			t := c.msgs.In(w.Key)[lang]
			if strings.TrimSpace(t.Value) == "" || t.Pos == w.Text.Pos {
				continue // U310
			}
			c.sameValues(w, t, lang)
		}
	}
}

func (c *checker) sameValues(w syntax.Message, t syntax.Text, lang int) {
	parts, bad := syntax.Parts(t)
	for _, b := range bad {
		if wrong := syntax.WrongValue(b); wrong != "" {
			c.find(b, fmt.Sprintf("%s shows no value: %s.", syntax.Quote(b.Value), wrong), "Copy it from the text in the menu.", diag.At(w.Text.Pos, "The text is here."))
			continue
		}
		c.find(b, fmt.Sprintf("This %s shows no value.", syntax.Quote(b.Value)), fmt.Sprintf("To show a brace itself write %q.", b.Value+b.Value))
	}
	source, _ := syntax.Parts(w.Text)
	has, wants := placeholdersIn(parts), placeholdersIn(source)
	for _, p := range parts {
		if name := placeholderName(p); p.Placeholder() && !wants[name] {
			c.find(p.At, fmt.Sprintf("The %s text shows {%s}, but the %s one does not.", c.language(lang), name, c.language(0)), "", diag.At(w.Text.Pos, "The text is here.")).Suggest(c.near(name, SortedNames(wants)))
		}
	}
	for _, name := range SortedNames(wants) {
		if !has[name] {
			c.find(t, fmt.Sprintf("The %s text of %s leaves out {%s}.", c.language(lang), syntax.Quote(w.Key), name), "Show the same values in every language.", diag.At(w.Text.Pos, "The text is here."))
		}
	}
}

func placeholderName(p syntax.Part) string {
	if p.Field == "" {
		return p.Name
	}
	return p.Name + "." + p.Field
}

func placeholdersIn(parts []syntax.Part) map[string]bool {
	names := map[string]bool{}
	for _, p := range parts {
		if p.Placeholder() {
			names[placeholderName(p)] = true
		}
	}
	return names
}

// sharedKeys checks U007: no two texts share a key, because a translation could not
// tell them apart.
func (c *checker) sharedKeys() {
	first := map[string]syntax.Text{}
	for _, w := range c.msgs.All {
		other, twice := first[w.Key]
		if !twice {
			first[w.Key] = w.Text
			continue
		}
		if other.Pos != w.Text.Pos && other.Pos != (engine.Pos{}) {
			c.find(w.Text, fmt.Sprintf("Two texts would be called %s in translations.", syntax.Quote(w.Key)), "Rename one of their screens, variables or options.", diag.At(other.Pos, "The other is here."))
		}
	}
}
