package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/internal/service"
)

type recordCmd struct {
	Menu string `arg:"" optional:"" help:"Menu to call, or to play a log on (default: the first menu of ./menus, or the embedded one; with --from or --proxy none)."`
	Out  string `short:"o" name:"out" help:"File to write, which must not exist (default: standard output)." placeholder:"FILE"`

	From  string `help:"Record the calls of a log of callbacks; - for standard input." placeholder:"LOG"`
	Proxy string `help:"Listen here, pass callbacks on to --to, and record them until Ctrl-C." placeholder:"ADDR"`
	To    string `help:"Address for callbacks of the service behind --proxy." placeholder:"URL"`

	Walk int    `help:"Write N random calls of the menu, to compare it with another system." placeholder:"N"`
	Seed uint64 `default:"1" help:"Draws the random calls: the same seed gives the same calls." placeholder:"N"`

	As    string `help:"Person of people.yaml who calls (default: the first)." placeholder:"NAME"`
	Code  string `help:"Code to dial (default: the menu's own)." placeholder:"CODE"`
	Title string `default:"Recorded call" help:"Title of a call in the terminal."`
	Yes   bool   `help:"Keep what may be a secret and may be none, without asking. Look at the list first."`
	Real  bool   `help:"Run the real actions on an empty store, instead of the answers of people.yaml."`
}

func (recordCmd) Help() string {
	return `Saves a call as a dial script that passes. Type what the caller types, one answer
a line, or a stage direction in parentheses; the end of the input saves. PINs and
numbers are replaced by those of people.yaml.

In a log a secret is what was typed where the menu, or the screen, asks for one, what
was dialled behind the code, and what stands behind a word such as OTP, code,
password, siri or neno. It is replaced in its whole session. Other runs of 4 to 8
digits may be secrets, too: record asks about each, and writes nothing where it can't
ask, unless --yes says that they are none.

Example:
  printf '3\n' | paytrace record`
}

// Run records a script.
func (v recordCmd) Run(ctx context.Context, std streams) error {
	switch {
	case v.Walk != 0 && (v.From != "" || v.Proxy != ""):
		return misuse{errors.New("--walk makes up calls, and --from and --proxy record those of others; choose one")}
	case v.Walk < 0 || v.Walk > dialscript.MaxCalls:
		return misuse{fmt.Errorf("--walk: found %d, expected 1 to %d calls", v.Walk, dialscript.MaxCalls)}
	case v.From != "" && v.Proxy != "":
		return misuse{errors.New("--from and --proxy: calls come from a log or through a proxy; choose one")}
	case (v.Proxy == "") != (v.To == ""):
		return misuse{errors.New("--proxy says where callbacks arrive and --to where they go; name both")}
	}
	if v.Out != "" {
		if _, err := os.Stat(v.Out); err == nil {
			return misuse{fmt.Errorf("--out: %s exists; name a new file", v.Out)}
		}
	}
	d, err := v.desk(ctx, std)
	if err != nil {
		return err
	}
	defer d.folder.Close()
	var file *dialscript.File
	switch {
	case v.From != "":
		file, err = v.fromLog(d, std)
	case v.Walk > 0:
		file, err = v.fromWalks(ctx, d)
	case v.Proxy != "":
		file, err = v.fromProxy(ctx, d, std)
	default:
		file, err = v.fromTerminal(ctx, d, std)
	}
	if err != nil {
		return err
	}
	return v.save(ctx, d, file, std)
}

// desk holds what a recording needs; local is nil where no menu is played.
type desk struct {
	folder *service.Folder
	people *engine.Personas
	local  *dialscript.InProcess
	player *dialscript.Player
}

func (v recordCmd) desk(ctx context.Context, std streams) (*desk, error) {
	d := &desk{}
	logged := v.From != "" || v.Proxy != ""
	var err error
	name := ""
	switch {
	case v.Menu != "":
		d.folder, name, err = hostOf(v.Menu)
	case logged:
		if d.folder, err = service.OpenDir(".", "", "."); err == nil {
			if _, missing := fs.Stat(d.folder.FS, service.PeopleFile); missing != nil {
				d.folder.Close()
				d.folder, err = std.own.OpenFolder("")
			}
		}
	default:
		d.folder, err = std.own.OpenFolder("")
	}
	if err != nil {
		return nil, err
	}
	if d.people, err = peopleOf(std.own, d.folder, std.err); err != nil || logged && v.Menu == "" {
		return d, err
	}
	if name == "" {
		d.local, d.player, _, err = lineTo(ctx, std.own, d.folder, std.err)
		return d, err
	}
	built, err := std.own.Contracts()
	if err != nil {
		return nil, err
	}
	contracts, err := d.folder.Contracts(built, std.err)
	if err != nil {
		return nil, err
	}
	program, err := compileOne(d.folder, name, contracts, "", std.err)
	if err != nil {
		return nil, err
	}
	d.local, d.player = linesTo(std.own, []*engine.Program{program})
	return d, nil
}

// play plays calls on the desk's menus.
func (d *desk) play(ctx context.Context, keepGoing bool) func([]*dialscript.Call) []dialscript.Result {
	player := *d.player
	player.KeepGoing = keepGoing
	return func(calls []*dialscript.Call) []dialscript.Result {
		return dialscript.Run(ctx, &player, d.local, d.people, calls, dialscript.Options{Parallel: 1})
	}
}

// readLog reads a log, or standard input for "-", as far as a log may be long. A log may
// come through a pipe.
func readLog(name string, std streams) (source []byte, err error) {
	from := std.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, misuse{err}
		}
		defer func() { _ = file.Close() }() // it was only read
		from = file
	}
	if source, err = io.ReadAll(io.LimitReader(from, record.MaxLogBytes+1)); err != nil {
		return nil, misuse{err}
	}
	return source, nil
}

// fromLog records the calls of a log.
func (v recordCmd) fromLog(d *desk, std streams) (*dialscript.File, error) {
	source, err := readLog(v.From, std)
	if err != nil {
		return nil, err
	}
	found, skipped, err := record.ReadLog(source)
	if err != nil {
		return nil, misuse{err}
	}
	calls := record.Sessions(found)
	fmt.Fprintf(std.err, "%d callbacks in %d sessions; %d other lines\n", len(found), len(calls), skipped)
	if len(calls) == 0 {
		return nil, misuse{errors.New("the log has no callback in a known form; docs/dial-scripts.md lists the forms")}
	}
	return v.scripts(d, calls, std)
}

// scripts turns sessions into dial scripts. Without a menu to play them on, the
// screens must be in the log.
func (v recordCmd) scripts(d *desk, calls []record.Recorded, std streams) (*dialscript.File, error) {
	file, err := v.withoutSecrets(d, calls, std)
	if err != nil {
		return nil, err
	}
	if d.local == nil {
		if !file.HasScreens() {
			return nil, misuse{fmt.Errorf("%w; name the menu that answered them", record.ErrNoScreens)}
		}
		record.Loosen(file)
		return file, nil
	}
	for i := range file.Calls {
		v.given(&file.Calls[i])
		record.Answered(d.local.Menus, d.people, &file.Calls[i], func(c *dialscript.Call) dialscript.Result {
			return d.play(context.Background(), true)([]*dialscript.Call{c})[0]
		})
	}
	return file, nil
}

func (v recordCmd) given(c *dialscript.Call) {
	if v.Real {
		c.Given = append(c.Given, dialscript.Direction{Kind: dialscript.RealActions, Text: "real actions"})
	}
}

// save fills in the screens where there is a menu, and writes the script if it
// passes.
func (v recordCmd) save(ctx context.Context, d *desk, file *dialscript.File, std streams) error {
	if d.local != nil {
		results := record.Settle(file, d.play(ctx, true))
		for i := range results {
			if results[i].Status == dialscript.Failed {
				if err := report.Text(std.err, report.Report{Results: results[i : i+1]}); err != nil {
					return err
				}
				fmt.Fprintln(std.err, "The recording fails when it is played again, so nothing was written.")
				return outcome{exitDiagnostics}
			}
		}
	}
	text := dialscript.Format(file)
	again, found := dialscript.Parse(v.Out, text)
	found = append(found, dialscript.Check(again, d.people)...)
	for _, f := range found {
		fmt.Fprintln(std.err, f)
	}
	if v.Out == "" {
		_, err := std.out.Write(text)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(v.Out), 0o755); err != nil { //nolint:gosec // a script is no secret
		return misuse{err}
	}
	if err := os.WriteFile(v.Out, text, 0o644); err != nil { //nolint:gosec // a script is no secret
		return misuse{err}
	}
	fmt.Fprintf(std.err, "%s: written; calls: %d\n", v.Out, len(file.Calls))
	return nil
}

// fromTerminal records a call that a person or a pipe makes. With every line it
// plays the call again from its beginning, so stage directions work like keys.
func (v recordCmd) fromTerminal(ctx context.Context, d *desk, std streams) (*dialscript.File, error) {
	t := &recording{desk: d, play: d.play(ctx, true), out: std.err, text: "=== " + v.Title + "\n"}
	person := v.As
	if person == "" && len(d.people.List) > 0 {
		person = d.people.List[0].Name
	}
	t.text += "(as " + person + ")\n"
	if v.Real {
		t.text += "(real actions)\n"
	}
	code := v.Code
	if code == "" {
		code = d.player.Codes[0]
	}
	if err := t.add("> " + code); err != nil {
		return nil, misuse{err}
	}
	typed := typedLines(ctx, std.in)
	for {
		if isTerminal(std.in) {
			fmt.Fprint(std.err, "> ")
		}
		line, ok := <-typed
		if !ok {
			break
		}
		if !strings.HasPrefix(line, "(") {
			line = "> " + strings.ReplaceAll(line, "{", "{{")
		}
		if err := t.add(line); err != nil {
			fmt.Fprintln(std.err, err)
		}
	}
	file, _ := dialscript.Parse(v.Out, []byte(t.text))
	if err := record.Disguise(file, d.local.Menus, t.results, d.people); err != nil {
		return nil, err
	}
	return file, nil
}

// fromWalks makes up random calls.
func (v recordCmd) fromWalks(ctx context.Context, d *desk) (*dialscript.File, error) {
	calls, err := coverage.Walks(d.local.Menus[0], d.people, v.Walk, v.Seed)
	if err != nil {
		return nil, err
	}
	file := &dialscript.File{Path: v.Out, Calls: calls}
	file.Calls = coverage.Passing(record.Settle(file, d.play(ctx, true)))
	return file, nil
}

// recording is a call at the terminal, written as a dial script while it goes on.
type recording struct {
	*desk
	play    func([]*dialscript.Call) []dialscript.Result
	out     io.Writer
	text    string
	results []dialscript.Result
}

// add adds a line to the call if it can be played, and shows the screen.
func (t *recording) add(line string) error {
	next := t.text + line + "\n"
	file, found := dialscript.Parse("", []byte(next))
	if len(found) > 0 {
		return errors.New(strings.TrimSpace(found[0].Message + " " + found[0].Help))
	}
	results := t.play([]*dialscript.Call{&file.Calls[0]})
	if p := results[0].Problems; len(p) > 0 {
		return errors.New(p[len(p)-1].Message)
	}
	t.text, t.results = next, results
	if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "(redials") {
		if s := results[0].Screens[len(file.Calls[0].Steps)-1]; s != nil {
			drawScreen(t.out, *s, t.player.Limits)
		}
	}
	return nil
}
