package syntax

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/endpoint"
)

// DeclaredFile is the name of the file that declares the actions that the menus of a
// folder use and that the program does not implement itself.
const DeclaredFile = "actions.yaml"

const (
	// MaxDeclared bounds the actions of one file. It is more than a service has; each
	// unknown name is compared with all of them.
	MaxDeclared = 500
	// defaultTakes is the time that a declared action may take if the file gives none.
	defaultTakes = 2 * time.Second
	// MaxPosted bounds the time of an action that is asked over HTTP: the callback's
	// four seconds, less what saving and answering need.
	MaxPosted = 3500 * time.Millisecond
)

// Declared holds what one actions.yaml says.
type Declared struct {
	Contracts []engine.Contract
	// Posts lists the actions that a backend answers over HTTP. The others are planned.
	Posts []Post
	// ServeAt is the address below which the backend answers; zero for none.
	ServeAt endpoint.Template
}

// Answers reports whether a backend answers an action.
func (d *Declared) Answers(c engine.Contract) bool {
	return slices.ContainsFunc(d.Posts, func(p Post) bool { return p.Action == c.Name })
}

// A Post says where requests for an action are sent.
type Post struct {
	Action string
	To     endpoint.Template
	Pos    engine.Pos
}

// ReadDeclared reads the contracts of actions from one file. A menu can be written,
// checked and tested with them before the actions exist. It can be served when a
// backend answers them: an action with "post" is asked over HTTP. An entry that can't
// be read is left out, and a diagnostic says why.
//
//	serve_at: ${SCHOOL_URL}
//	actions:
//	  pay_fees:
//	    about: Pays school fees from the caller's account.
//	    takes: {pupil: text 12, amount: money 1..100000, pin: pin 4}
//	    ends:
//	      paid: {receipt: text 10, note: text 40 or nothing}
//	      wrong_pin:
//	    within: 3s
//	    is: money
//	    post: /fees/pay
//	  list_pupils:
//	    ends:
//	      listed: {pupils: {list of: pupil, name: text 12, owes: money 0..90000}}
//	    is: read only
func ReadDeclared(fsys fs.FS, name, dir string) (Declared, diag.List) {
	r := &declaredReader{reader: &reader{fsys: fsys, dir: dir, file: &File{}, named: map[string]Text{}}}
	if root := r.open(name, Text{}); root != nil {
		r.fields(root, DeclaredFile, map[string]parser{
			"serve_at": func(e entry) { r.read.ServeAt, r.based = r.address(e) },
			"actions":  r.actions,
		})
	}
	r.join()
	r.out.Sort()
	return r.read, r.out
}

type declaredReader struct {
	*reader
	read Declared
	// based says that there is a "serve_at" that could be read.
	based bool
	// paths lists the actions whose "post" is only a path; "serve_at" may stand below
	// them.
	paths []postPath
}

// A postPath is the path of one action below "serve_at".
type postPath struct {
	action string
	path   Text
}

func (r *declaredReader) actions(e entry) {
	for _, one := range r.entries(e.node, `"actions"`) {
		if len(r.read.Contracts) == MaxDeclared {
			r.find("U003", one.key, fmt.Sprintf("There are more than %d actions.", MaxDeclared), "")
			return
		}
		if r.goodName(one.key, "an action") {
			r.action(one)
		}
	}
}

func (r *declaredReader) action(e entry) {
	c := engine.Contract{Name: e.key.Value, Takes: defaultTakes}
	before := len(r.out)
	var post, within entry
	r.fields(e.node, "an action", map[string]parser{
		"about": func(e entry) {
			if t, ok := r.scalar(e, "a sentence about it"); ok {
				c.About = t.Value
			}
		},
		"takes":  func(e entry) { c.Params = r.named(e) },
		"ends":   func(e entry) { c.Outcomes = r.outcomes(e) },
		"within": func(e entry) { within, c.Takes = e, r.within(e) },
		"is":     func(e entry) { r.traits(e, &c) },
		"post":   func(e entry) { post = e },
	})
	c.TellsLate = !c.Reads
	if len(c.Outcomes) == 0 && len(r.out) == before {
		r.find("U003", e.key, fmt.Sprintf("%q has no outcomes.", c.Name), "Write its outcomes below \"ends\", as 'done:'.")
		return
	}
	r.read.Contracts = append(r.read.Contracts, c)
	if post.node == nil {
		return
	}
	r.post(c.Name, post)
	if c.Takes > MaxPosted {
		r.find(codeAddress, r.at(within.node), fmt.Sprintf("%q is asked over HTTP while the caller waits, and may take at most %v.", c.Name, MaxPosted),
			"Write less. A backend that needs longer answers with the outcome \"pending\".")
	}
}

// codeAddress is the code of an action that can't be asked over HTTP.
const codeAddress = "U902"

const addressWanted = "an address, as https://host/path or ${SACCO_URL}"

// address reads an address or a template of one.
func (r *declaredReader) address(e entry) (endpoint.Template, bool) {
	text, ok := r.scalar(e, addressWanted)
	if !ok {
		return endpoint.Template{}, false
	}
	t, err := endpoint.ParseTemplate(text.Value)
	if err != nil {
		r.find(codeAddress, text, fmt.Sprintf("No request can be sent to the address of %q: %v.", e.key.Value, err), "")
	}
	return t, err == nil
}

// post reads where an action is answered: a path below "serve_at", or a whole address.
func (r *declaredReader) post(action string, e entry) {
	text, ok := r.scalar(e, "a path, as /members/find")
	switch {
	case !ok:
	case strings.HasPrefix(text.Value, "/"):
		r.paths = append(r.paths, postPath{action, text})
	default:
		if to, ok := r.address(e); ok {
			r.read.Posts = append(r.read.Posts, Post{Action: action, To: to, Pos: text.Pos})
		}
	}
}

// join puts paths behind "serve_at".
func (r *declaredReader) join() {
	for _, p := range r.paths {
		to, err := endpoint.ParseTemplate(r.read.ServeAt.Join(p.path.Value).String())
		switch {
		case !r.based && len(r.out) > 0: // "serve_at" has a diagnostic, or the reader stopped early
		case !r.based:
			r.find(codeAddress, p.path, fmt.Sprintf("%q has the path %s, and nothing says on which host it is.", p.action, p.path.Value),
				"Write the host at the top of the file, as: serve_at: ${SACCO_URL}")
		case err != nil:
			r.find(codeAddress, p.path, fmt.Sprintf("No request can be sent to the address of %q: %v.", p.action, err), "")
		default:
			r.read.Posts = append(r.read.Posts, Post{Action: p.action, To: to, Pos: p.path.Pos})
		}
	}
}

// outcomes returns the outcomes of an action with the values that each gives.
func (r *declaredReader) outcomes(e entry) []engine.OutcomeContract {
	var list []engine.OutcomeContract
	for _, one := range r.entries(e.node, `"ends"`) {
		name := one.key.Value
		switch {
		case name == engine.Failed || name == engine.Pending:
			r.find("U007", one.key, fmt.Sprintf("Every action has the outcome %q, so it is not declared.", name), "Delete this line.")
		case r.goodName(one.key, "an ending"):
			o := engine.OutcomeContract{Name: name}
			if !IsEmpty(one.node) {
				o.Gives = r.named(one)
			}
			list = append(list, o)
		}
	}
	return list
}

// named returns fields: names with their types.
func (r *declaredReader) named(e entry) []engine.Field {
	var list []engine.Field
	for _, one := range r.entries(e.node, `"`+e.key.Value+`"`) {
		if !r.goodName(one.key, "a value") {
			continue
		}
		if t, ok := r.typeOf(one); ok {
			list = append(list, engine.Field{Name: one.key.Value, Type: t})
		}
	}
	return list
}

const typeWanted = "a type, as text 20 or money 10..500"

// These are the keys of a type that is written as a group: what it is, then its
// fields.
const (
	KeyListOf   = "list of"
	KeyRecordOf = "record of"
)

func (r *declaredReader) typeOf(e entry) (engine.Type, bool) {
	if kind, what, fields, ok := r.group(e); ok {
		return engine.Type{Kind: kind, Record: what, Fields: fields}, len(fields) > 0
	}
	t, ok := r.scalar(e, typeWanted)
	if !ok {
		return engine.Type{}, false
	}
	// The type lists the options of a choice, because no variable does.
	required, optional := strings.CutSuffix(t.Value, " "+engine.OrNothing)
	name, options, _ := strings.Cut(required, " ")
	if name == "choice" && options != "" {
		choice := choiceOf(strings.Split(options, "|"))
		choice.Optional = optional
		return choice, true
	}
	read, err := engine.ParseType(t.Value)
	if err != nil {
		r.find("U003", t, Upper(err.Error())+".", "")
	}
	return read, err == nil
}

func choiceOf(options []string) engine.Type {
	t := engine.Type{Kind: engine.KindChoice}
	for _, o := range options {
		o = strings.TrimSpace(o)
		t.Options = append(t.Options, o)
		t.Width = max(t.Width, len(o))
	}
	return t
}

// group reads {list of: payment, date: date, amount: money 1..500}.
func (r *declaredReader) group(e entry) (kind engine.Kind, what string, fields []engine.Field, ok bool) {
	if shape(e.node) != "a group of entries" {
		return 0, "", nil, false
	}
	for _, one := range r.entries(e.node, `"`+e.key.Value+`"`) {
		switch one.key.Value {
		case KeyListOf, KeyRecordOf:
			kind = map[string]engine.Kind{KeyListOf: engine.KindList, KeyRecordOf: engine.KindRecord}[one.key.Value]
			what = r.name(one, "what one of them is called").Value
		default:
			if !r.goodName(one.key, "a value") {
				continue
			}
			if t, good := r.typeOf(one); good {
				fields = append(fields, engine.Field{Name: one.key.Value, Type: t})
			}
		}
	}
	if kind == 0 {
		r.find("U003", e.key, fmt.Sprintf("%q is a group of values without its kind.", e.key.Value),
			`Begin it with "list of: payment" or "record of: payment".`)
	}
	return kind, what, fields, true
}

const withinWanted = "a time, as 2s"

func (r *declaredReader) within(e entry) time.Duration {
	t, ok := r.scalar(e, withinWanted)
	if !ok {
		return defaultTakes
	}
	d, err := time.ParseDuration(t.Value)
	if err != nil || d <= 0 {
		r.find("U003", t, fmt.Sprintf("%q needs %s, but here is %q.", e.key.Value, withinWanted, t.Value), "")
		return defaultTakes
	}
	return d
}

// traits reads the other properties of an action that menus must know.
func (r *declaredReader) traits(e entry, c *engine.Contract) {
	known := map[string]*bool{"money": &c.Money, "read only": &c.Reads, "followed by a SIM prompt": &c.SIMPrompt}
	for _, one := range r.items(e, `"money", "read only" or "followed by a SIM prompt"`) {
		t, ok := r.scalar(one, "what it is")
		if !ok {
			continue
		}
		if holds := known[t.Value]; holds != nil {
			*holds = true
			continue
		}
		r.find("U003", t, fmt.Sprintf("An action can't be %q.", t.Value), `It may be "money", "read only" or "followed by a SIM prompt".`)
	}
}
