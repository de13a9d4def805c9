package declared

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/wire"
	"github.com/paytrace/paytrace/gateway"
)

var contentTypes = map[wire.Format]string{
	wire.Text: "text/plain; charset=utf-8",
	wire.JSON: "application/json",
	wire.XML:  "text/xml; charset=utf-8",
}

// Encode implements gateway.Codec.
func (c *Codec) Encode(r gateway.Request, req engine.Request, reply engine.Reply) gateway.Response {
	a := &c.spec.Answer
	value := c.placeholders(r, req, reply.Text)
	out := gateway.Response{Status: http.StatusOK, ContentType: c.contentType()}
	for _, f := range a.Header {
		out.Header = append(out.Header, gateway.Named{Name: f.Name, Value: headerValue(of(f, reply.End), value)})
	}
	switch a.Format {
	case wire.Text:
		body := a.GoesOn
		if reply.End {
			body = a.Ends
		}
		out.Body = []byte(body.Fill(value))
	case wire.JSON:
		out.Body = appendJSON(a.Fields, reply.End, value)
	case wire.XML:
		out.Body = appendXML(a, reply.End, value)
	}
	return out
}

func (c *Codec) contentType() string {
	if c.spec.Answer.Type != "" {
		return c.spec.Answer.Type
	}
	return contentTypes[c.spec.Answer.Format]
}

// Noticed implements gateway.EventCodec.
func (c *Codec) Noticed(gateway.Request) gateway.Response {
	return gateway.Response{Status: http.StatusOK, ContentType: c.contentType(), Body: []byte(c.spec.Noticed)}
}

// maxTitle bounds the characters of a title.
const maxTitle = 40

// placeholders returns what stands in place of a name in an answer. Fields of the callback
// are read again only if the answer has some.
func (c *Codec) placeholders(r gateway.Request, req engine.Request, text string) func(string) string {
	for _, one := range c.spec.Answer.Replace {
		text = strings.ReplaceAll(text, one.From, one.To)
	}
	var v values
	return func(name string) string {
		switch name {
		case wire.NameText:
			return text
		case wire.NameTitle:
			line, _, _ := strings.Cut(text, "\n")
			for i := range line {
				if utf8.RuneCountInString(line[:i]) == maxTitle {
					return line[:i]
				}
			}
			return line
		case wire.NameSession:
			return strings.TrimPrefix(req.Session, c.spec.Name+"/")
		case wire.NameCaller:
			return req.Caller
		case wire.NameService:
			return req.Service
		case wire.NameNetwork:
			return req.Network
		case wire.NameSequence:
			return strconv.Itoa(req.Sequence)
		}
		if v == nil {
			if v, _ = c.read(r); v == nil {
				v = values{}
			}
		}
		return v[name]
	}
}

// of returns a field's value in an answer.
func of(f wire.Field, end bool) wire.Value {
	if end {
		return f.Ends
	}
	return f.GoesOn
}

// headerValue returns a value on one line.
func headerValue(v wire.Value, value func(string) string) string {
	if v.Literal != "" {
		return v.Literal
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, v.Template.Fill(value))
}

func appendJSON(fields []wire.Field, end bool, value func(string) string) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(f.Name))
		b.WriteByte(':')
		if v := of(f, end); v.Literal != "" {
			b.WriteString(v.Literal)
		} else {
			b.Write(jsonValue(v.Template, value))
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}

// wholeNumber matches an ID that a JSON number can hold without loss.
var wholeNumber = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)

// jsonValue returns a template's text as JSON. A placeholder that ends in "#", as
// {session#}, is a number where the value is one.
func jsonValue(t wire.Template, value func(string) string) []byte {
	if name, only := t.Only(); only {
		if plain, number := strings.CutSuffix(name, "#"); number {
			if s := value(plain); wholeNumber.MatchString(s) {
				return []byte(s)
			}
			return quoted(value(plain))
		}
	}
	return quoted(t.Fill(value))
}

func quoted(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return []byte(`""`) // a string is always encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func appendXML(a *wire.Answer, end bool, value func(string) string) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<" + a.Root + ">")
	for _, f := range a.Fields {
		v := of(f, end)
		b.WriteString("<" + f.Name + ">")
		if v.Literal != "" {
			b.WriteString(v.Literal)
		} else {
			b.WriteString(xmlText.Replace(clean(v.Template.Fill(value))))
		}
		b.WriteString("</" + f.Name + ">")
	}
	b.WriteString("</" + a.Root + ">")
	return b.Bytes()
}

// xmlText escapes a text. encoding/xml would also escape the line breaks of a screen,
// which some gateways then show as they stand.
var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// clean drops characters that XML can't hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !xmlChar(r) {
			return -1
		}
		return r
	}, s)
}

func xmlChar(r rune) bool {
	return r == '\n' || r == '\t' || r >= ' ' && r != 0xfffe && r != 0xffff && r != utf8.RuneError
}

// unescapeXML reads an element's text.
func unescapeXML(body []byte) (map[string]string, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	v, in := map[string]string{}, ""
	for {
		t, err := d.Token()
		if t == nil {
			if len(v) == 0 {
				return nil, err
			}
			return v, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = t.Name.Local
			v[in] += ""
		case xml.CharData:
			v[in] += string(t)
		case xml.EndElement:
			in = ""
		}
	}
}
