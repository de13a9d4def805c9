package declared

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/wire"
	"github.com/paytrace/paytrace/gateway"
)

// Callback implements gateway.Client.
func (c *Codec) Callback(call gateway.Call) gateway.Request {
	names, v := c.sent(call)
	r := gateway.Request{Method: c.spec.Methods[0], Header: http.Header{}}
	r.Path = c.path(v)
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(c.spec.Path, "{"+name+"}") })
	switch c.spec.Format {
	case wire.JSON:
		r.Header = http.Header{"Content-Type": {"application/json"}}
		r.Body = jsonBody(names, v)
	case wire.XML:
		r.Header = http.Header{"Content-Type": {"text/xml"}}
		r.Body = xmlBody(c.spec.Root, names, v)
	case wire.Form:
		r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		r.Body = formBody(names, v)
	default:
		r.Query = formBody(names, v)
	}
	return r
}

// sent returns the fields of a callback, and their names in order.
func (c *Codec) sent(call gateway.Call) (names []string, v values) {
	s, v := &c.spec, values{}
	set := func(name, value string) {
		if _, ok := v[name]; !ok && name != "" {
			v[name] = value
			names = append(names, name)
		}
	}
	first := call.Number == 1
	for _, cond := range s.First {
		set(cond.Field, fulfilling(cond, first))
	}
	for _, cond := range s.Ended {
		if !strings.EqualFold(cond.Field, s.Text) && len(cond.Values) > 0 {
			set(cond.Field, fulfilling(cond.Condition, false))
		}
	}
	whole := func(t wire.Template, value string) {
		var name string
		for _, p := range t.Parts {
			name = cmp.Or(name, p.Name)
		}
		if part, ok := between(t, value); ok {
			set(name, part)
		}
	}
	whole(s.Session, call.Session)
	whole(s.Caller, call.Caller)
	whole(s.Network, call.Network)
	whole(s.Service, call.Service)
	set(s.Sequence, strconv.Itoa(call.Number))
	if first {
		set(s.Dialled, call.Dialled)
		set(s.Ahead, call.Text)
	}
	switch {
	case s.All:
		set(s.Text, call.Text)
	case first && s.Unmarked:
		set(s.Text, strings.Trim(call.Dialled, "*#"))
	case first:
		set(s.Text, "")
	default:
		set(s.Text, call.Last)
	}
	return names, v
}

// fulfilling returns a value that fulfils a condition, or one that does not.
func fulfilling(c wire.Condition, fulfil bool) string {
	if len(c.Values) == 0 {
		return ""
	}
	if fulfil != c.Not {
		return c.Values[0]
	}
	switch strings.ToLower(c.Values[0]) {
	case "true":
		return "false"
	case "false":
		return "true"
	case "1":
		return "2"
	}
	return "response"
}

func (c *Codec) path(v values) string {
	parts := make([]string, len(c.spec.Path))
	for i, part := range c.spec.Path {
		if name, isField := strings.CutPrefix(part, "{"); isField {
			part = url.PathEscape(v[strings.TrimSuffix(name, "}")])
		}
		parts[i] = part
	}
	return strings.Join(parts, "/")
}

func formBody(names []string, v values) []byte {
	var b bytes.Buffer
	for i, name := range names {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(v[name]))
	}
	return b.Bytes()
}

func jsonBody(names []string, v values) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(name))
		b.WriteByte(':')
		if value := v[name]; value == "true" || value == "false" {
			b.WriteString(value)
		} else {
			b.Write(quoted(value))
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}

func xmlBody(root string, names []string, v values) []byte {
	var b bytes.Buffer
	b.WriteString("<" + root + ">")
	for _, name := range names {
		b.WriteString("<" + name + ">")
		_ = xml.EscapeText(&b, []byte(v[name])) // a buffer takes everything
		b.WriteString("</" + name + ">")
	}
	b.WriteString("</" + root + ">")
	return b.Bytes()
}

// Screen implements gateway.Client.
func (c *Codec) Screen(status int, header gateway.Header, body []byte) (text string, end bool, err error) {
	switch {
	case status != http.StatusOK:
		return "", false, fmt.Errorf("%w: the status is %d; 200 is expected", gateway.ErrNoScreen, status)
	case len(body) > gateway.MaxBody:
		return "", false, fmt.Errorf("%w: it is longer than %d bytes", gateway.ErrNoScreen, gateway.MaxBody)
	case !utf8.Valid(body):
		return "", false, fmt.Errorf("%w: it is not UTF-8 text", gateway.ErrNoScreen)
	}
	a := &c.spec.Answer
	var found []shownAs
	for _, end := range []bool{false, true} {
		if text, ok := c.readAnswer(a, header, body, end); ok {
			found = append(found, shownAs{text, end})
		}
	}
	if len(found) != 1 {
		return "", false, fmt.Errorf("%w: it has not the form of the gateway %s", gateway.ErrNoScreen, c.spec.Name)
	}
	text = strings.TrimRight(found[0].text, " \n\t")
	if text == "" {
		return "", false, fmt.Errorf("%w: it has no text", gateway.ErrNoScreen)
	}
	return text, found[0].end, nil
}

type shownAs struct {
	text string
	end  bool
}

// readAnswer reads an answer as one of a call that goes on, or of one that ends.
func (c *Codec) readAnswer(a *wire.Answer, header gateway.Header, body []byte, end bool) (text string, ok bool) {
	for _, f := range a.Header {
		if want := of(f, end); !f.GoesOn.Equal(f.Ends) && (header == nil || header.Get(f.Name) != literal(want)) {
			return "", false
		}
	}
	if a.Format == wire.Text {
		t := a.GoesOn
		if end {
			t = a.Ends
		}
		return between(t, string(body))
	}
	fields, ok := answerFields(a.Format, body)
	if !ok {
		return "", false
	}
	for _, f := range a.Fields {
		want := of(f, end)
		switch {
		case want.Template.Has(wire.NameText):
			if text, ok = between(want.Template, fields[f.Name]); !ok {
				return "", false
			}
		case !f.GoesOn.Equal(f.Ends) && fields[f.Name] != literal(want):
			return "", false
		}
	}
	return text, true
}

// literal returns a value without placeholders as a text.
func literal(v wire.Value) string {
	if v.Literal != "" {
		return v.Literal
	}
	return v.Template.Fill(func(string) string { return "" })
}

// between returns what stands in place of a template's first placeholder. Every other one
// is empty.
func between(t wire.Template, s string) (string, bool) {
	before, after, at := "", "", false
	for _, p := range t.Parts {
		switch {
		case p.Name != "":
			at = true
		case at:
			after += p.Words
		default:
			before += p.Words
		}
	}
	s, head := strings.CutPrefix(s, before)
	s, tail := strings.CutSuffix(s, after)
	return s, head && tail
}

// answerFields reads the fields of an answer.
func answerFields(format wire.Format, body []byte) (map[string]string, bool) {
	if format == wire.XML {
		v, err := unescapeXML(body)
		return v, err == nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, false
	}
	fields := map[string]string{}
	for name, value := range raw {
		var s string
		if json.Unmarshal(value, &s) != nil {
			s = string(value)
		}
		fields[name] = s
	}
	return fields, true
}
