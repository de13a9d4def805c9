package command

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/internal/report"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

type reportCmd struct {
	Days   int           `default:"7" help:"How many days, today included."`
	From   string        `placeholder:"DATE" help:"The first day instead, as 2026-11-01."`
	To     string        `placeholder:"DATE" help:"The last day; today by default."`
	Menu   string        `placeholder:"NAME" help:"Only this menu."`
	Ending report.Ending `enum:",completed,ended,abandoned,fault,unknown" default:"" placeholder:"HOW" help:"With --csv: only calls that ended so: completed, ended, abandoned, fault or unknown."`
	Screen string        `placeholder:"NAME" help:"With --csv: only calls whose last screen this is."`
	JSON   bool          `name:"json" xor:"form" help:"Print JSON."`
	CSV    bool          `name:"csv" xor:"form" help:"Print a line for each call, as long as its notes are retained."`
}

func (reportCmd) Help() string {
	return `Counts calls by version of a menu: how they ended, which goals they reached, and
for each screen how many callers saw it, left there or answered wrongly, and how
long the middle one took. A call is completed by a goal alone, which a menu names
with "goal:". It is abandoned if it just stopped: nothing came for ten minutes.
Days are those of UTC. Summaries of days are kept for 13 months, without numbers.

With --csv, --ending and --screen show the calls behind a figure.

Example:
  paytrace report --days 30
  paytrace report --from 2026-11-01 --to 2026-11-30 --menu wallet --json
  paytrace report --csv --ending abandoned --screen amount_asked`
}

// Run prints a report.
func (v reportCmd) Run(ctx context.Context, std streams) error {
	now := time.Now()
	from, to, err := v.between(now)
	if err != nil {
		return misuse{err}
	}
	if (v.Ending != "" || v.Screen != "") && !v.CSV {
		return misuse{fmt.Errorf("--ending and --screen choose calls; add --csv to list them")}
	}
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		if v.CSV {
			return v.calls(ctx, db, from, to, now, std.out)
		}
		all, err := report.Between(ctx, db, from, to, now, settings.JournalDays)
		if err != nil {
			return err
		}
		versions := v.versions(all)
		if v.JSON {
			return v.json(std.out, from, to, all, versions)
		}
		fmt.Fprintf(std.out, "Calls that began from %s to %s (UTC)\n", from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly))
		if len(versions) == 0 {
			fmt.Fprintln(std.out, "\nThere were none.")
		}
		for _, version := range versions {
			printSummary(std.out, version, all[version])
		}
		return nil
	})
}

// maxDays bounds a report: summaries are kept for 13 months.
const maxDays = 400

// between returns the days of the report, to being the day after the last.
func (v reportCmd) between(now time.Time) (from, to time.Time, err error) {
	last := report.Day(now)
	if v.To != "" {
		if last, err = day("--to", v.To); err != nil {
			return from, to, err
		}
	}
	from = last.AddDate(0, 0, 1-v.Days)
	if v.From != "" {
		if from, err = day("--from", v.From); err != nil {
			return from, to, err
		}
	}
	to = last.AddDate(0, 0, 1)
	if days := to.Sub(from).Hours() / 24; days < 1 || days > maxDays {
		return from, to, fmt.Errorf("found %.0f days, from %s to %s; expected 1 to %d", days, from.Format(time.DateOnly), last.Format(time.DateOnly), maxDays)
	}
	return from, to, nil
}

func day(flag, text string) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return at, fmt.Errorf("%s: found %q, expected a day as 2026-11-30", flag, text)
	}
	return at, nil
}

// versions lists the versions of the report, by menu and number of calls.
func (v reportCmd) versions(all map[report.Version]*report.Summary) []report.Version {
	list := slices.Collect(maps.Keys(all))
	list = slices.DeleteFunc(list, func(x report.Version) bool { return v.Menu != "" && x.Menu != v.Menu })
	slices.SortFunc(list, func(a, b report.Version) int {
		return cmp.Or(cmp.Compare(a.Menu, b.Menu), cmp.Compare(all[b].Calls, all[a].Calls), cmp.Compare(a.Program, b.Program))
	})
	return list
}

// summaryJSON is the form of a version's calls for programs.
type summaryJSON struct {
	Menu    string `json:"menu"`
	Version string `json:"version"`
	*report.Summary
	Medians map[string]float64 `json:"median_seconds"`
}

func (reportCmd) json(out io.Writer, from, to time.Time, all map[report.Version]*report.Summary, versions []report.Version) error {
	body := struct {
		From     string        `json:"from"`
		To       string        `json:"to"`
		Versions []summaryJSON `json:"versions"`
	}{from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly), []summaryJSON{}}
	for _, version := range versions {
		one := summaryJSON{version.Menu, version.Program, all[version], map[string]float64{}}
		for name, screen := range one.Screens {
			if d, ok := screen.Median(); ok {
				one.Medians[name] = d.Seconds()
			}
		}
		body.Versions = append(body.Versions, one)
	}
	return json.NewEncoder(out).Encode(body)
}

// endingNotes says what an ending means, where its name does not.
var endingNotes = map[report.Ending]string{
	report.Completed: "reached a goal",
	report.Ended:     "came to an end of the menu without a goal",
	report.Abandoned: "inferred: they stopped, and nothing came for 10 minutes",
	report.Faulty:    "ended with a text of the service",
	report.Unknown:   "may go on, or notes are missing",
}

func printSummary(out io.Writer, v report.Version, s *report.Summary) {
	fmt.Fprintf(out, "\n%s, version %s: %s, %.1f callbacks a call\n", v.Menu, cmp.Or(v.Program[:min(len(v.Program), shownMenu)], "-"),
		counted(s.Calls, "call", "calls"), float64(s.Hops)/float64(max(1, s.Calls)))
	for _, ending := range report.Endings() {
		fmt.Fprintf(out, "  %-10s %s  %s\n", ending, rate(s.Endings[ending], s.Calls), endingNotes[ending])
	}
	for _, goal := range slices.Sorted(maps.Keys(s.Goals)) {
		fmt.Fprintf(out, "  goal %-16s %s\n", goal, rate(s.Goals[goal], s.Calls))
	}
	if n := s.Endings[report.Completed]; n > 0 {
		fmt.Fprintf(out, "  a completed call took %.1f callbacks\n", float64(s.GoalHops)/float64(n))
	}
	fmt.Fprintf(out, "  %-24s %8s  %-22s  %-22s %s\n", "screen", "reached", "left here", "wrong answers", "median time")
	names := slices.Collect(maps.Keys(s.Screens))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Screens[b].Reached, s.Screens[a].Reached), cmp.Compare(a, b))
	})
	for _, name := range names {
		x := s.Screens[name]
		fmt.Fprintf(out, "  %-24s %8d  %-22s  %-22s %s\n", name, x.Reached, rate(x.Left, x.Reached), rate(x.Wrong, x.Answers), median(x))
	}
}

// rate shows a share with its numerator and denominator.
func rate(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d (%.0f %%)", n, of, 100*float64(n)/float64(of))
}

func median(s *report.Screen) string {
	if s.Answers == 0 {
		return "-"
	}
	d, ok := s.Median()
	if !ok {
		return fmt.Sprintf("under %d answers", report.FewestAnswers)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// calls prints a line for each call. The audit has who saw them.
func (v reportCmd) calls(ctx context.Context, db store.Store, from, to, now time.Time, out io.Writer) error {
	names := report.Stored(db, now)
	var list []report.Call
	err := report.Each(ctx, db, from, to, now, func(c report.Call) {
		if (v.Ending == "" || c.Ending == v.Ending) && (v.Screen == "" || c.LastScreen() == v.Screen) {
			list = append(list, c)
		}
	})
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b report.Call) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.Session, b.Session))
	})
	seen := act{what: "report --csv", subject: v.Menu, detail: counted(len(list), "call", "calls")}
	if err := seen.record(ctx, db, nil); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	if err := w.Write([]string{"began", "menu", "version", "network", "caller", "session", "ending", "goals", "last_screen", "callbacks", "seconds", "wrong_answers"}); err != nil {
		return err
	}
	for _, c := range list {
		menu, err := names(ctx, c.Program)
		if err != nil {
			return err
		}
		if v.Menu != "" && menu != v.Menu {
			continue
		}
		err = w.Write([]string{
			c.Began.UTC().Format(time.RFC3339), menu, c.Program, c.Network, msisdn.Mask(c.Caller), engine.ShownSession(c.Session, c.Caller), string(c.Ending),
			strings.Join(c.Goals, " "), c.LastScreen(), strconv.Itoa(len(c.Screens)), fmt.Sprintf("%.1f", c.Last.Sub(c.Began).Seconds()), strconv.Itoa(c.Wrong),
		})
		if err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
