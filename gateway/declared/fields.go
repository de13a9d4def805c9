package declared

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/wire"
	"github.com/paytrace/paytrace/gateway"
)

// Limits of a callback's body in JSON or XML. Those of forms are gateway.MaxFields.
const (
	// maxValues bounds the fields of a body. The largest known callback has 9.
	maxValues = 64
	// maxDepth bounds how deep fields stand in each other.
	maxDepth = 4
)

// values has the fields of a callback by name. A field of another is "outer.inner", and an
// attribute in XML is "@name".
type values map[string]string

// read reads the fields of a callback. An error is a *gateway.Refusal.
func (c *Codec) read(r gateway.Request) (values, error) {
	v := values{}
	if !slices.Contains(c.spec.Methods, r.Method) {
		return nil, gateway.Refuse("The method is %s; %s is expected.", shown(r.Method), strings.Join(c.spec.Methods, " or "))
	}
	if len(r.Body) > gateway.MaxBody {
		return nil, gateway.RefuseSize()
	}
	if err := c.readPath(v, r.Path); err != nil {
		return nil, err
	}
	var err error
	switch c.spec.Format {
	case wire.Query:
		err = c.readForm(v, r.Query)
	case wire.Form:
		if media(r) != "application/x-www-form-urlencoded" {
			return nil, gateway.Refuse("The Content-Type must be application/x-www-form-urlencoded.")
		}
		err = c.readForm(v, r.Body)
	case wire.JSON:
		err = v.readJSON(asUTF8(r.Body))
	case wire.XML:
		err = v.readXML(r.Body, c.spec.Root)
	}
	return v, err
}

// shown returns a method for a message.
func shown(method string) string {
	const longest = 10
	if method == "" || len(method) > longest || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "unknown"
	}
	return method
}

func media(r gateway.Request) string {
	media, _, err := mime.ParseMediaType(r.ContentType())
	if err != nil {
		return ""
	}
	return media
}

// readPath reads the parts of the path that are fields.
func (c *Codec) readPath(v values, path string) error {
	if len(c.spec.Path) == 0 {
		return nil
	}
	parts := strings.Split(path, "/")
	if len(parts) != len(c.spec.Path) {
		return gateway.Refuse("The path has %d parts; %d are expected: %s.", len(parts), len(c.spec.Path), strings.Join(c.spec.Path, "/"))
	}
	for i, want := range c.spec.Path {
		name, isField := strings.CutPrefix(want, "{")
		switch {
		case isField:
			v[strings.TrimSuffix(name, "}")] = strings.Clone(parts[i])
		case parts[i] != want:
			return gateway.Refuse("The path is not as expected: %s.", strings.Join(c.spec.Path, "/"))
		}
	}
	return nil
}

// readForm reads the fields that the gateway's file names.
func (c *Codec) readForm(v values, raw []byte) error {
	form := gateway.Form{Typed: c.spec.Text}
	names := c.names
	if err := form.Parse(raw, names); err != nil {
		return err
	}
	for i, name := range names {
		if value, ok := form.Get(i); ok {
			v[name] = value
		}
	}
	return nil
}

// asUTF8 returns a body in UTF-8. One that is not is read as Latin-1.
func asUTF8(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if utf8.Valid(body) {
		return body
	}
	return gateway.Latin1(body)
}

// set stores a field, which may come once.
func (v values) set(name, value string) error {
	if _, twice := v[name]; twice {
		return gateway.Refuse("A field comes twice in the body.")
	}
	if len(v) == maxValues {
		return gateway.Refuse("The body has more than %d fields.", maxValues)
	}
	v[strings.Clone(name)] = strings.Clone(value)
	return nil
}

// readJSON reads an object. A null counts as not sent, and what stands in a list is left
// out.
func (v values) readJSON(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return gateway.Refuse("The body is not a JSON object.")
	}
	if err := v.readObject(d, "", 1); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return gateway.Refuse("Something stands behind the JSON object of the body.")
	}
	return nil
}

var errJSON = gateway.Refuse("The body is not valid JSON.")

func (v values) readObject(d *json.Decoder, prefix string, depth int) error {
	if depth > maxDepth {
		return gateway.Refuse("The fields of the body stand more than %d deep in each other.", maxDepth)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return errJSON
		}
		name, _ := key.(string)
		value, err := d.Token()
		if err != nil {
			return errJSON
		}
		switch value := value.(type) {
		case json.Delim:
			if value == '{' {
				err = v.readObject(d, prefix+name+".", depth+1)
			} else {
				err = skipList(d)
			}
		case string:
			err = v.set(prefix+name, value)
		case json.Number:
			err = v.set(prefix+name, value.String())
		case bool:
			err = v.set(prefix+name, map[bool]string{true: "true", false: "false"}[value])
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return errJSON
	}
	return nil
}

// skipList passes a list, of which no field is read.
func skipList(d *json.Decoder) error {
	for open := 1; open > 0; {
		t, err := d.Token()
		if err != nil {
			return errJSON
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			open++
		case json.Delim(']'), json.Delim('}'):
			open--
		}
		if open > maxDepth {
			return gateway.Refuse("The fields of the body stand more than %d deep in each other.", maxDepth)
		}
	}
	return nil
}

var errXML = gateway.Refuse("The body is not valid XML.")

// readXML reads an XML document. It takes no document type: entities of its own would come
// with one, and their text can be endless.
func (v values) readXML(body []byte, root string) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict, d.CharsetReader = true, latinReader
	x := xmlReader{values: v, root: root}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && x.begun && len(x.path) == 0 {
			return nil
		}
		if err != nil {
			return errXML
		}
		if err := x.take(t); err != nil {
			return err
		}
	}
}

// xmlReader reads the elements of a document, one token after the other.
type xmlReader struct {
	values
	root  string
	begun bool
	path  []string
	text  strings.Builder
}

func (x *xmlReader) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.Directive:
		return gateway.Refuse("The body has a document type, which is not read.")
	case xml.StartElement:
		return x.start(t)
	case xml.CharData:
		x.text.Write(t)
	case xml.EndElement:
		return x.end()
	}
	return nil
}

func (x *xmlReader) start(t xml.StartElement) error {
	if len(x.path) == 0 && (x.begun || t.Name.Local != x.root) {
		return gateway.Refuse("The body's outermost element is not %s.", x.root)
	}
	if x.begun = true; len(x.path) > maxDepth {
		return gateway.Refuse("The fields of the body stand more than %d deep in each other.", maxDepth)
	}
	x.path = append(x.path, t.Name.Local)
	x.text.Reset()
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		if err := x.set(strings.Join(append(x.path[1:len(x.path):len(x.path)], "@"+a.Name.Local), "."), a.Value); err != nil {
			return err
		}
	}
	return nil
}

func (x *xmlReader) end() error {
	name, text := strings.Join(x.path[1:], "."), x.text.String()
	x.path = x.path[:len(x.path)-1]
	x.text.Reset()
	if name == "" || text == "" && x.within(name) {
		return nil
	}
	return x.set(name, strings.TrimSpace(text))
}

// within reports whether a field has others in it.
func (v values) within(name string) bool {
	for other := range v {
		if strings.HasPrefix(other, name+".") {
			return true
		}
	}
	return false
}

// latinReader reads the character sets that gateways write in an XML declaration.
func latinReader(charset string, body io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "utf-8", "us-ascii":
		return body, nil
	case "iso-8859-1", "latin1", "windows-1252":
		b, err := io.ReadAll(io.LimitReader(body, gateway.MaxBody))
		return bytes.NewReader(gateway.Latin1(b)), err
	}
	return nil, errXML
}
