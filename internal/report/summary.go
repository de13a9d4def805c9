package report

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/paytrace/paytrace/store"
)

// A Summary counts the calls of one version of a menu. Two of them can be added.
type Summary struct {
	Calls int `json:"calls"`
	// Endings counts the calls by how they ended, Goals by what they reached, and Networks
	// by the operator's code.
	Endings  map[Ending]int `json:"endings"`
	Goals    map[string]int `json:"goals,omitempty"`
	Networks map[string]int `json:"networks,omitempty"`
	// Hops counts the callbacks of all calls, and GoalHops those of completed ones: a
	// gateway bills them.
	Hops     int `json:"hops"`
	GoalHops int `json:"goal_hops"`
	// Screens has the screens by name.
	Screens map[string]*Screen `json:"screens"`
}

// A Screen counts what callers did at a screen.
type Screen struct {
	// Reached and Left count calls: those that saw the screen, and those that were abandoned
	// there.
	Reached int `json:"reached"`
	Left    int `json:"left"`
	// Answers counts the answers, and Wrong the wrong ones among them.
	Answers int `json:"answers"`
	Wrong   int `json:"wrong"`
	// Times counts the answers by the time that they took, in steps of TimeStep.
	Times map[int]int `json:"times,omitempty"`
}

// stepsPerDouble is how finely times are counted: a step is a sixth.
const stepsPerDouble = 4

// timeStep returns the step of a time. Times of one step differ by a sixth at most.
func timeStep(d time.Duration) int {
	return int(math.Round(stepsPerDouble * math.Log2(float64(max(d, time.Millisecond))/float64(time.Millisecond))))
}

// FewestAnswers is how many answers a median needs.
const FewestAnswers = 30

// Median returns the time of the middle answer, exact to a twelfth. ok is false if there are
// too few answers.
func (s *Screen) Median() (d time.Duration, ok bool) {
	total := 0
	for _, n := range s.Times {
		total += n
	}
	if total < FewestAnswers {
		return 0, false
	}
	sum := 0
	for _, step := range slices.Sorted(maps.Keys(s.Times)) {
		if sum += s.Times[step]; 2*sum >= total {
			ms := math.Exp2(float64(step) / stepsPerDouble)
			return time.Duration(ms * float64(time.Millisecond)).Round(time.Millisecond), true
		}
	}
	return 0, false
}

// NewSummary returns a summary of no calls.
func NewSummary() *Summary {
	return &Summary{Endings: map[Ending]int{}, Goals: map[string]int{}, Networks: map[string]int{}, Screens: map[string]*Screen{}}
}

// Count adds a call.
func (s *Summary) Count(c Call) {
	s.Calls++
	s.Endings[c.Ending]++
	s.Networks[c.Network]++
	s.Hops += len(c.Screens)
	if c.Ending == Completed {
		s.GoalHops += len(c.Screens)
	}
	for _, goal := range c.Goals {
		s.Goals[goal]++
	}
	reached := map[string]bool{}
	for i, seen := range c.Screens {
		screen := s.screen(seen.Screen)
		if !reached[seen.Screen] {
			reached[seen.Screen] = true
			screen.Reached++
		}
		if i == len(c.Screens)-1 {
			continue
		}
		screen.Answers++
		if seen.Wrong {
			screen.Wrong++
		}
		screen.Times[timeStep(seen.Answered)]++
	}
	if c.Ending == Abandoned {
		s.screen(c.LastScreen()).Left++
	}
}

func (s *Summary) screen(name string) *Screen {
	screen := s.Screens[name]
	if screen == nil {
		screen = &Screen{}
		s.Screens[name] = screen
	}
	if screen.Times == nil {
		screen.Times = map[int]int{}
	}
	return screen
}

// Add adds the calls of another summary.
func (s *Summary) Add(o *Summary) {
	s.Calls, s.Hops, s.GoalHops = s.Calls+o.Calls, s.Hops+o.Hops, s.GoalHops+o.GoalHops
	addTo(s.Endings, o.Endings)
	addTo(s.Goals, o.Goals)
	addTo(s.Networks, o.Networks)
	for name, from := range o.Screens {
		to := s.screen(name)
		to.Reached, to.Left = to.Reached+from.Reached, to.Left+from.Left
		to.Answers, to.Wrong = to.Answers+from.Answers, to.Wrong+from.Wrong
		addTo(to.Times, from.Times)
	}
}

func addTo[K comparable](to, from map[K]int) {
	for k, n := range from {
		to[k] += n
	}
}

// Version names one version of a menu.
type Version struct{ Menu, Program string }

// Names finds the name of the menu with a hash.
type Names func(ctx context.Context, program string) (string, error)

// namesFor is how many past days tell the names of menus that are not stored any more.
const namesFor = 60

// Stored returns Names that ask the database. A menu that is no longer stored has the name
// that it has in the summaries of the last days, or UnknownMenu.
func Stored(db Database, now time.Time) Names {
	var known map[string]string
	return func(ctx context.Context, program string) (string, error) {
		if known == nil {
			days, err := db.CallDays(ctx, Day(now).AddDate(0, 0, -namesFor), Day(now).AddDate(0, 0, 1))
			if err != nil {
				return "", err
			}
			known = map[string]string{}
			for _, d := range days {
				if d.Menu != UnknownMenu {
					known[d.Program] = d.Menu
				}
			}
		}
		if name, ok := known[program]; ok {
			return name, nil
		}
		name, err := menuName(ctx, db, program)
		if err == nil {
			known[program] = name
		}
		return name, err
	}
}

// Each calls fn with the calls that began from a time up to another, as of now.
func Each(ctx context.Context, db store.Calls, from, to, now time.Time, fn func(Call)) error {
	collector := NewCollector(now, func(c Call) {
		if !c.Began.Before(from) && c.Began.Before(to) {
			fn(c)
		}
	})
	// Notes around the time tell which calls began before it, and how the last ones ended.
	err := db.EachCall(ctx, from.Add(-longest), to.Add(longest), func(n store.CallNote) error { collector.Add(n); return nil })
	if err != nil {
		return err
	}
	collector.Close()
	return nil
}

// longest is longer than any call lasts.
const longest = time.Hour

// Of counts the calls that began from a time up to another, by version.
func Of(ctx context.Context, db store.Calls, names Names, from, to, now time.Time) (map[Version]*Summary, error) {
	byProgram := map[string]*Summary{}
	err := Each(ctx, db, from, to, now, func(c Call) {
		if byProgram[c.Program] == nil {
			byProgram[c.Program] = NewSummary()
		}
		byProgram[c.Program].Count(c)
	})
	if err != nil {
		return nil, err
	}
	all := map[Version]*Summary{}
	for program, summary := range byProgram {
		name, err := names(ctx, program)
		if err != nil {
			return nil, err
		}
		all[Version{name, program}] = summary
	}
	return all, nil
}

// Day is midnight in UTC of the day of a time. Reports count days in UTC.
func Day(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// A Database has what reports need.
type Database interface {
	store.Calls
	store.CallDays
	store.Programs
}

// Between counts the calls of whole days. Days that are stored are read; today and the last
// days are counted again from their notes, which may have come late. Notes are retained for
// a number of days.
func Between(ctx context.Context, db Database, from, to, now time.Time, retained int) (map[Version]*Summary, error) {
	all := map[Version]*Summary{}
	add := func(v Version, s *Summary) {
		if all[v] == nil {
			all[v] = NewSummary()
		}
		all[v].Add(s)
	}
	fresh := later(from, Day(now).AddDate(0, 0, -recounted(retained)))
	stored, err := db.CallDays(ctx, from, earlier(to, fresh))
	if err != nil {
		return nil, err
	}
	for _, day := range stored {
		s := NewSummary()
		if err := json.Unmarshal(day.Summary, s); err != nil {
			return nil, fmt.Errorf("the summary of %s on %s is not readable: %w", day.Menu, day.Day.Format(time.DateOnly), err)
		}
		add(Version{day.Menu, day.Program}, s)
	}
	if !fresh.Before(to) {
		return all, nil
	}
	counted, err := Of(ctx, db, Stored(db, now), fresh, to, now)
	if err != nil {
		return nil, err
	}
	for v, s := range counted {
		add(v, s)
	}
	return all, nil
}

// mostRecounted is how many past days are counted again: no note comes later.
const mostRecounted = 2

// recounted returns how many past days have all of their notes.
func recounted(retained int) int { return max(0, min(mostRecounted, retained-1)) }

// Store counts today and the last days, and stores their summaries. Notes are retained for a
// number of days.
func Store(ctx context.Context, db Database, now time.Time, retained int) error {
	for back := range recounted(retained) + 1 {
		day := Day(now).AddDate(0, 0, -back)
		counted, err := Of(ctx, db, Stored(db, now), day, day.AddDate(0, 0, 1), now)
		if err != nil {
			return err
		}
		var list []store.CallDay
		for v, s := range counted {
			body, err := json.Marshal(s)
			if err != nil {
				return err
			}
			list = append(list, store.CallDay{Day: day, Menu: v.Menu, Program: v.Program, Summary: body})
		}
		if len(list) == 0 {
			continue // there is nothing to store
		}
		if err := db.SetCallDay(ctx, day, list); err != nil {
			return err
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
