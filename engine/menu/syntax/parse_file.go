package syntax

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/msisdn"
)

// menu reads the main file.
func (p *reader) menu(root *yaml.Node) {
	f := p.file
	table := map[string]parser{
		"ussd":       p.version,
		"service":    func(e entry) { p.text(e, &f.Service) },
		"dial":       p.dials,
		"languages":  p.languages,
		"start":      func(e entry) { f.Start = p.name(e, "a screen") },
		"default":    p.byDefault,
		"on_failed":  func(e entry) { f.OnFailed = p.name(e, "a screen") },
		"on_pending": func(e entry) { f.OnPending = p.name(e, "a screen") },
		"dropped":    p.dropped,
		"limits":     p.limits,
		"session":    p.session,
		"remember":   p.remember,
		"nav":        p.nav,
		"texts":      p.texts,
		"types":      p.types,
		"conditions": p.conditions,
		"vars":       p.vars,
		"screens":    p.screens,
		"include":    p.include,
		"renamed":    p.renamed,
	}
	given := map[string]bool{}
	known := slices.Sorted(maps.Keys(table))
	for _, e := range p.entries(root, "a menu") {
		given[e.key.Value] = true
		if parse, ok := table[e.key.Value]; ok {
			parse(e)
		} else {
			p.unknown(e.key, "a menu", known)
		}
	}
	p.required(given)
}

// byDefault reads "true".
func (p *reader) byDefault(e entry) {
	t, ok := p.scalar(e, `"true"`)
	if ok && t.Value != "true" {
		p.find("U003", t, fmt.Sprintf("%q is here %q.", "default", Short(t.Value)), `Write "default: true", or delete the line.`)
	}
	p.file.Default = ok && t.Value == "true"
}

// RequiredKeys lists the keys that no menu can do without, and how they look.
var RequiredKeys = []struct{ Key, Example string }{
	{"ussd", "ussd: 1"},
	{"service", "service: PayTrace"},
	{"dial", `dial: "*384*8481#"`},
	{"start", "start: main"},
	{"screens", "screens:"},
}

func (p *reader) required(given map[string]bool) {
	if given["include"] {
		given["screens"] = true // they may all stand in other files
	}
	for _, n := range RequiredKeys {
		if !given[n.Key] {
			r := p.find("U003", p.top(), fmt.Sprintf("The menu does not say its %q.", n.Key), fmt.Sprintf("Write a line like '%s'.", n.Example))
			if n.Key == "ussd" {
				r.declareVersion()
			}
		}
	}
}

func (p *reader) version(e entry) {
	t, ok := p.scalar(e, "the language's version")
	if !ok {
		return
	}
	p.file.Ussd = t
	if t.Value != strconv.Itoa(Version) {
		p.find("U003", t, fmt.Sprintf("This program reads version %d of the language, not %q.", Version, Short(t.Value)), fmt.Sprintf(`Write "ussd: %d".`, Version)).Replace(strconv.Itoa(Version))
	}
}

func (p *reader) languages(e entry) {
	for _, l := range p.entries(e.node, `"languages"`) {
		lang := Language{Code: l.key}
		if l.node.Kind == yaml.MappingNode {
			p.partialLanguage(l, &lang)
		} else {
			p.text(l, &lang.Name)
		}
		if p.goodName(l.key, "a language") {
			p.file.Languages = append(p.file.Languages, lang)
		}
	}
}

// partialLanguage reads {name: isiZulu, missing: en}.
func (p *reader) partialLanguage(e entry, lang *Language) {
	p.fields(e.node, "a language", map[string]parser{
		"name":    func(e entry) { p.text(e, &lang.Name) },
		"missing": func(e entry) { lang.Missing = p.name(e, "a language") },
	})
	if lang.Name.Written() && !lang.Missing.Written() {
		if len(p.file.Languages) > 0 {
			// It is meant to have only some texts, so the missing ones are no mistakes.
			lang.Missing = p.file.Languages[0].Code
		}
		p.find("U003", e.key, fmt.Sprintf("The language %q does not say which language callers read where a text is missing.", Short(e.key.Value)), `Add "missing: en" with the code of that language, or write only the name.`)
	}
	if !lang.Name.Written() {
		p.find("U003", e.key, fmt.Sprintf("The language %q has no name.", Short(e.key.Value)), fmt.Sprintf(`Write its own name, as "%s: {name: isiZulu, missing: en}".`, Short(e.key.Value)))
	}
}

func (p *reader) limits(e entry) {
	l := &p.file.Limits
	p.fields(e.node, `"limits"`, map[string]parser{
		"screen":  func(e entry) { l.Screen = p.number(e, 1, MaxCharacters) },
		"options": func(e entry) { l.Options = p.number(e, 1, MaxOptions) },
		"depth":   func(e entry) { l.Depth = p.number(e, 1, MaxMenuDepth) },
	})
}

func (p *reader) session(e entry) {
	s := &p.file.Session
	p.fields(e.node, `"session"`, map[string]parser{
		"gateway":  func(e entry) { s.Gateway, _ = p.scalar(e, "a gateway's name") },
		"timezone": func(e entry) { s.Timezone, _ = p.scalar(e, "a time zone"); p.timezone(s.Timezone) },
		"country":  func(e entry) { s.Country, _ = p.scalar(e, "a country"); p.country(s.Country) },
		"resume":   p.resume,
	})
}

func (p *reader) timezone(t Text) {
	if !t.Written() {
		return
	}
	if _, err := time.LoadLocation(t.Value); err != nil || t.Value == "Local" {
		p.find("U003", t, fmt.Sprintf("There is no time zone %q.", Short(t.Value)), `Write one like "Africa/Nairobi".`)
	}
}

func (p *reader) country(t Text) {
	if t.Written() && !msisdn.Known(t.Value) {
		p.find("U003", t, fmt.Sprintf("%q is not a country.", Short(t.Value)), `Write its two capital letters, like "KE" or "ZA".`)
	}
}

// resume reads "5m", "none", or a group with "for".
func (p *reader) resume(e entry) {
	r := &p.file.Session.Resume
	r.Pos = e.key.Pos
	if e.node.Kind != yaml.MappingNode {
		r.For = p.duration(e)
		return
	}
	given := false
	p.fields(e.node, `"resume"`, map[string]parser{
		"for":     func(e entry) { given = true; r.For = p.duration(e) },
		"say":     func(e entry) { p.text(e, &r.Say) },
		"confirm": func(e entry) { p.text(e, &r.Confirm) },
		"cancel":  func(e entry) { p.text(e, &r.Cancel) },
	})
	if !given {
		p.find("U003", e.key, `"resume" does not say how long.`, `Write "for: 5m".`)
	}
}

// mostResume bounds resume to a day: callers remember a call no longer.
const mostResume = 24 * time.Hour

func (p *reader) duration(e entry) time.Duration {
	t, ok := p.scalar(e, `a time like "5m"`)
	if !ok || t.Value == "none" {
		return 0
	}
	d, err := time.ParseDuration(t.Value)
	switch {
	case err != nil:
		p.find("U003", t, fmt.Sprintf("%q is not a time.", Short(t.Value)), timeHelp(t.Value))
	case d > mostResume:
		p.find("U003", t, fmt.Sprintf("%q is too long: a dropped call can be resumed for a day at most.", Short(t.Value)), `Write "24h" or less.`)
	case d <= 0:
		p.find("U003", t, fmt.Sprintf("%q is too short: a caller needs time to dial again.", Short(t.Value)), `Write "none" if a dropped call is never resumed.`)
	default:
		return d
	}
	return 0
}

// amountOfTime is a number with a word for its unit, as people write a time.
var amountOfTime = regexp.MustCompile(`^(\d{1,5}) ?([a-z]*)\.?$`)

// timeUnits has the units of times by what people write, with how many of the unit of a
// menu each one is.
var timeUnits = map[string]struct {
	unit  string
	times int
}{
	"s": {"s", 1}, "sec": {"s", 1}, "secs": {"s", 1}, "second": {"s", 1}, "seconds": {"s", 1},
	"m": {"m", 1}, "min": {"m", 1}, "mins": {"m", 1}, "minute": {"m", 1}, "minutes": {"m", 1},
	"h": {"h", 1}, "hr": {"h", 1}, "hrs": {"h", 1}, "hour": {"h", 1}, "hours": {"h", 1},
	"d": {"h", 24}, "day": {"h", 24}, "days": {"h", 24},
}

// timeHelp says how to write a time. It names the time itself where its unit is known.
func timeHelp(s string) string {
	m := amountOfTime.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return `Write seconds, minutes or hours: "90s", "5m", "1h"; or "none".`
	}
	n, _ := strconv.Atoi(m[1]) // digits, by the pattern
	unit, known := timeUnits[m[2]]
	switch {
	case m[2] == "":
		return fmt.Sprintf(`Say of what: "%ds" are seconds, "%dm" minutes.`, n, n)
	case !known:
		return `Write seconds, minutes or hours: "90s", "5m", "1h"; or "none".`
	case time.Duration(n*unit.times)*map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit.unit] > mostResume:
		return `A dropped call can be resumed for a day at most: write "24h" or less.`
	}
	return fmt.Sprintf(`Write "%d%s".`, n*unit.times, unit.unit)
}

func (p *reader) remember(e entry) {
	for _, i := range p.items(e, "names") {
		if n := p.name(i, "a value"); n.Written() {
			p.file.Remember = append(p.file.Remember, n)
		}
	}
}

func (p *reader) include(e entry) {
	for _, i := range p.items(e, "file names") {
		if n, ok := p.scalar(i, "a file name"); ok {
			p.file.Includes = append(p.file.Includes, n)
		}
	}
}

func (p *reader) renamed(e entry) {
	for _, r := range p.entries(e.node, `"renamed"`) {
		if to := p.name(r, "a screen"); to.Written() && p.goodName(r.key, "a screen") {
			p.file.Renamed = append(p.file.Renamed, Pair{Key: r.key, Value: to})
		}
	}
}

func (p *reader) texts(e entry) {
	for _, t := range p.entries(e.node, `"texts"`) {
		if words, ok := p.words(t); ok && p.goodName(t.key, "a text") && p.claim("text", t.key) {
			p.file.Texts = append(p.file.Texts, Named{Name: t.key, Text: words})
		}
	}
}
