package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine/terminal"
)

// A Logged is one callback of a log, with its answer if the log has it.
type Logged struct {
	// Line is the line of the log, from 1.
	Line int
	// Session, Phone, Service and Text are as they were sent.
	Session, Phone, Service, Text string
	// Latest says that gateways of this form send only the last input.
	Latest bool
	// New and Over say that the session begins or ends, where the log says so.
	New, Over bool
	// Answer is the screen; Answered says that there is one, End that it was the
	// last.
	Answer        string
	Answered, End bool
}

// These limits bound a log.
const (
	// MaxLogBytes bounds a log: some hundred thousand callbacks.
	MaxLogBytes = 256 << 20
	// maxLogLine bounds one line: a callback has 8 KB at most, and its answer as
	// much.
	maxLogLine = 1 << 20
	// maxLogDepth bounds how deep in JSON a callback is searched.
	maxLogDepth = 4
)

// ReadLog finds callbacks in a log: form bodies, query strings of access logs,
// and JSON objects by line or in one array, by the field names of the known
// gateways. An answer is a field of the same object, or text after its callback
// that begins with CON or END. skipped counts the lines without a callback.
func ReadLog(source []byte) (found []Logged, skipped int, err error) {
	if len(source) > MaxLogBytes {
		return nil, 0, fmt.Errorf("the log has more than %d MB, and no more of a log is read", MaxLogBytes>>20)
	}
	text := strings.TrimPrefix(strings.ToValidUTF8(string(source), "\ufffd"), "\ufeff")
	if list, ok := jsonArray(text); ok {
		for i, one := range list {
			if l, ok := loggedJSON(one); ok {
				l.Line = i + 1
				found = append(found, l)
			} else {
				skipped++
			}
		}
		return found, skipped, nil
	}
	r := &logReader{}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if len(line) <= maxLogLine {
			r.line(n, strings.TrimSuffix(line, "\r"))
		}
	}
	return r.found, r.skipped, nil
}

func jsonArray(text string) ([]any, bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		return nil, false
	}
	var list []any
	err := json.Unmarshal([]byte(text), &list)
	return list, err == nil
}

// A logReader reads a log line by line.
type logReader struct {
	found   []Logged
	skipped int
	// answering says that the lines below belong to the last answer.
	answering bool
}

func (r *logReader) line(n int, line string) {
	l, ok := loggedLine(line)
	switch {
	case ok:
		l.Line = n
		r.found, r.answering = append(r.found, l), false
	case r.answer(line):
	case strings.TrimSpace(line) != "":
		r.skipped++
	}
}

// newEntry matches the start of another entry of a log: a time, an address, a
// request, a level.
var newEntry = regexp.MustCompile(`^\s*(?:\[?\d{4}[-/]\d\d[-/]\d\d|\[?\d\d:\d\d:\d\d|\d{1,3}(?:\.\d{1,3}){3}\b|(?:GET|POST|PUT) |[A-Z]{4,5}\b[: \[]|time=)`)

// answer takes a line that belongs to the answer of the last callback.
func (r *logReader) answer(line string) bool {
	if len(r.found) == 0 {
		return false
	}
	last := &r.found[len(r.found)-1]
	if text := answerIn(line); text != "" && !last.Answered {
		last.setAnswer(text)
		r.answering = !strings.Contains(text, "\n")
		return true
	}
	if !r.answering || strings.TrimSpace(line) == "" || newEntry.MatchString(line) {
		r.answering = false
		return false
	}
	last.Answer += "\n" + strings.TrimRight(line, " \t")
	return true
}

// quotedAnswer matches an answer in a field of a line: response="CON …".
var quotedAnswer = regexp.MustCompile(`"((?:CON|END)[ \\](?:[^"\\]|\\.)*)"`)

// answerIn returns the answer in a line, or "".
func answerIn(line string) string {
	if m := quotedAnswer.FindStringSubmatch(line); m != nil {
		return unescaped(m[1])
	}
	for _, mark := range []string{"CON ", "END "} {
		if i := strings.Index(line, mark); i == 0 || i > 0 && strings.ContainsRune(" \t:>|]=", rune(line[i-1])) {
			return unescaped(line[i:])
		}
	}
	return ""
}

func unescaped(s string) string {
	return strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\"`, `"`, `\\`, `\`).Replace(s)
}

func (l *Logged) setAnswer(text string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = visible(text, "\n")
	rest, end := strings.CutPrefix(text, "END")
	if !end {
		rest = strings.TrimPrefix(text, "CON")
	}
	if len(rest) < len(text) && rest != "" && (rest[0] == ' ' || rest[0] == '\n') {
		rest = rest[1:]
	}
	l.Answer, l.Answered = strings.TrimRight(rest, " \t\n"), true
	l.End = l.End || end
}

// loggedLine reads one line: JSON, or the first part of it that is a form.
func loggedLine(line string) (Logged, bool) {
	if at := strings.IndexByte(line, '{'); at >= 0 {
		var value any
		dec := json.NewDecoder(strings.NewReader(line[at:]))
		if dec.Decode(&value) == nil {
			if l, ok := loggedJSON(value); ok {
				return l, true
			}
		}
	}
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\"'<>`", r) }) {
		if !strings.Contains(word, "&") {
			continue
		}
		if i := strings.IndexByte(word, '?'); i >= 0 {
			word = word[i+1:]
		}
		if l, ok := loggedForm(word); ok {
			return l, true
		}
	}
	return Logged{}, false
}

// labelled matches a form after its label: body=phoneNumber=…
var labelled = regexp.MustCompile(`^([A-Za-z_]+[=:])[A-Za-z_]+=[^&=]*&`)

func loggedForm(text string) (Logged, bool) {
	if m := labelled.FindStringSubmatch(text); m != nil {
		text = text[len(m[1]):]
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return Logged{}, false
	}
	f := fields{}
	for name := range values {
		f.put(name, values.Get(name))
	}
	return f.logged()
}

// loggedJSON searches a callback in an object and in its fields.
func loggedJSON(value any) (Logged, bool) {
	f := fields{}
	f.take(value, 0)
	l, ok := f.logged()
	if body, has := f["body"]; has && !ok {
		if inner, found := loggedLine(body); found {
			inner.merge(l)
			return inner, true
		}
		if inner, found := loggedForm(body); found {
			inner.merge(l)
			return inner, true
		}
	}
	return l, ok
}

// merge adds the answer that was beside the body.
func (l *Logged) merge(outer Logged) {
	if outer.Answered && !l.Answered {
		l.Answer, l.Answered, l.End = outer.Answer, true, outer.End
	}
}

// fields maps names, without case and underscores, to values.
type fields map[string]string

func (f fields) put(name, value string) {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	if _, had := f[name]; !had {
		f[name] = value
	}
}

// take collects the scalars of an object, first its own, then those of inner
// objects. It does not look for a callback inside an answer.
func (f fields) take(value any, depth int) {
	object, ok := value.(map[string]any)
	if !ok || depth > maxLogDepth {
		return
	}
	for name, v := range object {
		switch v := v.(type) {
		case string:
			f.put(name, v)
		case bool:
			f.put(name, fmt.Sprint(v))
		case float64:
			f.put(name, strings.TrimSuffix(fmt.Sprintf("%f", v), ".000000"))
		}
	}
	for name, v := range object {
		inner, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if isAnswer(name) {
			a := fields{}
			a.take(inner, depth+1)
			f.put("answerobject", a.answerText())
			continue
		}
		f.take(inner, depth+1)
	}
}

// Gateways and logs use these names for the fields of a callback.
var (
	sessionNames  = []string{"sessionid", "session", "transactionid", "ussdsessionid"}
	phoneNames    = []string{"phonenumber", "msisdn", "orig", "mobile", "mobilenumber", "sessionmsisdn", "phone", "caller", "from"}
	serviceNames  = []string{"servicecode", "ussdcode", "dest", "ussdservicecode", "shortcode", "sessionfrom", "extension", "service"}
	allNames      = []string{"text", "ussdparams", "ussdstring", "input"}
	latestNames   = []string{"message", "userdata", "sessionmsg", "ussdrequeststring", "msg"}
	answerNames   = []string{"response", "reply", "answer", "screen", "responsestring", "ussdmenu", "output", "responsebody", "lastappresponse", "answerobject"}
	newFlags      = map[string]string{"type": "initiation", "newsession": "true", "msgtype": "true", "new": "true", "sessionoperation": "begin", "opcode": "beg"}
	overFlags     = map[string]string{"type": "release", "sessionoperation": "end", "opcode": "abo"}
	lastFlags     = map[string]string{"continuesession": "false", "reply": "false", "msgtype": "false", "type": "release", "action": "end", "shouldclose": "true", "sessionoperation": "end"}
	answerInNames = []string{"message", "msg", "responsestring", "ussdmenu", "sessionmsg", "text", "body"}
)

func isAnswer(name string) bool {
	f := fields{}
	f.put(name, "")
	_, ok := f.get(answerNames)
	return ok
}

func (f fields) get(names []string) (string, bool) {
	for _, name := range names {
		if v, ok := f[name]; ok {
			return v, true
		}
	}
	return "", false
}

func (f fields) says(flags map[string]string) bool {
	for name, value := range flags {
		if strings.EqualFold(f[name], value) {
			return true
		}
	}
	return false
}

// answerText returns an answer that is an object as CON or END and its text.
func (f fields) answerText() string {
	text, _ := f.get(answerInNames)
	switch {
	case strings.HasPrefix(text, "CON") || strings.HasPrefix(text, "END"):
		return text
	case f.says(lastFlags):
		return "END " + text
	}
	return "CON " + text
}

// logged returns the callback of the fields; ok is false without a session, a
// caller and an input.
func (f fields) logged() (Logged, bool) {
	var l Logged
	if answer, ok := f.get(answerNames); ok && answer != "" {
		l.setAnswer(answer)
	}
	for _, names := range [][]string{sessionNames, phoneNames, serviceNames, allNames, latestNames} {
		for _, name := range names {
			if v, has := f[name]; has {
				f[name] = visible(v, " ")
			}
		}
	}
	session, hasSession := f.get(sessionNames)
	phone, hasPhone := f.get(phoneNames)
	l.Session, l.Phone = session, strings.TrimSpace(phone)
	if !hasSession {
		l.Session = l.Phone
	}
	l.Service, _ = f.get(serviceNames)
	typed := false
	if l.Text, typed = f.get(allNames); !typed {
		l.Text, typed = f.get(latestNames)
		l.Latest = typed
	}
	l.New, l.Over = f.says(newFlags), f.says(overFlags)
	if _, ended := f["status"]; ended && !l.Latest && f["text"] == "" {
		if _, hops := f["hopscount"]; hops {
			l.Over, typed = true, true
		}
	}
	return l, l.Session != "" && (hasSession || hasPhone) && typed
}

// visible replaces what a script can't have: line ends, and characters that no phone
// shows.
func visible(text, lineEnd string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = terminal.Visible(strings.ReplaceAll(line, "\t", " "))
	}
	return strings.Join(lines, lineEnd)
}

// IsScript reports whether a source is a script and not a log: its calls begin
// with "===".
func IsScript(source []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(source), []byte("===")) || bytes.Contains(source, []byte("\n=== "))
}

// ReadCallback reads a request as a log would have it, from its query or its
// body.
func ReadCallback(query string, body []byte) (Logged, bool) {
	if l, ok := loggedForm(query); ok {
		return l, true
	}
	if l, ok := loggedForm(string(body)); ok {
		return l, true
	}
	return loggedLine(string(body))
}

// TakeAnswer reads the answer of a service: CON or END and text, or the JSON of
// a gateway with its answers.
func (l *Logged) TakeAnswer(body []byte) {
	text := string(body)
	var value any
	if json.Unmarshal(body, &value) == nil {
		f := fields{}
		f.take(value, 0)
		text = f.answerText()
	}
	l.setAnswer(text)
}
