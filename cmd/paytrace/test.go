package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/transcript"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

type testCmd struct {
	Files   []string `arg:"" optional:"" help:"Dial scripts; all of ./menus, or the embedded ones, if none is named."`
	Tags    []string `help:"Only calls with one of these tags." placeholder:"TAG"`
	Shuffle uint64   `help:"Play the calls in an order drawn from this seed." placeholder:"SEED"`
	Jobs    int      `short:"j" help:"How many calls at once (default: one a processor)." placeholder:"N"`
	Update  bool     `help:"Write the screens that are shown into the scripts."`
	TAP     bool     `name:"tap" help:"Results as TAP."`
}

func (testCmd) Help() string {
	return `A script lies beside the menus it tests, with the people.yaml that says who
calls. Exit status 1 if a call fails.

Example:
  paytrace test`
}

// Run plays dial scripts.
func (v testCmd) Run(ctx context.Context, std streams) error {
	suites, err := v.suites()
	if err != nil {
		return err
	}
	var all []transcript.Result
	bad := false
	for _, s := range suites {
		defer s.folder.close()
		results, findings, err := v.play(ctx, s, std)
		if err != nil {
			return err
		}
		bad = bad || findings
		all = append(all, results...)
	}
	if v.TAP {
		err = transcript.TAP(std.out, all)
	} else {
		err = transcript.Text(std.out, all)
	}
	failed := slices.ContainsFunc(all, func(r transcript.Result) bool { return r.Status == transcript.Failed })
	if err == nil && (bad || failed) {
		err = outcome{exitFindings}
	}
	return err
}

// suite is the scripts of one folder.
type suite struct {
	folder  *menuFolder
	scripts []string
}

// suites groups the scripts named by folder.
func (v testCmd) suites() ([]*suite, error) {
	if len(v.Files) == 0 {
		folder, err := openMenus("")
		if err != nil {
			return nil, err
		}
		scripts, err := fs.Glob(folder.fsys, "*.dial")
		if err == nil && len(scripts) == 0 {
			err = misuse{fmt.Errorf("the folder %s has no dial script (*.dial)", folder.shown)}
		}
		return []*suite{{folder, scripts}}, err
	}
	var list []*suite
	byDir := map[string]*suite{}
	for _, file := range v.Files {
		dir := filepath.Dir(file)
		if s := byDir[dir]; s != nil {
			s.scripts = append(s.scripts, filepath.Base(file))
			continue
		}
		folder, name, err := folderOf(file)
		if err != nil {
			return nil, err
		}
		byDir[dir] = &suite{folder, []string{name}}
		list = append(list, byDir[dir])
	}
	return list, nil
}

// play plays one folder's scripts. findings says that a script can't be trusted.
func (v testCmd) play(ctx context.Context, s *suite, std streams) (results []transcript.Result, findings bool, err error) {
	local, player, err := lineTo(ctx, s.folder, std.err)
	if err != nil {
		return nil, false, err
	}
	people, err := peopleOf(s.folder, std.err)
	if err != nil {
		return nil, false, err
	}
	for _, name := range s.scripts {
		source, err := fs.ReadFile(s.folder.fsys, name)
		if err != nil {
			return nil, false, misuse{err}
		}
		shown := path.Join(s.folder.dir, name)
		run := func(source []byte) (*transcript.File, transcript.Findings, []transcript.Result) {
			file, found := transcript.Parse(shown, source)
			found = append(found, transcript.Check(file, people)...)
			found.Sort()
			options := transcript.Options{Parallel: v.parallel(), Seed: v.Shuffle}
			return file, found, transcript.Run(ctx, player, local, people, v.chosen(file), options)
		}
		if v.Update {
			player.KeepGoing = true // every screen is to be seen
			file, _, played := run(source)
			renewed := transcript.Update(source, file, played)
			if err := update(s.folder, name, source, renewed, std.out); err != nil {
				return nil, false, err
			}
			source, player.KeepGoing = renewed, false
		}
		_, found, played := run(source)
		findings = found.Bad() || findings
		for _, f := range found {
			fmt.Fprintln(std.err, f)
		}
		results = append(results, played...)
	}
	return results, findings, nil
}

func (v testCmd) parallel() int {
	if v.Jobs > 0 {
		return v.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

func (v testCmd) chosen(f *transcript.File) []*transcript.Call {
	var calls []*transcript.Call
	for i := range f.Calls {
		call := &f.Calls[i]
		has := func(tag string) bool { return slices.Contains(call.Tags(), tag) }
		if len(v.Tags) == 0 || slices.ContainsFunc(v.Tags, has) {
			calls = append(calls, call)
		}
	}
	return calls
}

// update writes a script's new screens.
func update(folder *menuFolder, name string, old, renewed []byte, w io.Writer) error {
	if string(old) == string(renewed) {
		return nil
	}
	if folder.shown == embedded {
		return misuse{errors.New("the embedded scripts can't be updated; name a file")}
	}
	file := filepath.Join(folder.dir, name)
	if err := os.WriteFile(file, renewed, 0o644); err != nil { //nolint:gosec // a script is no secret
		return err
	}
	fmt.Fprintf(w, "%s: updated\n", file)
	return nil
}

// lineTo opens lines to all menus of a folder.
func lineTo(ctx context.Context, folder *menuFolder, w io.Writer) (*transcript.Local, *transcript.Player, error) {
	box, err := sandbox(ctx, time.Now)
	if err != nil {
		return nil, nil, err
	}
	defer box.drop()
	programs, err := loadMenus(folder, box.table.Contracts(), "", w)
	if err != nil {
		return nil, nil, err
	}
	local := &transcript.Local{
		Menus:      programs,
		NewRecords: func(now func() time.Time) transcript.Records { return memory.NewSessions(now) },
		NewReal:    realActions,
	}
	player := &transcript.Player{Limits: programs[0].Definition().Limits, Now: time.Now}
	for _, p := range programs {
		for _, code := range p.Codes() {
			player.Codes = append(player.Codes, code.Dial)
		}
	}
	return local, player, nil
}

// peopleOf is the folder's people.yaml, or the shipped one.
func peopleOf(folder *menuFolder, w io.Writer) (*engine.People, error) {
	const name = "people.yaml"
	from := folder
	if _, err := fs.Stat(folder.fsys, name); err != nil {
		from = &menuFolder{fsys: menus.FS, dir: embedded}
	}
	people, found := menu.ReadPeople(from.fsys, name, from.dir)
	if err := printFindings(w, found, from); err != nil {
		return nil, err
	}
	if found.Bad() {
		return nil, outcome{exitFindings}
	}
	return &people, nil
}

// registeredActions are the real actions on an empty database of their own.
type registeredActions struct {
	engine.Actions
	box *box
}

func realActions(ctx context.Context, now func() time.Time) (transcript.Registered, error) {
	box, err := sandbox(ctx, now)
	if err != nil {
		return nil, err
	}
	return &registeredActions{box.table, box}, nil
}

// Messages are the SMS stored to go out, the first first.
func (r *registeredActions) Messages() []transcript.Message { return messagesOf(r.box.db) }

func messagesOf(db store.Store) []transcript.Message {
	list, err := db.Messages(context.Background(), plentyOfMessages)
	if err != nil {
		return []transcript.Message{{Text: "messages can't be read: " + err.Error()}}
	}
	out := make([]transcript.Message, 0, len(list))
	for _, m := range slices.Backward(list) {
		out = append(out, transcript.Message{To: m.To, Text: m.Text})
	}
	return out
}

// Close drops the database.
func (r *registeredActions) Close() error { return r.box.db.Close() }
