package handset

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/terminal"
)

// Sizes, in columns and lines.
const (
	// A phone's text is at most twice as wide as a feature phone's line, and wide
	// enough for the count below it.
	mostText, leastText = 38, 28
	// borders is the width of a phone's frame, both sides together.
	borders = 4
	// leastLines is the least height of a phone's screen; it keeps the picture still.
	leastLines  = 7
	valuesWidth = 30
	gap         = 2
	// A smaller window shows only the screen and the typed text.
	smallWidth, smallHeight = leastText + borders, 14
	// moreHeight leaves room for the keypad.
	moreHeight = 28
	// shownMessages and shownKeys bound how many of the last are shown.
	shownMessages, shownKeys = 3, 12
)

// The colours are the terminal's own sixteen and fit its theme. The library draws
// none where NO_COLOR is set.
var (
	bold  = lipgloss.NewStyle().Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
	frame = lipgloss.NewStyle().Foreground(lipgloss.Color("6"))
	ended = lipgloss.NewStyle().Foreground(lipgloss.Color("8"))
	good  = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
	near  = lipgloss.NewStyle().Foreground(lipgloss.Color("3"))
	bad   = lipgloss.NewStyle().Foreground(lipgloss.Color("1"))
	press = lipgloss.NewStyle().Reverse(true)
)

// View draws the phone.
func (m model) View() tea.View {
	lines := m.draw()
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	v.WindowTitle = "paytrace dial"
	for y, text := range lines {
		if at := strings.Index(text, cursorMark); at >= 0 {
			v.Cursor = tea.NewCursor(lipgloss.Width(text[:at]), y)
			lines[y] = strings.Replace(text, cursorMark, "", 1)
			v.Content = strings.Join(lines, "\n")
		}
	}
	return v
}

// cursorMark marks the place of the cursor; it is never shown.
const cursorMark = "\x00"

// draw returns all lines, cut to the window.
func (m model) draw() []string {
	var lines []string
	if m.width < smallWidth || m.height < smallHeight {
		lines = m.small()
	} else {
		lines = m.whole()
	}
	if over := len(lines) - m.height; over > 0 {
		lines = lines[over:]
	}
	for i, text := range lines {
		lines[i] = lipgloss.NewStyle().MaxWidth(m.width).Render(text)
	}
	return lines
}

// small draws the screen and the typed text only.
func (m model) small() []string {
	var lines []string
	if len(m.call.Screens) > 0 {
		s := m.call.Screens[max(0, m.view-1)]
		lines = append(lines, terminal.Wrap(s.Text, max(1, m.width))...)
		lines = append(lines, m.count(s))
	}
	lines = append(append(lines, m.notes()...), m.prompt())
	if m.height < len(lines) { // the screen may be cut, the typed text never
		lines = lines[len(lines)-m.height:]
	}
	return lines
}

func (m model) whole() []string {
	head := bold.Render(m.Title)
	body := m.phones()
	tail := []string{m.prompt(), m.keys()}
	switch values := m.values(); {
	case len(values) == 0:
	case m.width >= lipgloss.Width(strings.Join(body, "\n"))+gap+valuesWidth:
		body = beside(body, values)
	default:
		tail = append(tail, m.valuesLine())
	}
	tail = append(tail, m.messages()...)
	tail = append(tail, m.notes()...)
	lines := append([]string{head, ""}, body...)
	if m.height >= moreHeight {
		lines = append(lines, m.keypad()...)
	}
	lines = append(lines, tail...)
	help := m.help()
	for len(lines)+len(help) < m.height {
		lines = append(lines, "")
	}
	if most := m.height - len(help); len(lines) > most {
		lines = append(lines[:1], lines[len(lines)-most+1:]...) // the head stays
	}
	return append(lines, help...)
}

// chosen returns the screens to show, all or the chosen one, as many as fit.
func (m model) chosen() (list []Screen, width int) {
	list = m.call.Screens
	if m.view > 0 && m.view <= len(list) {
		list = list[m.view-1 : m.view]
	}
	room := m.width
	if len(m.call.Values) > 0 && room >= leastText+borders+gap+valuesWidth {
		room -= gap + valuesWidth
	}
	most := max(1, (room+gap)/(leastText+borders+gap))
	list = list[:min(len(list), most)]
	n := max(1, len(list))
	return list, min(mostText, (room+gap)/n-gap-borders)
}

// phones draws the phones side by side, with one height.
func (m model) phones() []string {
	list, width := m.chosen()
	if len(list) == 0 {
		list = []Screen{{Lang: "…"}}
	}
	high := leastLines
	for _, s := range m.call.Screens {
		high = max(high, len(terminal.Wrap(s.Text, width)))
	}
	var all []string
	for _, s := range list {
		all = beside(all, m.phone(s, width, high))
	}
	return all
}

func (m model) phone(s Screen, width, high int) []string {
	style := frame
	if m.call.Over {
		style = ended
	}
	name := s.Name
	if s.End {
		name += " · end"
	}
	text := terminal.Wrap(s.Text, width)
	for len(text) < high {
		text = append(text, "")
	}
	lines := []string{edge(style, "╭", s.Lang, "╮", width)}
	for _, t := range text {
		lines = append(lines, style.Render("│")+" "+filled(t, width)+" "+style.Render("│"))
	}
	return append(lines, edge(style, "╰", name, "╯", width), filled(m.count(s), width+borders))
}

// edge draws the upper or lower edge of a phone, with words in it.
func edge(style lipgloss.Style, left, words, right string, width int) string {
	words = cut(words, width-2)
	line := strings.Repeat("─", width-lipgloss.Width(words)-1)
	if words == "" {
		return style.Render(left + strings.Repeat("─", width+2) + right)
	}
	return style.Render(left+"─ ") + words + style.Render(" "+line+right)
}

// count shows a screen's length and how much of the limit it fills.
func (m model) count(s Screen) string {
	size := gsm7.Measure(s.Text)
	most, kind := m.Septets, "characters"
	if size.UCS2 {
		most, kind = m.Units, "16-bit characters"
	}
	style := good
	switch {
	case size.Units > most:
		style = bad
	case size.Units*10 > most*9:
		style = near
	}
	const bar = 10
	full := min(bar, (size.Units*bar+most-1)/max(1, most))
	return style.Render(strings.Repeat("▰", full)) + faint.Render(strings.Repeat("▱", bar-full)) + style.Render(fmt.Sprintf(" %d of %d %s", size.Units, most, kind))
}

// values lists the session's values, one a line.
func (m model) values() []string {
	if len(m.call.Values) == 0 {
		return nil
	}
	wide := 0
	for _, v := range m.call.Values {
		wide = max(wide, min(lipgloss.Width(v.Name), valuesWidth/2))
	}
	lines := []string{bold.Render("Values")}
	for _, v := range m.call.Values {
		lines = append(lines, faint.Render(filled(cut(v.Name, wide), wide))+"  "+cut(v.Text, valuesWidth-wide-2))
	}
	return lines
}

// valuesLine lists the values on one line.
func (m model) valuesLine() string {
	var list []string
	for _, v := range m.call.Values {
		list = append(list, v.Name+"="+v.Text)
	}
	return faint.Render(cut("Values  "+strings.Join(list, "  "), m.width))
}

// prompt draws the text being typed.
func (m model) prompt() string {
	switch {
	case m.saving:
		return "Save as: " + m.file + cursorMark
	case m.busy && len(m.call.Screens) == 0:
		return "dialling " + m.Code + " …"
	case m.busy:
		return "> …"
	}
	typed := m.typed
	if m.call.Secret && !strings.HasPrefix(typed, "(") {
		typed = strings.Repeat("•", lipgloss.Width(typed))
	}
	rest := ""
	if m.call.Over && typed == "" {
		rest = faint.Render("Enter dials " + m.Code + " again")
	}
	return bold.Render("> ") + typed + cursorMark + rest
}

// keys lists what was typed so far.
func (m model) keys() string {
	var list []string
	for _, l := range m.lines {
		text := l.text
		if l.input() {
			text = strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(text, ">"), " "), "{{", "{")
		}
		switch {
		case l.secret:
			text = "••••"
		case text == "":
			text = "(empty)"
		}
		list = append(list, text)
	}
	if over := len(list) - shownKeys; over > 0 {
		list = append([]string{"…"}, list[over:]...)
	}
	return faint.Render("Keys  " + strings.Join(list, "  "))
}

func (m model) messages() []string {
	var lines []string
	for _, sms := range m.call.Messages[max(0, len(m.call.Messages)-shownMessages):] {
		lines = append(lines, "SMS to "+sms.To+"  "+strings.ReplaceAll(sms.Text, "\n", " / "))
	}
	return lines
}

// notes draws the note, or what went wrong behind the screen.
func (m model) notes() []string {
	text, style := m.note, good
	if m.wrong {
		style = bad
	}
	if text == "" {
		text, style = m.call.Fault, bad
	}
	if text == "" {
		return nil
	}
	var lines []string
	for _, l := range terminal.Wrap(strings.TrimSpace(text), max(1, m.width)) {
		lines = append(lines, style.Render(l))
	}
	return lines
}

// help lists the keys, on as many lines as they need.
func (m model) help() []string {
	parts := []string{"Enter send", "← step back"}
	if len(m.call.Screens) > 1 {
		parts = append(parts, "Tab languages")
	}
	parts = append(parts, "^N network drops", "^R record", "(wait 2 min) directions", "^C leave")
	if m.saving {
		parts = []string{"Enter save", "Esc cancel", "^C leave"}
	}
	var lines []string
	line := ""
	for _, p := range parts {
		switch {
		case line == "":
			line = p
		case lipgloss.Width(line)+3+lipgloss.Width(p) > m.width:
			lines, line = append(lines, faint.Render(line)), p
		default:
			line += " · " + p
		}
	}
	return append(lines, faint.Render(line))
}
