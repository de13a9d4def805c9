package handset

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// maxTyped is the longest answer that a gateway passes on.
const maxTyped = 160

// line is one line of the call. A secret is played but never shown.
type line struct {
	text   string
	secret bool
}

// input reports whether the line is typed or dialled, not a stage direction.
func (l line) input() bool { return strings.HasPrefix(l.text, ">") }

// screens reports whether the line makes a screen appear.
func (l line) screens() bool { return l.input() || strings.HasPrefix(l.text, "(redials") }

// model holds the state of the phone.
type model struct {
	ctx    context.Context
	player Player
	Options

	lines []line // the call so far
	call  Call
	typed string
	note  string // a message below the phone
	wrong bool   // the note reports an error
	busy  bool   // a call is playing

	saving bool
	file   string

	view          int // 0 for all languages side by side, else one of them
	width, height int
}

func newModel(ctx context.Context, p Player, o Options) model {
	return model{ctx: ctx, player: p, Options: o, file: o.File, busy: true, width: defaultWidth, height: defaultHeight}
}

// The size before the terminal reports its own.
const defaultWidth, defaultHeight = 80, 24

// played reports a call that was played to its end.
type played struct {
	lines []line
	call  Call
	err   error
}

// saved reports whether a call was saved.
type saved struct {
	what string
	err  error
}

// Init dials.
func (m model) Init() tea.Cmd { return m.play([]line{{text: "> " + m.Code}}) }

// play plays a call in the background: the phone still takes keys.
func (m model) play(lines []line) tea.Cmd {
	return func() tea.Msg {
		call, err := m.player.Play(m.ctx, texts(lines))
		return played{lines, call, err}
	}
}

func texts(lines []line) []string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = l.text
	}
	return list
}

// Update handles an event.
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case played:
		return m.show(msg), nil
	case saved:
		m.busy = false
		m.say(msg.what, msg.err)
	case tea.PasteMsg:
		m.write(msg.Content)
	case tea.KeyPressMsg:
		return m.key(msg)
	}
	return m, nil
}

// show shows a call that was played. After an error the phone stays where it was.
func (m model) show(p played) model {
	m.busy = false
	if p.err != nil {
		m.say("", p.err)
		return m
	}
	m.lines, m.call = p.lines, p.call
	if m.view > len(m.call.Screens) || len(m.call.Screens) < 2 {
		m.view = 0
	}
	return m
}

func (m *model) say(what string, err error) {
	m.note, m.wrong = what, err != nil
	if err != nil {
		m.note = err.Error()
	}
}

// write adds to the typed text what can be typed on a phone.
func (m *model) write(s string) {
	into := &m.typed
	if m.saving {
		into = &m.file
	}
	for _, r := range s {
		if unicode.IsPrint(r) && utf8.RuneCountInString(*into) < maxTyped {
			*into += string(r)
		}
	}
}

// key handles a key. While a call plays, it ignores all keys but those that leave. A
// key typed ahead would answer a screen that nobody has seen.
func (m model) key(k tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	switch name := k.String(); {
	case name == "ctrl+c" || name == "ctrl+d":
		return m, tea.Quit
	case m.busy:
		return m, nil
	case m.saving:
		return m.saveKey(name, k.Text)
	default:
		return m.phoneKey(name, k.Text)
	}
}

func (m model) phoneKey(name, text string) (tea.Model, tea.Cmd) {
	switch name {
	case "enter":
		return m.send()
	case "backspace":
		m.typed = shortened(m.typed)
	case "ctrl+u":
		m.typed = ""
	case "left":
		return m.back()
	case "esc":
		if m.typed == "" {
			return m.back()
		}
		m.typed = ""
	case "tab":
		if n := len(m.call.Screens); n > 1 {
			m.view = (m.view + 1) % (n + 1)
		}
	case "ctrl+n":
		if m.call.Over {
			m.say("", errOver)
			return m, nil
		}
		return m.add(line{text: "(network drops)"})
	case "ctrl+r":
		m.saving, m.note = true, ""
	default:
		m.write(text)
	}
	return m, nil
}

func shortened(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[:len(s)-n]
}

// saveKey handles a key while a file name is typed.
func (m model) saveKey(name, text string) (tea.Model, tea.Cmd) {
	switch name {
	case "enter":
		m.saving, m.busy = false, true
		file, lines := m.file, texts(m.lines)
		return m, func() tea.Msg {
			what, err := m.player.Save(m.ctx, lines, file)
			return saved{what, err}
		}
	case "esc":
		m.saving = false
	case "backspace":
		m.file = shortened(m.file)
	case "ctrl+u":
		m.file = ""
	default:
		m.write(text)
	}
	return m, nil
}

// notice is a constant error for the person.
type notice string

func (n notice) Error() string { return string(n) }

const (
	errOver  = notice("The call has ended. Press Enter to dial again, or type a code such as *384#.")
	errFirst = notice("This is the first screen; you can't go back.")
)

// send sends what was typed: an answer, a code, or a stage direction.
func (m model) send() (tea.Model, tea.Cmd) {
	typed := m.typed
	switch {
	case strings.HasPrefix(typed, "("):
		return m.add(line{text: typed})
	case m.call.Over && typed == "":
		return m.add(line{text: "> " + m.Code})
	case m.call.Over && !strings.HasPrefix(typed, "*"):
		m.say("", errOver)
		return m, nil
	}
	if m.call.Over {
		m.Code = typed
	}
	return m.add(line{"> " + strings.ReplaceAll(typed, "{", "{{"), m.call.Secret})
}

// add plays the call with one more line.
func (m model) add(l line) (tea.Model, tea.Cmd) {
	m.typed, m.note, m.busy = "", "", true
	return m, m.play(append(slices.Clone(m.lines), l))
}

// back plays the call again without the last screen and what followed it.
func (m model) back() (tea.Model, tea.Cmd) {
	at := len(m.lines) - 1
	for at > 0 && !m.lines[at].screens() {
		at--
	}
	if at <= 0 {
		m.say("", errFirst)
		return m, nil
	}
	m.typed, m.note, m.busy = "", "", true
	return m, m.play(m.lines[:at:at])
}
