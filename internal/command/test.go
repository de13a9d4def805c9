package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/dialscript/report"
)

type testCmd struct {
	Files []string `arg:"" optional:"" help:"Dial scripts or patterns of them, FILE:LINE for one call, or a menu or folder for all scripts there (default: ./menus, or the embedded ones)."`

	Tags    []string `help:"Play only calls with one of these tags." placeholder:"TAG"`
	Lang    string   `help:"Play the same keys again in this language, or in all." placeholder:"CODE|all"`
	Shuffle uint64   `help:"Play the calls in a random order with this seed." placeholder:"SEED"`
	Jobs    int      `short:"j" help:"How many calls to play at once (default: one per processor)." placeholder:"N"`
	Update  bool     `help:"Write the screens that appear into the scripts."`
	Watch   bool     `help:"Play again whenever a script or menu is saved."`

	Cover    coverFlag   `help:"Report how much of the menus the calls cover, and paths to the rest; also as FILE.html, FILE.json or FILE.txt." placeholder:"[FILE]"`
	MinCover int         `help:"Fail if less than N per cent of a menu is covered." placeholder:"N"`
	Suggest  suggestFlag `help:"Write scripts for what is not covered: to NAME.suggested.dial beside each menu, to =FILE.dial, or to =- for standard output." placeholder:"[=FILE]"`

	URL     string        `name:"url" help:"Play on the remote service that takes callbacks at this address." placeholder:"URL"`
	Gateway string        `default:"africastalking" help:"Gateway whose callbacks are sent to it."`
	Code    []string      `help:"Service codes that the gateway knows (default: those of the menus beside the scripts, else the shortest code dialled)." placeholder:"CODE"`
	Header  []string      `help:"Header to add to each callback." placeholder:"NAME:VALUE" sep:"none"`
	MaxWait time.Duration `default:"1m" help:"With --url: the longest wait in a script; calls with a longer one are not checked."`

	JUnit string `name:"junit" help:"Write results as JUnit XML." placeholder:"FILE"`
	TAP   bool   `name:"tap" help:"Print results as TAP 14 instead of text."`
	JSON  bool   `name:"json" help:"Print results as JSON instead of text."`
	HTML  string `name:"html" help:"Write results as a web page, index.html in this folder." placeholder:"DIR"`
}

func (testCmd) Help() string {
	return `A script is beside the menus it tests, with a people.yaml that says who calls.
The exit status is 1 if a call fails.

Example:
  paytrace test`
}

// Run plays dial scripts.
func (v testCmd) Run(ctx context.Context, std streams) error {
	if err := v.sensible(); err != nil {
		return errors.Join(err, v.reportStop(report.Report{Began: time.Now()}, err, ""))
	}
	if v.Watch {
		return v.watch(ctx, std)
	}
	return v.once(ctx, std)
}

// sensible refuses flags that contradict each other.
func (v testCmd) sensible() error {
	switch {
	case v.TAP && v.JSON:
		return misuse{errors.New("--tap and --json both replace the text; choose one")}
	case v.URL != "" && v.covers():
		return misuse{errors.New("--cover, --min-cover and --suggest: a remote service shows only its screens; play the menus here, without --url")}
	case v.MinCover < 0 || v.MinCover > 100:
		return misuse{fmt.Errorf("--min-cover: found %d, expected per cent from 1 to 100", v.MinCover)}
	case v.Suggest.on && v.Watch:
		return misuse{errors.New("--suggest writes scripts, and --watch plays them again whenever they change; choose one")}
	case v.Suggest.on && v.Suggest.file == toStdout && (v.JSON || v.TAP):
		return misuse{errors.New("--suggest=- and --json or --tap both write to standard output; name a file with --suggest=FILE")}
	case v.URL != "" && v.Lang != "":
		return misuse{errors.New("--lang: the language of a remote service can't be set; play the menus here, without --url")}
	case v.URL == "" && (len(v.Header) > 0 || len(v.Code) > 0):
		return misuse{errors.New("--header and --code are for a remote service; name it with --url")}
	}
	return nil
}

// searchGCPercent is how much garbage may gather, in per cent of the live heap, while
// paths are searched, unless GOGC says otherwise. On a menu of 90 screens it saves about
// a third of the time, for some 200 MB.
const searchGCPercent = 500

// once plays and reports everything that was asked for. The file of --junit is written
// whatever happens: without it a CI service would show the results of the run before.
func (v testCmd) once(ctx context.Context, std streams) (err error) {
	rep := report.Report{Seed: v.Shuffle, Began: time.Now(), Again: func(r *dialscript.Result) string { return named(std.own, v.again(r)) }}
	var told strings.Builder
	if v.JUnit != "" {
		std.err = io.MultiWriter(std.err, &told)
	}
	reported := false
	defer func() {
		if err != nil && !reported {
			err = errors.Join(err, v.reportStop(rep, err, told.String()))
		}
	}()
	suites, err := v.suites(std.own)
	if err != nil {
		return err
	}
	rep.Source = sourceOf(suites)
	for _, s := range suites {
		defer s.close()
	}
	covered, bad, err := v.playAll(ctx, suites, std, &rep, &told)
	if err != nil {
		return err
	}
	if err := v.knownTags(suites); err != nil {
		return err
	}
	rep.Took = time.Since(rep.Began)
	if v.covers() {
		rep.Coverage = coverage.Values(covered)
	}
	out := std.out
	if v.Suggest.file == toStdout {
		out = std.err // the scripts go to standard output
	}
	if bad {
		rep.Stopped = told.String()
	}
	reported = true
	if err := v.report(out, rep); err != nil {
		return err
	}
	if v.covers() {
		short, err := v.coverReport(out, covered)
		if err != nil {
			return err
		}
		bad = bad || short
	}
	failed := slices.ContainsFunc(rep.Results, func(r dialscript.Result) bool { return r.Status == dialscript.Failed })
	if bad || failed {
		return outcome{exitDiagnostics}
	}
	return nil
}

// playAll plays the scripts of all folders into a report, and counts what they covered.
// bad reports whether a script has errors.
func (v testCmd) playAll(ctx context.Context, suites []*suite, std streams, rep *report.Report, told *strings.Builder) (covered []*coverage.Menu, bad bool, err error) {
	if v.covers() && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(searchGCPercent)
	}
	for _, s := range suites {
		b, results, wrong, err := v.play(ctx, s, std, told)
		if err != nil {
			return nil, false, err
		}
		bad = bad || wrong
		rep.Results = append(rep.Results, results...)
		if !v.covers() {
			continue
		}
		menus, suggested, err := v.cover(ctx, s, b, results, std)
		if err != nil {
			return nil, false, err
		}
		covered, rep.Results = append(covered, menus...), append(rep.Results, suggested...)
	}
	return covered, bad, nil
}

// reportStop writes the file of --junit for a run that an error has stopped. told is what
// was printed about it.
func (v testCmd) reportStop(rep report.Report, err error, told string) error {
	if v.JUnit == "" {
		return nil
	}
	rep.Took, rep.Stopped = time.Since(rep.Began), told
	if !printed(err) {
		rep.Stopped += err.Error()
	}
	if rep.Stopped == "" {
		rep.Stopped = "The run was stopped."
	}
	if err := writeReport(v.JUnit, rep, report.JUnit); err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	return nil
}

// knownTags refuses a tag that no call has: it is a slip, and nothing would be played.
func (v testCmd) knownTags(suites []*suite) error {
	var tags []string
	for _, s := range suites {
		for _, call := range s.chosen(nil) {
			tags = append(tags, call.Tags()...)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	for _, tag := range v.Tags {
		switch {
		case slices.Contains(tags, tag):
		case len(tags) == 0:
			return misuse{fmt.Errorf("--tags: found %q, and no call of these scripts has a tag: write (tags %s) in one", tag, tag)}
		default:
			return misuse{fmt.Errorf("--tags: found %q, expected a tag of these scripts: %s", tag, strings.Join(tags, ", "))}
		}
	}
	return nil
}

// play plays one folder's scripts. bad reports whether a script has errors. told has what
// was printed, from which play removes what does not stop the run.
func (v testCmd) play(ctx context.Context, s *suite, std streams, told *strings.Builder) (b *booth, results []dialscript.Result, bad bool, err error) {
	people, err := s.people(std.own, std.err)
	if err != nil {
		return nil, nil, false, err
	}
	if err := s.read(); err != nil {
		return nil, nil, false, err
	}
	b, err = v.booth(ctx, s, std)
	if err != nil {
		return nil, nil, false, err
	}
	b.people = people
	if !b.bad {
		told.Reset() // a draft can be played
	}
	run := func() []dialscript.Result {
		options := dialscript.Options{Parallel: v.parallel(), Seed: v.Shuffle, Langs: b.langs, Speaks: b.speaks}
		return dialscript.Run(ctx, b.player, b.opener, people, s.chosen(v.Tags), options)
	}
	if v.Update {
		b.player.KeepGoing = true // every screen must appear
		if err := s.update(run(), std.out); err != nil {
			return nil, nil, false, err
		}
		b.player.KeepGoing = false
	}
	bad = b.bad
	for _, script := range s.scripts {
		found := append(slices.Clone(script.found), dialscript.Check(script.file, people)...)
		found.Sort()
		_, failed := dialscript.FirstError(found)
		bad = failed || bad
		for _, f := range found {
			fmt.Fprintln(std.err, f)
		}
	}
	return b, run(), bad, nil
}

// booth holds a player and the target that it plays on.
type booth struct {
	player *dialscript.Player
	opener dialscript.Opener
	langs  []string
	people *engine.Personas
	// local is the opener of an in-process target; nil for a remote one.
	local *dialscript.InProcess
	// bad says that a menu of the folder can't be played.
	bad bool
}

// booth opens the menus of the folder, or a remote service.
func (v testCmd) booth(ctx context.Context, s *suite, std streams) (*booth, error) {
	if v.URL != "" {
		return v.remote(ctx, s, std)
	}
	folder, err := s.menus(std.own)
	if err != nil {
		return nil, err
	}
	local, player, bad, err := lineTo(ctx, std.own, folder, std.err)
	if err != nil {
		return nil, err
	}
	langs, err := languagesOf(local, v.Lang)
	return &booth{player: player, opener: local, langs: langs, local: local, bad: bad}, err
}

// speaks reports whether a menu has a language.
func (b *booth) speaks(menu, lang string) bool {
	return b.local == nil || slices.ContainsFunc(b.local.Menus, func(p *engine.Program) bool {
		return p.Name() == menu && slices.ContainsFunc(p.Definition().Languages, func(l engine.Language) bool { return l.Code == lang })
	})
}

// languagesOf lists the languages that --lang names.
func languagesOf(local *dialscript.InProcess, named string) ([]string, error) {
	if named == "" {
		return nil, nil
	}
	var all []string
	for _, p := range local.Menus {
		for _, l := range p.Definition().Languages {
			if !slices.Contains(all, l.Code) {
				all = append(all, l.Code)
			}
		}
	}
	switch {
	case named == "all":
		return all, nil
	case slices.Contains(all, named):
		return []string{named}, nil
	}
	return nil, misuse{fmt.Errorf("--lang: found %q, expected all or a language of these menus: %v", named, all)}
}

// remote plays on a remote service. It needs no menu: the codes are those of --code,
// those of the menus beside the scripts, or what the scripts dial.
func (v testCmd) remote(ctx context.Context, s *suite, std streams) (*booth, error) {
	target, err := newRemote(v.URL, v.Gateway, v.Header, v.MaxWait)
	if err != nil {
		return nil, err
	}
	player := &dialscript.Player{Codes: v.Code, Gateway: v.Gateway, Now: time.Now, Run: time.Now().Format(time.RFC3339Nano)}
	if len(player.Codes) == 0 && s.hasMenus() {
		if _, menus, _, err := lineTo(ctx, std.own, s.folder, io.Discard); err == nil {
			player.Codes = menus.Codes
		}
	}
	for _, script := range s.scripts {
		player.Codes = append(player.Codes, dialscript.DialledCodes(script.file, player.Codes)...)
	}
	return &booth{player: player, opener: target}, nil
}
