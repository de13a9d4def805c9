// Package declared speaks to gateways that a file describes: which field is what, whether
// all that was typed is sent or only the last input, how a callback is answered. So a new
// aggregator needs a file and no Go. The files of known aggregators are beside this folder.
package declared

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/wire"
	"github.com/paytrace/paytrace/gateway"
)

// Codec implements gateway.Codec, EventCodec and Client for one gateway.
type Codec struct {
	spec wire.Spec
	// names lists the fields that are read.
	names []string
}

var (
	_ gateway.EventCodec = (*Codec)(nil)
	_ gateway.Client     = (*Codec)(nil)
)

// New returns the codec of a gateway whose file has no errors.
func New(spec wire.Spec) *Codec {
	c := &Codec{spec: spec}
	add := func(name string) {
		if name != "" && !slices.Contains(c.names, name) {
			c.names = append(c.names, name)
		}
	}
	for _, t := range []wire.Template{spec.Session, spec.Caller, spec.Service, spec.Network} {
		for _, p := range t.Parts {
			add(p.Name)
		}
	}
	for _, name := range []string{spec.Text, spec.Dialled, spec.Ahead, spec.Sequence} {
		add(name)
	}
	for _, cond := range spec.First {
		add(cond.Field)
	}
	for _, cond := range spec.Ended {
		add(cond.Field)
	}
	for _, f := range slices.Concat(spec.Answer.Fields, spec.Answer.Header) {
		for _, v := range []wire.Value{f.GoesOn, f.Ends} {
			for _, p := range v.Template.Parts {
				if !own(p.Name) {
					add(p.Name)
				}
			}
		}
	}
	return c
}

// own reports whether a placeholder is none of a field of the callback.
func own(name string) bool {
	switch strings.TrimSuffix(name, "#") {
	case "", wire.NameText, wire.NameTitle, wire.NameSession, wire.NameCaller, wire.NameService, wire.NameNetwork, wire.NameSequence:
		return true
	}
	return false
}

// Known returns the gateways that are described in gateway.Files, by name.
func Known() (list []*Codec, err error) {
	files, err := fs.Glob(gateway.Files, "*/gateway.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		spec, found := syntax.ReadGateway(gateway.Files, file, "gateway")
		if found.Bad() {
			return nil, fmt.Errorf("a built-in gateway can't be read: %s", found.First())
		}
		if spec.Name != path.Dir(file) {
			return nil, fmt.Errorf("the gateway %s is in the folder %s", spec.Name, path.Dir(file))
		}
		list = append(list, New(spec))
	}
	return list, nil
}

// Name returns the gateway's name.
func (c *Codec) Name() string { return c.spec.Name }

// Spec returns what the gateway's file says.
func (c *Codec) Spec() wire.Spec { return c.spec }

// Parts returns how many parts the path of a callback has behind the gateway's own.
func (c *Codec) Parts() int { return len(c.spec.Path) }

// Methods returns the HTTP methods of callbacks.
func (c *Codec) Methods() []string { return c.spec.Methods }

// Decode implements gateway.Codec. Its sessions begin with the gateway's name, because two
// gateways may use one ID.
func (c *Codec) Decode(r gateway.Request) (engine.Request, error) {
	v, err := c.read(r)
	if err != nil {
		return engine.Request{}, err
	}
	if _, ended := c.ending(v); ended {
		return engine.Request{}, gateway.ErrNotACallback
	}
	req := engine.Request{Provider: c.spec.Name, LastInput: !c.spec.All, ReusesIDs: c.spec.ReusesIDs}
	if err := c.who(v, &req); err != nil {
		return engine.Request{}, err
	}
	if !c.spec.All {
		return c.last(v, req)
	}
	if req.Service, err = gateway.Service(label(c.spec.Service, "service"), c.filled(c.spec.Service, v)); err != nil {
		return typed(engine.Request{}, err)
	}
	text, sent := v[c.spec.Text]
	if !sent {
		return engine.Request{}, gateway.Refuse("The field %s is missing.", c.spec.Text)
	}
	if req.Text, err = gateway.Text(c.spec.Text, c.stripped(text)); err != nil {
		return typed(req, err)
	}
	req.First = c.isFirst(v)
	return req, nil
}

// typed returns a request with a refusal: the zero one if the refusal is not Typed.
func typed(req engine.Request, err error) (engine.Request, error) {
	var refusal *gateway.Refusal
	if errors.As(err, &refusal) && refusal.Typed {
		return req, err
	}
	return engine.Request{}, err
}

// who reads the session, its caller and the network.
func (c *Codec) who(v values, req *engine.Request) error {
	id, err := c.session(v)
	if err != nil {
		return err
	}
	req.Session = id
	if req.Caller, err = gateway.Caller(label(c.spec.Caller, "caller"), c.filled(c.spec.Caller, v)); err != nil {
		return err
	}
	req.Network, err = gateway.Network(label(c.spec.Network, "network"), c.filled(c.spec.Network, v))
	return err
}

func (c *Codec) session(v values) (string, error) {
	id, err := gateway.Session(label(c.spec.Session, "session"), c.filled(c.spec.Session, v))
	if err != nil {
		return "", err
	}
	return gateway.Session(label(c.spec.Session, "session"), c.spec.Name+"/"+id)
}

// last reads what a gateway sends that does not send all that was typed.
func (c *Codec) last(v values, req engine.Request) (engine.Request, error) {
	text, sent := v[c.spec.Text]
	req.First, req.Sequence = c.isFirst(v), sequence(v[c.spec.Sequence])
	if !sent && !req.First {
		return engine.Request{}, gateway.Refuse("The field %s is missing.", c.spec.Text)
	}
	if c.spec.Unmarked {
		req.MayBegin = true
	}
	var err error
	if !req.First {
		if req.Text, err = gateway.Input(c.spec.Text, text); err != nil {
			return typed(req, err)
		}
		return req, nil
	}
	code := c.filled(c.spec.Service, v)
	if dialled := strings.TrimSpace(v[c.spec.Dialled]); strings.HasPrefix(dialled, "*") || code == "" {
		code = dialled
	}
	if req.Service, err = gateway.Service(cmp.Or(c.spec.Dialled, label(c.spec.Service, "service")), code); err != nil {
		return typed(req, err)
	}
	if ahead := strings.Trim(v[c.spec.Ahead], "*# "); ahead != "" {
		if req.Text, err = gateway.Text(c.spec.Ahead, ahead); err != nil {
			return typed(req, err)
		}
	}
	return req, nil
}

// stripped returns a text without the beginning that the gateway's file names.
func (c *Codec) stripped(text string) string {
	strip := c.spec.Strip
	if strip == "" {
		return text
	}
	rest, found := strings.CutPrefix(strings.TrimPrefix(text, "*"), strip)
	switch {
	case !found || rest != "" && rest[0] != '*' && rest[0] != '#':
		return text
	case rest == "#":
		return ""
	}
	return strings.TrimPrefix(rest, "*")
}

// isFirst reports whether a callback is the first of its session, as far as the gateway
// tells.
func (c *Codec) isFirst(v values) bool {
	for _, cond := range c.spec.First {
		if value, sent := v[cond.Field]; cond.Holds(value, sent) {
			return true
		}
	}
	return false
}

// ending reports whether a callback says that its session has ended, and how.
func (c *Codec) ending(v values) (string, bool) {
	for _, cond := range c.spec.Ended {
		if value, sent := v[cond.Field]; cond.Holds(value, sent) {
			return cond.Ending, true
		}
	}
	return "", false
}

// maxSequence bounds the number of a callback. No session has a million.
const maxSequence = 1_000_000

func sequence(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxSequence {
		return 0
	}
	return n
}

// label returns the name of the field that a template is, for messages.
func label(t wire.Template, otherwise string) string {
	if name, only := t.Only(); only {
		return name
	}
	return otherwise
}

// filled returns the text of a template of fields.
func (c *Codec) filled(t wire.Template, v values) string {
	return t.Fill(func(name string) string { return v[name] })
}

// DecodeEvent implements gateway.EventCodec.
func (c *Codec) DecodeEvent(r gateway.Request) (gateway.Event, error) {
	v, err := c.read(r)
	if err != nil {
		return gateway.Event{}, err
	}
	ending, ended := c.ending(v)
	if !ended {
		return gateway.Event{}, gateway.Refuse("This is not a notice that a session has ended.")
	}
	event := gateway.Event{Provider: c.spec.Name, Status: gateway.Ending(ending)}
	if event.Session, err = c.session(v); err != nil {
		return gateway.Event{}, err
	}
	event.Caller, _ = gateway.Caller(label(c.spec.Caller, "caller"), c.filled(c.spec.Caller, v))
	event.Service, _ = gateway.Service(label(c.spec.Service, "service"), c.filled(c.spec.Service, v))
	event.Network, _ = gateway.Network(label(c.spec.Network, "network"), c.filled(c.spec.Network, v))
	return event, nil
}
