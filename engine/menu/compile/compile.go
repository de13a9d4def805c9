// Package compile turns a checked menu into a program for the engine.
package compile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Compile turns a menu without errors from Check into a program.
func Compile(f *syntax.File, contracts []engine.Contract, o Options) (*engine.Program, error) {
	c := &compiler{f: f, contracts: map[string]engine.Contract{}, keys: map[engine.Pos]string{}, used: map[string]bool{}, silent: map[string]int{}, messages: syntax.NewMessages(f)}
	for _, contract := range contracts {
		c.contracts[contract.Name] = contract
	}
	for _, w := range syntax.ListMessages(f) {
		c.keys[w.Text.Pos] = w.Key
	}
	c.settings(o)
	c.values()
	c.nav()
	c.dropped()
	for _, s := range f.Screens {
		c.screen(s)
	}
	c.usedContracts()
	c.def.Source, c.def.Hash = c.identity(), o.Hash
	return engine.New(c.def)
}

type compiler struct {
	f         *syntax.File
	def       engine.Definition
	contracts map[string]engine.Contract
	// keys holds the translation keys by the positions of their texts.
	keys     map[engine.Pos]string
	used     map[string]bool // actions
	messages *syntax.Messages
	// silent counts the screens made for arrows through actions, by name.
	silent map[string]int
	// types holds the types of all values by name.
	types map[string]engine.Type
}

func (c *compiler) settings(o Options) {
	f, d := c.f, &c.def
	profile, _ := syntax.ProfileNamed(f.Session.Gateway.Value)
	d.Name, d.Service, d.Default = f.Name, f.Service.Value, o.Language
	d.Currency, d.Limits = profile.Currency, syntax.LimitsOf(f)
	d.Session = engine.SessionRules{
		Gateway: profile.Name, Country: syntax.HomeOf(f), Timezone: profile.Timezone, Resume: f.Session.Resume.For,
	}
	if zone := f.Session.Timezone.Value; zone != "" {
		d.Session.Timezone = zone
	}
	for _, l := range syntax.Languages(f) {
		d.Languages = append(d.Languages, engine.Language{Code: l.Code.Value, Name: l.Name.Value})
	}
	for _, code := range dialsInOrder(f) {
		start := code.Screen
		if !start.Written() {
			start = f.Start
		}
		d.Codes = append(d.Codes, engine.Code{Dial: code.Code.Value, Start: start.Value, Pos: code.Code.Pos})
	}
	for _, name := range f.Remember {
		d.Remember = append(d.Remember, name.Value)
	}
	d.AnswersUnknown = f.Default
	d.OnFailed, d.OnPending = f.OnFailed.Value, f.OnPending.Value
	d.Renamed = map[string]string{}
	for _, pair := range f.Renamed {
		d.Renamed[pair.Key.Value] = pair.Value.Value
	}
}

// dialsInOrder returns the codes that are dialled as they stand, then those that end in
// a name: the first code is the one that callers are told.
func dialsInOrder(f *syntax.File) []syntax.Dial {
	list := slices.Clone(f.Dials)
	slices.SortStableFunc(list, func(a, b syntax.Dial) int { return cmp.Compare(min(len(a.Name.Value), 1), min(len(b.Name.Value), 1)) })
	return list
}

// identity returns the input of the program's hash: every byte of the menu's files,
// without their folder, and the contracts that the menu was checked against.
func (c *compiler) identity() []byte {
	var id []byte
	for _, s := range c.f.Sources {
		id = fmt.Appendf(id, "file %q %d\n", path.Base(s.Path), len(s.Bytes))
		id = append(id, s.Bytes...)
	}
	contracts, err := json.Marshal(c.def.Contracts)
	if err != nil {
		panic(err) // plain data
	}
	return append(id, contracts...)
}

func (c *compiler) usedContracts() {
	names := make([]string, 0, len(c.used))
	for name := range c.used {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if contract, ok := c.contracts[name]; ok {
			c.def.Contracts = append(c.def.Contracts, contract)
		}
	}
}

// words returns a text in every language.
func (c *compiler) words(t syntax.Text) engine.Localized {
	if !t.Written() {
		return nil
	}
	w := make(engine.Localized, len(c.def.Languages))
	w[0] = c.text(t, 0)
	key := c.keys[t.Pos]
	for lang := 1; lang < len(w); lang++ {
		if _, ok := c.translation(key, lang); ok || c.messages.Langs[lang].Partial() {
			w[lang] = c.text(c.messages.Shown(key, lang), lang)
		}
	}
	return w
}

// translation returns a text in a language other than the first, and whether it
// is translated.
func (c *compiler) translation(key string, lang int) (syntax.Text, bool) {
	list := c.messages.In(key)
	if list == nil || strings.TrimSpace(list[lang].Value) == "" {
		return syntax.Text{}, false
	}
	return list[lang], true
}

// text divides one text into parts. {texts.fees} stands for a shared text.
func (c *compiler) text(t syntax.Text, lang int) engine.Text {
	parts, _ := syntax.Parts(t)
	out := engine.Text{}
	for _, p := range parts {
		switch {
		case !p.Placeholder():
			out = append(out, engine.Part{Lit: p.Lit})
		case p.Name == "texts":
			out = append(out, c.shared(p.Field, lang)...)
		default:
			out = append(out, c.placeholder(p))
		}
	}
	return merged(out)
}

func (c *compiler) placeholder(p syntax.Part) engine.Part {
	c.sum(p.Name, p.Sum)
	return engine.Part{Ref: engine.Ref{Name: p.Name, Field: p.Field, Pos: p.At.Pos}, Format: p.Format}
}

func (c *compiler) shared(name string, lang int) engine.Text {
	for _, n := range c.f.Texts {
		if n.Name.Value != name {
			continue
		}
		return c.plain(c.messages.Shown(syntax.SharedKey(name), lang))
	}
	return nil
}

// plain returns a shared text's own parts. A shared text can't hold another one, so it
// can't hold itself.
func (c *compiler) plain(t syntax.Text) engine.Text {
	parts, _ := syntax.Parts(t)
	var out engine.Text
	for _, p := range parts {
		if p.Placeholder() && p.Name != "texts" {
			out = append(out, c.placeholder(p))
		} else {
			out = append(out, engine.Part{Lit: p.Lit})
		}
	}
	return out
}

// merged joins neighbouring words: a text without placeholders becomes one part.
func merged(t engine.Text) engine.Text {
	out := engine.Text{}
	for _, p := range t {
		if n := len(out); n > 0 && p.Ref.IsZero() && out[n-1].Ref.IsZero() {
			out[n-1].Lit += p.Lit
			continue
		}
		out = append(out, p)
	}
	return out
}

// Options holds what the service decides about a menu, not its author.
type Options struct {
	// Language holds the code of the language in which calls begin. If it is empty or
	// the menu lacks it, that is the menu's first language.
	Language string
	// Hash is the program's hash, for a menu that an earlier version of the service has
	// stored: its actions said other things of themselves, which are part of a hash. If it
	// is empty, the hash is that of the files and the contracts.
	Hash string
}
