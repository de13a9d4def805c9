package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/internal/service"
)

type replayCmd struct {
	Logs  []string `arg:"" name:"log" help:"Recorded sessions: logs of callbacks, or dial scripts; - for standard input."`
	To    string   `required:"" help:"Menu to play the sessions on." placeholder:"MENU"`
	From  string   `help:"Menu on which the sessions were recorded. A log without screens needs it." placeholder:"MENU"`
	First bool     `help:"Stop at the first screen that differs in any way, and print it."`
	JSON  bool     `name:"json" help:"Print JSON."`
}

func (replayCmd) Help() string {
	return `Plays recorded sessions on another version of a menu and sorts them: same, other
words, other way, broken. The exit status is 1 if a session takes another way or
breaks.

With --first the recording is taken at its word, as one of another system is that the
menu is to replace: the first screen that differs is printed, and nothing after it
is played.

Examples:
  paytrace replay calls.log --to menus/wallet.yaml
  paytrace replay oracle.dial --to menus/wallet.yaml --first`
}

// Run replays recorded sessions and sorts them.
func (v replayCmd) Run(ctx context.Context, std streams) error {
	to, folder, err := v.menu(ctx, v.To, std)
	if err != nil {
		return err
	}
	defer folder.Close()
	people, err := peopleOf(std.own, folder, std.err)
	if err != nil {
		return err
	}
	r := &record.Replayer{People: people, To: to, Play: v.player(ctx, std.own, people)}
	if v.From != "" {
		old, from, err := v.menu(ctx, v.From, std)
		if err != nil {
			return err
		}
		defer from.Close()
		r.From = old
	}
	r.First = v.First
	var calls []*dialscript.Call
	for _, log := range v.Logs {
		file, err := sessionsOf(log, people, std)
		if err != nil {
			return err
		}
		for i := range file.Calls {
			calls = append(calls, &file.Calls[i])
		}
	}
	var list []record.Replayed
	for _, call := range calls {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		list = append(list, r.Replay(call))
		if v.First && list[len(list)-1].Differs() {
			break
		}
	}
	return v.report(std.out, list, len(calls))
}

// report writes the verdicts. all counts the recorded sessions.
func (v replayCmd) report(w io.Writer, list []record.Replayed, all int) error {
	var err error
	switch {
	case v.JSON:
		err = record.ReplayJSON(w, list)
	case v.First:
		err = record.FirstText(w, list, all)
	default:
		err = record.ReplayText(w, list)
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(r record.Replayed) bool {
		return r.Verdict == record.OtherPath || r.Verdict == record.Broken || v.First && r.Differs()
	}) {
		return outcome{exitDiagnostics}
	}
	return nil
}

// menu compiles one menu.
func (v replayCmd) menu(ctx context.Context, file string, std streams) ([]*engine.Program, *service.Folder, error) {
	folder, name, err := hostOf(file)
	if err != nil {
		return nil, nil, err
	}
	built, err := std.own.Contracts()
	if err != nil {
		return nil, nil, err
	}
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		folder.Close()
		return nil, nil, err
	}
	program, err := compileOne(folder, name, contracts, "", std.err)
	if err != nil {
		folder.Close()
		return nil, nil, err
	}
	return []*engine.Program{program}, folder, nil
}

// player returns a function that plays one call to its end on menus.
func (v replayCmd) player(ctx context.Context, own service.Program, people *engine.Personas) func([]*engine.Program, *dialscript.Call) dialscript.Result {
	type pair struct {
		local  *dialscript.InProcess
		player *dialscript.Player
	}
	made := map[*engine.Program]pair{}
	return func(menus []*engine.Program, call *dialscript.Call) dialscript.Result {
		one, ok := made[menus[0]]
		if !ok {
			one.local, one.player = linesTo(own, menus)
			one.player.KeepGoing = true
			made[menus[0]] = one
		}
		return dialscript.Run(ctx, one.player, one.local, people, []*dialscript.Call{call}, dialscript.Options{Parallel: 1})[0]
	}
}

// sessionsOf reads recorded sessions from a log or a dial script.
func sessionsOf(log string, people *engine.Personas, std streams) (*dialscript.File, error) {
	source, err := readLog(log, std)
	if err != nil {
		return nil, err
	}
	if record.IsScript(source) {
		file, found := dialscript.Parse(log, source)
		for _, f := range found {
			fmt.Fprintln(std.err, f)
		}
		if found.Bad() {
			return nil, outcome{exitDiagnostics}
		}
		return file, nil
	}
	found, _, err := record.ReadLog(source)
	if err != nil {
		return nil, misuse{err}
	}
	calls := record.Sessions(found)
	if len(calls) == 0 {
		return nil, misuse{errors.New(log + ": the log has no callback in a known form; docs/dial-scripts.md lists the forms")}
	}
	// What the log says stays at this terminal.
	script, _, err := record.Scripts(log, calls, people, record.Judgement{AllPlain: true})
	return script, err
}
