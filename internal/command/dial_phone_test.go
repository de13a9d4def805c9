//go:build unix

package command

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/term"
)

// patience is how long a phone may take to draw on a busy machine.
const patience = 60 * time.Second

// console runs the program on a terminal of its own.
type console struct {
	t        *testing.T
	cmd      *exec.Cmd
	pty, tty *os.File
	ended    chan struct{}

	mu     sync.Mutex
	drawn  *sync.Cond
	screen *vt.SafeEmulator

	writing sync.Mutex
	bytes   bytes.Buffer
}

func dialOn(t *testing.T, width, height uint16, env []string, args ...string) *console {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "paytrace")
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, ended: make(chan struct{}), screen: vt.NewSafeEmulator(int(width), int(height))}
	c.drawn = sync.NewCond(&c.mu)
	if c.pty, c.tty, err = pty.Open(); err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(c.pty, &pty.Winsize{Cols: width, Rows: height}); err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(bin, append([]string{"dial"}, args...)...)
	c.cmd.Dir = t.TempDir()
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.tty, c.tty, c.tty
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read()
	go func() { _, _ = io.Copy(c.pty, c.screen) }() // a terminal's answers to queries
	go func() {
		_ = c.cmd.Wait() // leaves checks the status
		close(c.ended)
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.ended
		_ = c.pty.Close()
		_ = c.tty.Close()
	})
	return c
}

// read draws what the program writes.
func (c *console) read() {
	buf := make([]byte, 1<<16)
	for {
		n, err := c.pty.Read(buf)
		c.writing.Lock()
		c.bytes.Write(buf[:n])
		c.writing.Unlock()
		_, _ = c.screen.Write(buf[:n])
		c.mu.Lock() // so that no reader is between its look and its wait
		c.drawn.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// seen returns the text on the screen, without colours.
func (c *console) seen() string { return sgr.ReplaceAllString(c.screen.Render(), "") }

func (c *console) written() string {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.bytes.String()
}

// until waits until holds returns true.
func (c *console) until(what string, holds func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, c.drawn.Broadcast)
	defer stop()
	for !holds() {
		if ctx.Err() != nil {
			c.t.Fatalf("%s is not seen:\n%s", what, c.seen())
		}
		c.mu.Lock()
		if !holds() && ctx.Err() == nil {
			c.drawn.Wait()
		}
		c.mu.Unlock()
	}
}

func (c *console) shows(parts ...string) {
	c.t.Helper()
	for _, p := range parts {
		c.until(p, func() bool { return strings.Contains(c.seen(), p) })
	}
}

func (c *console) press(keys string) {
	c.t.Helper()
	if _, err := c.pty.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// leaves waits for the end and requires status 0.
func (c *console) leaves() {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatalf("it does not end:\n%s", c.seen())
	}
	if status := c.cmd.ProcessState.ExitCode(); status != exitFine {
		c.t.Errorf("status %d:\n%s", status, c.seen())
	}
}

const leftArrow, ctrlC, ctrlN, ctrlR, tab = "\x1b[D", "\x03", "\x0e", "\x12", "\t"

// A drawn phone has the day of plain lines, and says why an action failed.
func TestDrawnPhoneSaysWhatLinesSay(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"menu.yaml": `ussd: 1
service: Pwani
dial: "*384*333#"
start: look
on_failed: sorry
screens:
  look:
    do: find_boat()
    when: {found: shown}
  shown:
    end: "Your boat is {boat}."
  sorry:
    end: "No answer on {today}."
`,
		"actions.yaml": "actions:\n  find_boat:\n    about: Finds the caller's boat.\n    ends:\n      found: {boat: text 12}\n    is: read only\n",
		"people.yaml":  "people:\n  Rehema: {phone: 0712345678}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	menu := filepath.Join(dir, "menu.yaml")
	c := dialOn(t, 200, 30, []string{"TERM=xterm-256color"}, "--clock", "2026-12-24", menu)
	c.shows("No answer on 24/12/2026", "find_boat failed: find_boat is only declared, and people.yaml has no answer")
	c.press(ctrlC)
	c.leaves()
}

// A whole call on a real terminal: both languages, values, SMS, back, a script
// that passes, and other window sizes. The terminal is restored.
func TestDialOnATerminal(t *testing.T) {
	c := dialOn(t, 100, 30, []string{"TERM=xterm-256color"})
	before, err := term.GetState(int(c.tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	c.shows("Welcome to PayTrace", "Karibu PayTrace", "56 of 160 characters", "─ main ─", "caller  0712345678", "Enter send")
	c.press("1\r")
	c.shows("Enter your phone number", "Weka namba yako", "─ register_phone ─")
	c.press("0711000111\r")
	c.shows("Account created. Worker ID:", "registered · end", "SMS to 0711000111", "worker_id  NW-", "Keys  *384*8481#  1  0711000111")
	id := regexp.MustCompile(`NW-[0-9A-F]{8}`).FindString(c.seen())
	c.press(leftArrow)
	c.shows("─ register_phone ─")
	c.press("0711000111\r")
	c.shows("registered · end", id) // the same call goes on as it did
	c.press("\r")
	c.shows("Keys  *384*8481#  1  0711000111  *384*8481#")
	c.press(ctrlR)
	c.shows("Save as: paytrace-call.dial")
	c.press("\r")
	c.shows("paytrace-call.dial: written")
	if err := pty.Setsize(c.pty, &pty.Winsize{Cols: 60, Rows: 20}); err != nil {
		t.Fatal(err)
	}
	c.screen.Resize(60, 20)
	c.until("one phone alone", func() bool {
		return strings.Contains(c.seen(), "Welcome to PayTrace") && !strings.Contains(c.seen(), "Karibu")
	})
	c.press(tab + tab)
	c.shows("Karibu PayTrace")
	c.press(ctrlN)
	c.shows("Enter dials *384*8481# again")
	c.press(ctrlC)
	c.leaves()
	c.asItWas(before)
	if _, out := subcommand(t, "test", filepath.Join(c.cmd.Dir, "paytrace-call.dial")); !strings.Contains(out, "1 call: 1 passed") {
		t.Errorf("the script that was saved: %s", out)
	}
}

// asItWas requires the terminal's mode restored, the other screen left and the
// cursor shown.
func (c *console) asItWas(before *term.State) {
	c.t.Helper()
	after, err := term.GetState(int(c.tty.Fd()))
	if err != nil {
		c.t.Fatal(err)
	}
	if !reflect.DeepEqual(before, after) {
		c.t.Errorf("the terminal's mode was %v and is %v", before, after)
	}
	if !strings.Contains(c.written(), "\x1b[?1049h") {
		c.t.Error("it never drew on the other screen")
	}
	for _, p := range []struct{ what, on, off string }{
		{"that the other screen is left", "\x1b[?1049h", "\x1b[?1049l"},
		{"that the cursor is shown again", "\x1b[?25l", "\x1b[?25h"},
		{"that pasted text comes without brackets again", "\x1b[?2004h", "\x1b[?2004l"},
	} {
		// The last output may arrive after the end of the program.
		c.until(p.what, func() bool {
			all := c.written()
			return strings.LastIndex(all, p.on) <= strings.LastIndex(all, p.off)
		})
	}
}

// SIGTERM and SIGHUP restore the terminal, too.
func TestDialIsTerminated(t *testing.T) {
	c := dialOn(t, 80, 24, []string{"TERM=xterm-256color"})
	before, err := term.GetState(int(c.tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	c.shows("Welcome to PayTrace", "Keys  *384*8481#")
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.ended:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	c.asItWas(before)
}

// A terminal with colours gets them, unless NO_COLOR is set.
func TestDialColours(t *testing.T) {
	colour := regexp.MustCompile("\x1b\\[(?:[0-9]+[;:])*(?:3[0-7]|9[0-7]|38)(?:[;:][0-9]+)*m")
	for _, c := range []struct {
		env  string
		want bool
	}{{"X=", true}, {"NO_COLOR=1", false}} {
		phone := dialOn(t, 100, 30, []string{"TERM=xterm-256color", c.env})
		phone.shows("Welcome to PayTrace", "Keys  *384*8481#")
		if got := colour.MatchString(phone.written()); got != c.want {
			t.Errorf("%s: colours %v, want %v", c.env, got, c.want)
		}
		phone.press(ctrlC)
		phone.leaves()
	}
}

// A terminal that can't be drawn on gets lines, and so does --plain.
func TestDialPlainOnATerminal(t *testing.T) {
	for _, c := range []struct {
		env  string
		args []string
	}{{"TERM=dumb", nil}, {"TERM=", nil}, {"TERM=xterm-256color", []string{"--plain"}}} {
		phone := dialOn(t, 80, 24, []string{c.env}, c.args...)
		phone.shows("0712345678 dials *384*8481#", "56 of 160 characters · main")
		phone.press("3\n")
		phone.shows("Goodbye.", "Ctrl-D leaves")
		phone.press("\x04")
		phone.leaves()
		if strings.Contains(phone.written(), "\x1b") {
			t.Errorf("%v: it draws: %q", c, phone.written())
		}
	}
}
