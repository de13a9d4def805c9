package syntax

import (
	"fmt"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/spelling"
)

// reader walks the YAML nodes of a menu's files into a File. It never stops:
// what it cannot read it names and leaves out.
type reader struct {
	fsys fs.FS
	dir  string
	file *File
	src  *Document // the file being read
	out  diag.List
	// shared are the variables whose type is a name: the types of all files must be
	// read first.
	shared []sharing
	// condUses are the names that stand for conditions, likewise.
	condUses []condUse
	// named says where each screen, variable and text was first written.
	named map[string]Text
}

// A sharing is a variable whose type is none of the language's. It may be one of the
// menu's own, in any of its files.
type sharing struct {
	v *Var
	// given says that the variable has options of its own, and err why its type is none
	// of the language's.
	given bool
	err   error
}

// entry holds one line of a mapping.
type entry struct {
	key  Text
	node *yaml.Node
}

// parser reads one entry.
type parser func(entry)

// find adds an error about a text. It adds no U003 where the scan has refused the
// text already.
func (p *reader) find(code string, at Text, message, help string, related ...diag.Related) Report {
	d := diag.Diagnostic{Code: code, Severity: diag.Error, Pos: at.Pos, Length: at.Len(), Message: message, Help: help, Related: related}
	if code == "U003" && p.src != nil && p.src.path == at.Pos.File {
		if _, refused := p.src.refused[spot{at.Pos.Line, at.Pos.Column}]; refused {
			return p.file.Report(&d)
		}
	}
	if len(p.out) >= MaxDiagnostics {
		return p.file.Report(&d)
	}
	p.out = append(p.out, d)
	return p.file.Report(&p.out[len(p.out)-1])
}

// at returns a node's first characters, for diagnostics about what is no scalar.
func (p *reader) at(n *yaml.Node) Text {
	if n.Kind == yaml.ScalarNode {
		return p.src.Scalar(n)
	}
	return Text{Value: " ", Pos: engine.Pos{File: p.src.path, Line: n.Line, Column: n.Column}}
}

// IsEmpty reports a value that was not written: "key:" alone.
func IsEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == ""
}

// shape returns what a node is, in the words of a person who writes menus.
func shape(n *yaml.Node) string {
	switch {
	case IsEmpty(n):
		return "nothing"
	case n.Kind == yaml.MappingNode:
		return "a group of entries"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	return "a text"
}

func (p *reader) unknown(key Text, what string, known []string) {
	if help := elsewhere[placeOf(what)][key.Value]; help != "" {
		p.find("U002", key, fmt.Sprintf("%q is not a key of %s.", key.Value, what), help)
		return
	}
	r := p.find("U002", key, fmt.Sprintf("%q is not a key of %s.", key.Value, what), "Known are "+strings.Join(known, ", ")+".")
	r.Suggest(spelling.Nearest(key.Value, known))
}

// placeOf returns what "the screen "main"" is, without its name.
func placeOf(what string) string {
	place, _, _ := strings.Cut(what, ` "`)
	return place
}

// elsewhere says where a key belongs that authors look for in another place, or what the
// language has instead of it.
var elsewhere = map[string]map[string]string{
	"a menu": {
		"actions":   `Actions are declared in "actions.yaml", beside the menu.`,
		"answers":   `Answers of actions for "dial" and "test" stand in "people.yaml". To let callers type labels, write "nav: {answers: labels}".`,
		"people":    `People stand in "people.yaml", beside the menu.`,
		"variables": `Variables stand below "vars".`,
		"say":       `What callers read stands on a screen, below "screens".`,
		"menu":      `Options stand on a screen, below "screens".`,
		"end":       `An end is a screen of its own, below "screens".`,
		"timeout":   `How long a dropped call can be resumed stands below "session": "session: {resume: 5m}".`,
		"country":   `Write it below "session": "session: {country: KE}".`,
		"timezone":  `Write it below "session": "session: {timezone: Africa/Nairobi}".`,
		"back":      `Keys of all screens stand below "nav": "nav: {back: 0 Back}".`,
		"home":      `Keys of all screens stand below "nav": "nav: {home: 00 Home -> main}".`,
		"invalid":   `Write it below "nav": "nav: {invalid: Invalid option.}".`,
		"retries":   `Write it on a screen: it counts the wrong answers to one question.`,
	},
	"the screen": {
		"on_failed":  `It stands at the top of the menu, for all screens. For this one, write "when: {failed: another_screen}".`,
		"on_pending": `It stands at the top of the menu, for all screens. For this one, write "when: {pending: another_screen}".`,
		"text":       `What callers read is written as "say", or as "show" or "end" where they answer nothing.`,
		"options":    `The options of a screen are written as "menu". Those of a choice belong to its variable, below "vars".`,
		"type":       `The type belongs to the variable, below "vars".`,
		"if":         `Conditions stand below "choose": "- if amount > 100 -> large".`,
		"goto":       `Write "go: another_screen", or an arrow behind the key.`,
		"next":       `Write an arrow behind what is asked: "ask: name -> another_screen".`,
		"action":     `Write "do: name_of_action(values)", or name the action behind an arrow.`,
		"lang":       `To change the language, write "set: {lang: sw}", or "languages" for a question.`,
	},
	"the variable": {
		"min":     `Write the range in the type: "number 1..12".`,
		"max":     `Write the range in the type: "number 1..12", or for a text its length: "text 20".`,
		"length":  `Write the length in the type: "text 20".`,
		"pattern": `Write the form in the type: "text 12 like \"AB-123\"".`,
		"choices": `Write them as "options": "{type: choice, options: {small: Small, big: Big}}".`,
		"default": `Give the value on a screen: "set: {size: small}".`,
		"secret":  `Write it as its type: "pin 4".`,
	},
}

// wrong says that a node is of the wrong kind.
func (p *reader) wrong(n *yaml.Node, what, want string) {
	help := ""
	if !IsEmpty(n) {
		help = shapeHelp[shape(n)][strings.Trim(what, `"`)]
	}
	if strings.HasPrefix(what, "the screen ") && n.Kind == yaml.ScalarNode && !IsEmpty(n) && help == "" {
		help = fmt.Sprintf("Write %q below it, further right.", "end: "+Short(n.Value))
	}
	r := p.find("U003", p.at(n), fmt.Sprintf("%s needs %s, but here is %s.", Upper(what), want, shape(n)), help)
	if n.Kind == yaml.ScalarNode && n.Style == 0 {
		r.spaceColon(p.at(n).Value)
	}
}

// shapeHelp says how to write the value of a key, by what stands there instead.
var shapeHelp = map[string]map[string]string{
	"a list": {
		"languages": `Write codes and names: "{en: English, sw: Kiswahili}".`,
		"options":   `Give each a name of your own: "{one: One week, two: Two weeks}".`,
		"when":      `Write outcomes and screens: "{done: next_screen}".`,
		"late":      `Write outcomes and texts: "{done: Your request is done.}".`,
		"vars":      `Write names and types: "amount: money 10..500", one a line.`,
	},
	"a text": {
		"languages": `Write codes and names: "{en: English, sw: Kiswahili}".`,
		"options":   `Give each a name of your own: "{one: One week, two: Two weeks}".`,
		"menu":      `Begin each option with its key, or with "- ".`,
	},
}

// missing says that a key lacks its value.
func (p *reader) missing(key Text, want string) {
	p.find("U003", key, fmt.Sprintf("%q needs %s, but nothing follows it.", key.Value, want), "")
}

// Upper begins a sentence.
func Upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// top returns the beginning of the current file.
func (p *reader) top() Text {
	return Text{Value: " ", Pos: engine.Pos{File: p.src.path, Line: 1, Column: 1}}
}

// claim notes a new name of a kind ("screen") and finds one that is taken in
// another file. Twice in one file is U005, found before.
func (p *reader) claim(kind string, name Text) bool {
	key := kind + " " + name.Value
	if first, taken := p.named[key]; taken {
		p.find("U007", name, fmt.Sprintf("There already is a %s named %q.", kind, name.Value), "Names are shared by all files of a menu: rename one of them.", diag.At(first.Pos, "The first is here."))
		return false
	}
	p.named[key] = name
	return true
}

// goodName reports whether a text can be a name: letters from a to z, digits and _,
// a letter first, and not a word of the language. If not, it adds a diagnostic.
func (p *reader) goodName(t Text, what string) bool {
	switch {
	case nameEnd(t.Value) != len(t.Value) || t.Value == "":
		r := p.find("U003", t, fmt.Sprintf("%q cannot be the name of %s.", Short(t.Value), what), "A name has letters from a to z, digits and _, and begins with a letter.")
		if s := nameLike(t.Value); s != "" {
			r.d.Help += fmt.Sprintf(" Perhaps %q?", s)
			r.Replace(s)
		}
		return false
	case Reserved[t.Value]:
		p.find("U007", t, fmt.Sprintf("%q is a word of the language and cannot be the name of %s.", t.Value, what), "Choose another name.")
		return false
	}
	return true
}
