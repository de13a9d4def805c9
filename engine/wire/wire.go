// Package wire describes a gateway's callbacks as data: which field is what, whether the
// gateway sends all that was typed or only the last input, and how it wants its answers. A
// gateway file (gateway.yaml) is read into a Spec, and gateway/declared speaks it.
package wire

import (
	"slices"
	"strings"
)

// Spec describes one gateway.
type Spec struct {
	// Name is the provider's name in requests, records and logs.
	Name  string
	About string

	// Methods lists the HTTP methods of callbacks, and Format says where their fields are.
	Methods []string
	Format  Format
	// Root is the name of an XML document's outermost element.
	Root string
	// Path has the parts of the path behind the gateway's own. "{x}" is the field x.
	Path []string

	// Session, Caller, Service and Network say where a callback has them. Service and
	// Network may be empty.
	Session, Caller, Service, Network Template
	// Text names the field with what was typed, and All says that it has everything that
	// was typed in the session, and not only the last input.
	Text string
	All  bool
	// Strip is cut from the beginning of a text that has it, as an extension of the code.
	Strip string
	// Dialled names the field that has the dialled code in the first callback, and Ahead
	// the one with what was dialled behind the service code.
	Dialled, Ahead string
	// Sequence names the field that counts the callbacks of a session.
	Sequence string
	// ReusesIDs says that the ID of an ended session is given to another one later.
	ReusesIDs bool

	// First says how a first callback is told. Unmarked says that it is not: the first
	// input of an unknown session then is the dialled code.
	First    []Condition
	Unmarked bool
	// Ended lists how the gateway tells that a session has ended.
	Ended []EndCondition

	Answer Answer
	// Noticed is the body that answers a notice that a session has ended.
	Noticed string
	Profile Profile
}

// Format says where the fields of a callback are, or which form an answer has.
type Format string

// The formats. Query has the fields in the URL, and Text is for answers only.
const (
	Query Format = "query"
	Form  Format = "form"
	JSON  Format = "json"
	XML   Format = "xml"
	Text  Format = "text"
)

// Condition compares a field with values, without regard to case. Without values it asks
// whether the field was sent.
type Condition struct {
	Field  string
	Values []string
	// Not turns the comparison round. A field that was not sent never fulfils it.
	Not bool
}

// Holds reports whether a callback's field fulfils the condition.
func (c Condition) Holds(value string, sent bool) bool {
	if !sent || len(c.Values) == 0 {
		return sent
	}
	for _, v := range c.Values {
		if strings.EqualFold(v, value) {
			return !c.Not
		}
	}
	return c.Not
}

// EndCondition is a Condition under which a session has ended, and how: completed,
// abandoned, failed or unclear.
type EndCondition struct {
	Condition
	Ending string
}

// Answer describes the answer to a callback.
type Answer struct {
	Format Format
	// Type is the Content-Type; "" for that of the format.
	Type string
	// GoesOn and Ends are the bodies of a text answer.
	GoesOn, Ends Template
	// Root is the name of an XML answer's outermost element, and Fields its fields or
	// those of a JSON object, in their order.
	Root   string
	Fields []Field
	Header []Field
	// Replace lists characters that the gateway does not allow in a text, each with what
	// stands in its place.
	Replace []Replacement
}

// Tells reports whether an answer says if the call goes on.
func (a *Answer) Tells() bool {
	differs := func(f Field) bool { return !f.GoesOn.Equal(f.Ends) }
	return a.Format == Text && !a.GoesOn.Equal(a.Ends) || slices.ContainsFunc(a.Fields, differs) || slices.ContainsFunc(a.Header, differs)
}

// Equal reports whether two templates are the same.
func (t Template) Equal(other Template) bool { return slices.Equal(t.Parts, other.Parts) }

// Equal reports whether two values are the same.
func (v Value) Equal(other Value) bool {
	return v.Literal == other.Literal && v.Template.Equal(other.Template)
}

// Replacement is a text and what stands in its place.
type Replacement struct{ From, To string }

// Field is one field of an answer. Its value depends on whether the call goes on.
type Field struct {
	Name         string
	GoesOn, Ends Value
}

// Value is a field's value: a template, or a number, true, false or null as JSON has it.
type Value struct {
	Template Template
	// Literal is the JSON of a value that is no text; "" for a template.
	Literal string
}

// Template is a text with placeholders such as {text} in it.
type Template struct{ Parts []Part }

// Part is a piece of a template: words, or the name of what stands there.
type Part struct {
	Words string
	Name  string
}

// Only returns the name of a template that is one placeholder and nothing else.
func (t Template) Only() (name string, ok bool) {
	if len(t.Parts) == 1 && t.Parts[0].Name != "" {
		return t.Parts[0].Name, true
	}
	return "", false
}

// IsEmpty reports whether a template has no parts.
func (t Template) IsEmpty() bool { return len(t.Parts) == 0 }

// Has reports whether a template has a placeholder of this name.
func (t Template) Has(name string) bool {
	for _, p := range t.Parts {
		if p.Name == name {
			return true
		}
	}
	return false
}

// Fill returns the template's text. value returns what stands in place of a name.
func (t Template) Fill(value func(name string) string) string {
	if len(t.Parts) == 1 {
		if p := t.Parts[0]; p.Name == "" {
			return p.Words
		}
	}
	var b strings.Builder
	for _, p := range t.Parts {
		b.WriteString(p.Words)
		if p.Name != "" {
			b.WriteString(value(p.Name))
		}
	}
	return b.String()
}

// ParseTemplate reads a template. bad is the part of it that is no placeholder, or "".
func ParseTemplate(s string) (t Template, bad string) {
	for s != "" {
		words, rest, found := strings.Cut(s, "{")
		if words != "" {
			t.Parts = append(t.Parts, Part{Words: words})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.ContainsAny(name, "{ \t\n") {
			return t, "{" + rest
		}
		t.Parts = append(t.Parts, Part{Name: name})
		s = after
	}
	return t, ""
}

// Profile says what the gateway does with screens, and in which country.
type Profile struct {
	Country, Timezone, Currency string
	// Septets and Units bound a screen in GSM-7 and in UCS-2.
	Septets, Units int
}

// The placeholders of an answer. Any other name is a field of the callback.
const (
	NameText     = "text"
	NameTitle    = "title" // the first line of the text
	NameSession  = "session"
	NameCaller   = "caller"
	NameService  = "service"
	NameNetwork  = "network"
	NameSequence = "sequence"
)
