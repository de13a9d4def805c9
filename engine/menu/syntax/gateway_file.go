package syntax

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/wire"
)

const (
	// GatewayFolder is the folder beside the menus whose files declare gateways.
	GatewayFolder = "gateways"
	// maxGatewayFields bounds the fields of an answer and the conditions of a gateway.
	maxGatewayFields = 32
	// maxGatewayName bounds a gateway's name, which stands in each session's name.
	maxGatewayName = 24
)

// GatewayPath returns the file that declares a gateway, as a menu's folder has it.
func GatewayPath(name string) string { return path.Join(GatewayFolder, name+".yaml") }

// ReadGateway reads a file that declares a gateway. The Spec may be served if no
// diagnostic is Bad.
//
//	gateway: acme
//	about: Acme Mobile, Ghana.
//	receive: {method: POST, as: json}
//	fields:
//	  session: SessionId
//	  caller: Mobile
//	  service: ServiceCode
//	  text: Message
//	typed: last
//	first: Type is Initiation
//	answer:
//	  as: json
//	  fields:
//	    Type: {goes_on: response, ends: release}
//	    Message: "{text}"
func ReadGateway(fsys fs.FS, name, dir string) (wire.Spec, diag.List) {
	stem := strings.TrimSuffix(path.Base(name), ".yaml")
	if in := path.Dir(name); in != "." {
		// A file is only read from the folder that the reader was given.
		if sub, err := fs.Sub(fsys, in); err == nil {
			fsys, dir, name = sub, path.Join(dir, in), path.Base(name)
		}
	}
	r := &gatewayReader{reader: &reader{fsys: fsys, dir: dir, file: &File{}, named: map[string]Text{}}}
	root := r.open(name, Text{})
	if root == nil {
		r.out.Sort()
		return r.spec, r.out
	}
	r.fields(root, "a gateway file", map[string]parser{
		"gateway":      r.name,
		"about":        func(e entry) { r.spec.About = r.text(e, "a sentence about it") },
		"receive":      r.receive,
		"fields":       r.callback,
		"typed":        r.typed,
		"strip":        func(e entry) { r.spec.Strip = engine.CodeKey(r.text(e, "the beginning of a text, as *384*5")) },
		"reuses_ids":   func(e entry) { r.spec.ReusesIDs = r.word(e, "yes", "no") == "yes" },
		"first":        r.first,
		"ended":        r.ended,
		"answer":       r.answer,
		"answer_ended": func(e entry) { r.spec.Noticed = r.text(e, "the body that answers a notice") },
		"profile":      r.profile,
	})
	r.complete(stem)
	r.out.Sort()
	return r.spec, r.out
}

type gatewayReader struct {
	*reader
	spec wire.Spec
	// nameAt is where the gateway's name stands.
	nameAt Text
}

var (
	gatewayName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	wireName    = regexp.MustCompile(`^@?[A-Za-z_][A-Za-z0-9_.-]*$`)
)

func (r *gatewayReader) text(e entry, want string) string {
	t, _ := r.scalar(e, want)
	return t.Value
}

// word reads one of several words.
func (r *gatewayReader) word(e entry, words ...string) string {
	want := strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	t, ok := r.scalar(e, want)
	if ok && !slices.Contains(words, t.Value) {
		r.find("U003", t, fmt.Sprintf("%q needs %s, but here is %q.", e.key.Value, want, Short(t.Value)), "")
		return ""
	}
	return t.Value
}

func (r *gatewayReader) name(e entry) {
	t, ok := r.scalar(e, "a name, as acme")
	if !ok {
		return
	}
	if !gatewayName.MatchString(t.Value) || len(t.Value) > maxGatewayName {
		r.find("U003", t, fmt.Sprintf("%q cannot be the name of a gateway.", Short(t.Value)),
			fmt.Sprintf("A name has at most %d letters from a to z, digits and -, and begins with a letter.", maxGatewayName))
		return
	}
	r.spec.Name, r.nameAt = t.Value, t
}

var formats = []string{string(wire.Query), string(wire.Form), string(wire.JSON), string(wire.XML)}

func (r *gatewayReader) receive(e entry) {
	r.fields(e.node, `"receive"`, map[string]parser{
		"method": func(e entry) {
			for _, one := range r.items(e, "GET, POST or PUT") {
				if m := r.word(one, "GET", "POST", "PUT"); m != "" {
					r.spec.Methods = append(r.spec.Methods, m)
				}
			}
		},
		"as":   func(e entry) { r.spec.Format = wire.Format(r.word(e, formats...)) },
		"root": func(e entry) { r.spec.Root = r.field(e) },
		"path": r.path,
	})
}

func (r *gatewayReader) path(e entry) {
	t, ok := r.scalar(e, "a path, as session/{session}/{event}")
	if !ok {
		return
	}
	for part := range strings.SplitSeq(t.Value, "/") {
		field, braces := strings.CutPrefix(part, "{")
		if braces {
			field, braces = strings.CutSuffix(field, "}")
		}
		if part == "" || strings.ContainsAny(part, "{}") && !braces || !wireName.MatchString(field) {
			r.find("U003", t, fmt.Sprintf("%q is no part of a path.", part), "Write a word, or a field in braces: session/{session}.")
			return
		}
		r.spec.Path = append(r.spec.Path, part)
	}
}

const fieldWanted = "the name of a field"

// field reads the name of a field of the callback or of the answer.
func (r *gatewayReader) field(e entry) string {
	t, ok := r.scalar(e, fieldWanted)
	if ok && !wireName.MatchString(t.Value) {
		r.find("U003", t, fmt.Sprintf("%q needs %s, but here is %q.", e.key.Value, fieldWanted, Short(t.Value)), "")
		return ""
	}
	return t.Value
}

// callback reads which field of a callback is what.
func (r *gatewayReader) callback(e entry) {
	s := &r.spec
	into := func(to *wire.Template) parser { return func(e entry) { *to = r.value(e) } }
	named := func(to *string) parser { return func(e entry) { *to = r.field(e) } }
	r.fields(e.node, `"fields"`, map[string]parser{
		"session": into(&s.Session), "caller": into(&s.Caller), "service": into(&s.Service), "network": into(&s.Network),
		"text": named(&s.Text), "dialled": named(&s.Dialled), "ahead": named(&s.Ahead), "sequence": named(&s.Sequence),
	})
}

// value reads where a value comes from: a field, a text with fields in braces, or a code
// that is always the same.
func (r *gatewayReader) value(e entry) wire.Template {
	t, ok := r.scalar(e, fieldWanted)
	switch {
	case !ok:
	case wireName.MatchString(t.Value):
		return wire.Template{Parts: []wire.Part{{Name: t.Value}}}
	case strings.HasPrefix(t.Value, "*") || strings.Contains(t.Value, "{"):
		return r.template(t)
	default:
		r.find("U003", t, fmt.Sprintf("%q needs %s, but here is %q.", e.key.Value, fieldWanted, Short(t.Value)), `Or write a code that never changes, as "*384*8481#".`)
	}
	return wire.Template{}
}

func (r *gatewayReader) template(t Text) wire.Template {
	read, bad := wire.ParseTemplate(t.Value)
	if bad != "" {
		r.find("U003", t, fmt.Sprintf("%q is no placeholder.", Short(bad)), `Write the name of a field in braces, as "{text}".`)
	}
	return read
}

func (r *gatewayReader) typed(e entry) { r.spec.All = r.word(e, "all", "last") == "all" }

func (r *gatewayReader) first(e entry) {
	for _, one := range r.items(e, conditionWanted) {
		if t, ok := r.scalar(one, conditionWanted); ok && t.Value == "unmarked" {
			r.spec.Unmarked = true
		} else if ok {
			r.spec.First = append(r.spec.First, r.condition(t)...)
		}
	}
}

const conditionWanted = `a condition, as "Type is Initiation"`

// condition reads "FIELD is A or B", "FIELD is not A" or "FIELD is sent".
func (r *gatewayReader) condition(t Text) []wire.Condition {
	field, rest, ok := strings.Cut(t.Value, " is ")
	c := wire.Condition{Field: strings.TrimSpace(field)}
	if rest, c.Not = strings.CutPrefix(strings.TrimSpace(rest), "not "); rest != "sent" || c.Not {
		for v := range strings.SplitSeq(rest, " or ") {
			v = strings.Trim(strings.TrimSpace(v), `"'`)
			if v == "empty" {
				v = ""
			}
			c.Values = append(c.Values, v)
		}
	}
	if !ok || !wireName.MatchString(c.Field) || rest == "" || len(c.Values) > maxGatewayFields {
		r.find("U003", t, fmt.Sprintf("%q is no condition.", Short(t.Value)), `Write "Type is Initiation", "ABORT is not 0 or null", "text is empty" or "clean is sent".`)
		return nil
	}
	return []wire.Condition{c}
}

func (r *gatewayReader) ended(e entry) {
	into := func(e entry) {
		for _, one := range r.items(e, conditionWanted) {
			if t, ok := r.scalar(one, conditionWanted); ok {
				for _, c := range r.condition(t) {
					r.spec.Ended = append(r.spec.Ended, wire.EndCondition{Condition: c, Ending: e.key.Value})
				}
			}
		}
	}
	r.fields(e.node, `"ended"`, map[string]parser{"completed": into, "abandoned": into, "failed": into, "unclear": into})
}

func (r *gatewayReader) answer(e entry) {
	a := &r.spec.Answer
	text := func(to *wire.Template) parser {
		return func(e entry) {
			if t, ok := r.scalar(e, `a body, as "CON {text}"`); ok {
				*to = r.template(t)
			}
		}
	}
	r.fields(e.node, `"answer"`, map[string]parser{
		"as": func(e entry) {
			a.Format = wire.Format(r.word(e, string(wire.Text), string(wire.JSON), string(wire.XML)))
		},
		"type":    func(e entry) { a.Type = r.text(e, "a Content-Type, as text/plain") },
		"goes_on": text(&a.GoesOn), "ends": text(&a.Ends),
		"root":    func(e entry) { a.Root = r.field(e) },
		"fields":  func(e entry) { a.Fields = r.answerFields(e) },
		"header":  func(e entry) { a.Header = r.answerFields(e) },
		"replace": r.replace,
	})
	if len(a.Fields) > maxGatewayFields || len(a.Header) > maxGatewayFields {
		r.find("U003", e.key, fmt.Sprintf("An answer has at most %d fields.", maxGatewayFields), "")
	}
}

func (r *gatewayReader) replace(e entry) {
	for _, one := range r.entries(e.node, `"replace"`) {
		if one.node.Kind != yaml.ScalarNode {
			r.wrong(one.node, `"replace"`, "a text")
			continue
		}
		r.spec.Answer.Replace = append(r.spec.Answer.Replace, wire.Replacement{From: one.key.Value, To: r.src.Scalar(one.node).Value})
	}
}

// answerFields reads fields with one value, or with one for a call that goes on and one
// for a call that ends.
func (r *gatewayReader) answerFields(e entry) []wire.Field {
	var list []wire.Field
	for _, one := range r.entries(e.node, `"`+e.key.Value+`"`) {
		f := wire.Field{Name: one.key.Value}
		if !wireName.MatchString(f.Name) {
			r.find("U003", one.key, fmt.Sprintf("%q cannot be the name of a field.", Short(f.Name)), "")
			continue
		}
		if one.node.Kind == yaml.MappingNode {
			r.fields(one.node, fmt.Sprintf("the field %q", f.Name), map[string]parser{
				"goes_on": func(e entry) { f.GoesOn = r.answerValue(e) },
				"ends":    func(e entry) { f.Ends = r.answerValue(e) },
			})
		} else {
			f.GoesOn = r.answerValue(one)
			f.Ends = f.GoesOn
		}
		list = append(list, f)
	}
	return list
}

var jsonLiteral = regexp.MustCompile(`^(-?(0|[1-9][0-9]{0,17})|true|false|null)$`)

func (r *gatewayReader) answerValue(e entry) wire.Value {
	if e.node.Kind != yaml.ScalarNode {
		r.wrong(e.node, `"`+e.key.Value+`"`, "a value")
		return wire.Value{}
	}
	t := r.src.Scalar(e.node)
	if e.node.Style == 0 && jsonLiteral.MatchString(t.Value) {
		return wire.Value{Literal: t.Value}
	}
	return wire.Value{Template: r.template(t)}
}

func (r *gatewayReader) profile(e entry) {
	p := &r.spec.Profile
	r.fields(e.node, `"profile"`, map[string]parser{
		"country": func(e entry) {
			t, ok := r.scalar(e, "a country's code, as GH")
			if ok && !msisdn.Known(t.Value) {
				r.find("U003", t, fmt.Sprintf("There is no country %q.", Short(t.Value)), "Write two capital letters, as GH.")
			}
			p.Country = t.Value
		},
		"timezone": func(e entry) {
			t, ok := r.scalar(e, "a time zone, as Africa/Accra")
			if _, err := time.LoadLocation(t.Value); ok && err != nil {
				r.find("U003", t, fmt.Sprintf("There is no time zone %q.", Short(t.Value)), "Write one as Africa/Accra.")
			}
			p.Timezone = t.Value
		},
		"currency": func(e entry) { p.Currency = r.text(e, "a currency's code, as GHS") },
		"screen":   func(e entry) { p.Septets = r.number(e, minProfile, maxProfile).N },
	})
}

// A screen has 160 octets, which are 182 characters of GSM-7. On one with fewer than
// minProfile no menu fits.
const (
	minProfile = 40
	maxProfile = 182
)

// complete checks what belongs together, and sets what is not written.
func (r *gatewayReader) complete(stem string) {
	s := &r.spec
	if len(s.Methods) == 0 {
		s.Methods = []string{"POST"}
		if s.Format == wire.Query {
			s.Methods = []string{"GET"}
		}
	}
	r.completeProfile()
	if len(r.out) > 0 {
		return // one thing after another
	}
	a := &s.Answer
	top := r.top()
	lacks := func(bad bool, message, help string) {
		if bad && len(r.out) == 0 {
			r.find("U003", top, message, help)
		}
	}
	if s.Name != "" && s.Name != stem && stem != "gateway" {
		r.find("U003", r.nameAt, fmt.Sprintf("The gateway %q is in the file %q.", s.Name, stem+".yaml"), fmt.Sprintf("Call one of them as the other: %s.yaml.", s.Name))
	}
	lacks(s.Name == "", "The gateway has no name.", `Write a line like "gateway: acme".`)
	lacks(s.Format == "", "Nothing says where the fields of a callback are.", `Write a line like "receive: {method: POST, as: json}".`)
	lacks(s.Format == wire.XML && s.Root == "", "An XML callback needs the name of its outermost element.", `Write it below "receive", as "root: ussd".`)
	lacks(s.Session.IsEmpty() || s.Caller.IsEmpty() || s.Text == "", `"fields" needs "session", "caller" and "text".`, "")
	lacks(s.All && s.Service.IsEmpty(), `A gateway that sends all that was typed needs "service" below "fields".`, `Write the field, or the code: "*384*8481#".`)
	lacks(s.All && s.Unmarked, `"first: unmarked" is for gateways that send only the last input.`, `Write "typed: last", or delete it.`)
	lacks(!s.All && !s.Unmarked && len(s.First) == 0, "A gateway that sends only the last input needs to say how its first callback is told.",
		`Write "first: Type is Initiation", or "first: unmarked" if nothing tells it.`)
	lacks(!s.All && !s.Unmarked && s.Service.IsEmpty() && s.Dialled == "", `Nothing says which code was dialled.`, `Write "service" or "dialled" below "fields".`)
	lacks(a.Format == "", "Nothing says how a callback is answered.", `Write a group "answer" with a line like "as: text".`)
	switch a.Format {
	case wire.Text:
		lacks(!a.GoesOn.Has(wire.NameText) || !a.Ends.Has(wire.NameText), `A text answer needs "goes_on" and "ends", each with {text}.`, `Write goes_on: "CON {text}" and ends: "END {text}".`)
	default:
		lacks(a.Format == wire.XML && a.Root == "", "An XML answer needs the name of its outermost element.", `Write it below "answer", as "root: ussd".`)
		lacks(!hasText(a.Fields), "No field of the answer has the screen.", `Write one with "{text}".`)
	}
	lacks(!a.Tells(), "Nothing in the answer says whether the call goes on.", `Give a field two values: {goes_on: response, ends: release}.`)
}

func hasText(fields []wire.Field) bool {
	return slices.ContainsFunc(fields, func(f wire.Field) bool {
		return f.GoesOn.Template.Has(wire.NameText) && f.Ends.Template.Has(wire.NameText)
	})
}

// completeProfile sets what a profile leaves out.
func (r *gatewayReader) completeProfile() {
	p, plain := &r.spec.Profile, Profiles[0]
	if p.Septets == 0 {
		p.Septets = plain.Limits.Septets
	}
	p.Units = p.Septets * plain.Limits.Units / plain.Limits.Septets
	for _, x := range []struct {
		to *string
		is string
	}{{&p.Country, plain.Country}, {&p.Timezone, plain.Timezone}, {&p.Currency, plain.Currency}} {
		if *x.to == "" {
			*x.to = x.is
		}
	}
}
