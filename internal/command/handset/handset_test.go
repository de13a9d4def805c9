package handset

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "update the golden frames")

// shop plays a small service in two languages.
type shop struct{ saved []string }

const (
	mainEN = "Shop\n1. Prices\n2. Pay with your PIN, which nobody else knows\n3. Exit"
	mainSW = "Duka\n1. Bei\n2. Lipa kwa PIN yako, ambayo hakuna mwingine aijuaye\n3. Ondoka"
)

func (s *shop) Play(_ context.Context, lines []string) (Call, error) {
	c := Call{Values: []Value{{"caller", "0712345678"}, {"lang", "en"}}}
	switch at := lines[len(lines)-1]; {
	case at == "(nonsense)":
		return Call{}, errors.New(`there is no stage direction "nonsense"`)
	case at == "(network drops)":
		c.Over = true
		c.Screens = []Screen{{"English", "main", mainEN, false}, {"Kiswahili", "main", mainSW, false}}
	case strings.HasPrefix(at, "> *"):
		c.Screens = []Screen{{"English", "main", mainEN, false}, {"Kiswahili", "main", mainSW, false}}
	case at == "> 2":
		c.Secret = true
		c.Screens = []Screen{{"English", "pin", "Enter your PIN", false}, {"Kiswahili", "pin", "Weka PIN yako", false}}
	case at == "> 3":
		c.Over = true
		c.Screens = []Screen{{"English", "bye", "Goodbye.", true}, {"Kiswahili", "bye", "Kwaheri.", true}}
		c.Messages = []Message{{"0712345678", "Shop: thank you,\ncome again."}}
	case at == "> 4":
		c.Screens = []Screen{{"English", "long", "Ϣ" + strings.Repeat("x", 75), false}}
		c.Fault = "the store can't be read"
	default:
		c.Values = append(c.Values, Value{"a_rather_long_name", "a rather long text that no panel has room for"})
		c.Screens = []Screen{{"English", "prices", "Bread KES 65" + strings.Repeat(" and more", 15), false}, {"Kiswahili", "prices", "Mkate KES 65", false}}
	}
	return c, nil
}

func (s *shop) Save(_ context.Context, lines []string, file string) (string, error) {
	if file == "taken.dial" {
		return "", errors.New("taken.dial exists; name a new file")
	}
	s.saved = append(slices.Clone(lines), file)
	return file + ": written", nil
}

// hand is a phone in a window, and the keys that are pressed on it.
type hand struct {
	t      *testing.T
	m      tea.Model
	player *shop
	quit   bool
}

func newHand(t *testing.T, width, height int) *hand {
	t.Helper()
	h := &hand{t: t, player: &shop{}}
	h.m = newModel(t.Context(), h.player, Options{Title: "Shop  0712345678", Code: "*384*1#", Septets: 160, Units: 70, File: "call.dial"})
	h.do(tea.WindowSizeMsg{Width: width, Height: height})
	h.run(h.m.Init())
	return h
}

func (h *hand) run(c tea.Cmd) {
	if c == nil {
		return
	}
	switch msg := c().(type) {
	case tea.QuitMsg:
		h.quit = true
	default:
		h.do(msg)
	}
}

func (h *hand) do(msg tea.Msg) {
	next, cmd := h.m.Update(msg)
	h.m = next
	h.run(cmd)
}

var named = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "back": {Code: tea.KeyLeft}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
	"backspace": {Code: tea.KeyBackspace}, "^R": {Code: 'r', Mod: tea.ModCtrl}, "^N": {Code: 'n', Mod: tea.ModCtrl},
	"^C": {Code: 'c', Mod: tea.ModCtrl}, "^U": {Code: 'u', Mod: tea.ModCtrl},
}

// press presses keys by name, and types anything else.
func (h *hand) press(keys ...string) *hand {
	for _, k := range keys {
		if msg, ok := named[k]; ok {
			h.do(msg)
			continue
		}
		for _, r := range k {
			h.do(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
	return h
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// frame is what is seen, without colours; ▏ is the cursor.
func (h *hand) frame() string {
	v := h.m.View()
	lines := strings.Split(colours.ReplaceAllString(v.Content, ""), "\n")
	if v.Cursor != nil {
		at := lines[v.Cursor.Y]
		i := len(string([]rune(at)[:min(v.Cursor.X, utf8.RuneCountInString(at))]))
		lines[v.Cursor.Y] = at[:i] + "▏" + at[i:]
	}
	return strings.Join(lines, "\n") + "\n"
}

// Each frame has a golden in testdata.
func TestFrames(t *testing.T) {
	for name, c := range map[string]struct {
		width, height int
		keys          []string
	}{
		"first":         {100, 30, nil},
		"typing":        {100, 30, []string{"12"}},
		"narrow":        {80, 24, nil},
		"one_phone":     {60, 20, nil},
		"other_tongue":  {60, 20, []string{"tab", "tab"}},
		"small":         {26, 9, []string{"1"}},
		"tiny":          {12, 3, []string{"31"}},
		"wide":          {160, 40, []string{"1", "enter"}},
		"long_value":    {100, 30, []string{"1", "enter"}},
		"secret":        {100, 24, []string{"2", "enter", "4321"}},
		"secret_sent":   {100, 24, []string{"2", "enter", "4321", "enter"}},
		"over":          {100, 24, []string{"3", "enter"}},
		"over_refused":  {100, 24, []string{"3", "enter", "7", "enter"}},
		"too_long":      {100, 24, []string{"4", "enter"}},
		"dropped":       {100, 24, []string{"1", "enter", "^N"}},
		"no_direction":  {100, 24, []string{"(nonsense)", "enter"}},
		"saving":        {100, 24, []string{"^R"}},
		"saved":         {100, 24, []string{"^R", "enter"}},
		"saved_already": {100, 24, []string{"^R", "^U", "taken.dial", "enter"}},
		"first_back":    {100, 24, []string{"back"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHand(t, c.width, c.height).press(c.keys...)
			got := h.frame()
			for i, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
				if w := lipgloss.Width(strings.ReplaceAll(line, "▏", "")); w > c.width || i >= c.height {
					t.Errorf("line %d has %d columns, in a window of %d by %d: %q", i+1, w, c.width, c.height, line)
				}
			}
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (run with -update to write it)", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func (h *hand) lines() string {
	return strings.Join(texts(h.m.(model).lines), " | ")
}

// What is pressed becomes the lines of a script, and goes back again.
func TestKeysBecomeLines(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want string
	}{
		{nil, "> *384*1#"},
		{[]string{"1", "enter"}, "> *384*1# | > 1"},
		{[]string{"enter"}, "> *384*1# | > "},
		{[]string{"19", "backspace", "enter"}, "> *384*1# | > 1"},
		{[]string{"19", "esc", "2", "enter"}, "> *384*1# | > 2"},
		{[]string{"{1}", "enter"}, "> *384*1# | > {{1}"},
		{[]string{"1", "enter", "1", "enter", "back"}, "> *384*1# | > 1"},
		{[]string{"1", "enter", "esc"}, "> *384*1#"},
		{[]string{"1", "enter", "(wait 2 min)", "enter", "back"}, "> *384*1#"},
		{[]string{"1", "enter", "^N", "enter"}, "> *384*1# | > 1 | (network drops) | > *384*1#"},
		{[]string{"3", "enter", "enter"}, "> *384*1# | > 3 | > *384*1#"},
		{[]string{"3", "enter", "*384*2#", "enter"}, "> *384*1# | > 3 | > *384*2#"},
		{[]string{"3", "enter", "*384*2#", "enter", "3", "enter", "enter"}, "> *384*1# | > 3 | > *384*2# | > 3 | > *384*2#"},
		{[]string{"3", "enter", "9", "enter"}, "> *384*1# | > 3"},
		{[]string{"3", "enter", "^N"}, "> *384*1# | > 3"},
		{[]string{"(nonsense)", "enter"}, "> *384*1#"},
		{[]string{"back"}, "> *384*1#"},
	} {
		if got := newHand(t, 100, 30).press(c.keys...).lines(); got != c.want {
			t.Errorf("%q: the call is %q, want %q", c.keys, got, c.want)
		}
	}
}

// A secret is played and saved as it was typed, and seen nowhere.
func TestSecretIsNeverShown(t *testing.T) {
	h := newHand(t, 100, 30).press("2", "enter")
	for _, keys := range [][]string{{"8642"}, {"enter"}, {"1", "enter"}, {"^R"}, {"esc"}} {
		if frame := h.press(keys...).frame(); strings.Contains(frame, "8642") {
			t.Fatalf("the PIN is shown after %q:\n%s", keys, frame)
		}
	}
	if got := h.lines(); !strings.Contains(got, "> 8642") {
		t.Errorf("it was not played: %s", got)
	}
	// The control: what is no secret is shown.
	if frame := newHand(t, 100, 30).press("8642").frame(); !strings.Contains(frame, "8642") {
		t.Errorf("an answer is not shown:\n%s", frame)
	}
}

func TestSaveAndLeave(t *testing.T) {
	h := newHand(t, 100, 30).press("1", "enter", "^R", "^U", "x.dial", "enter")
	if diff := cmp.Diff([]string{"> *384*1#", "> 1", "x.dial"}, h.player.saved); diff != "" {
		t.Errorf("-want +saved:\n%s", diff)
	}
	if h.press("^R", "esc", "^C"); !h.quit {
		t.Error("^C does not leave")
	}
}

// While a call is played keys are not taken for answers to its next screen.
func TestKeysWhileBusy(t *testing.T) {
	h := newHand(t, 100, 30)
	next, cmd := h.press("1").m.Update(named["enter"])
	h.m = next
	h.press("7", "tab")
	h.run(cmd)
	if m := h.m.(model); m.typed != "" || m.busy {
		t.Errorf("typed %q, busy %v", m.typed, m.busy)
	}
	h.m, _ = h.m.Update(named["enter"])
	if _, cmd = h.m.Update(named["^C"]); cmd == nil {
		t.Error("^C is not heard while a call is played")
	}
}

// A window of any size is drawn, with any call in it.
func TestAnyWindow(t *testing.T) {
	for width := 1; width <= 130; width += 3 {
		for height := 1; height <= 45; height += 4 {
			h := newHand(t, width, height).press("4", "enter", "1", "enter")
			for i, line := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(h.frame(), "▏", ""), "\n"), "\n") {
				if lipgloss.Width(line) > width || i >= height {
					t.Fatalf("%d by %d: line %d is %q", width, height, i+1, line)
				}
			}
		}
	}
}
