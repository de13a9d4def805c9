package report

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// notes returns the notes of a call. Each is "TURN SCREEN", with "!" for a wrong answer, "."
// for an end and "+GOAL" for a goal. A caller takes 5 seconds for each answer.
func notes(session string, began time.Time, each ...string) []store.CallNote {
	var list []store.CallNote
	for _, text := range each {
		n := store.CallNote{Session: session, Provider: "at", Caller: "254711000111", Program: "abc", Network: "63902", Took: time.Second}
		words := strings.Fields(text)
		if _, err := fmt.Sscan(words[0], &n.Turn); err != nil {
			panic(err)
		}
		n.Screen = words[1]
		for _, word := range words[2:] {
			switch {
			case word == "!":
				n.Wrong = true
			case word == ".":
				n.Ended = true
			default:
				n.Goals = strings.TrimPrefix(word, "+")
			}
		}
		n.At = began.Add(time.Duration(max(0, n.Turn)) * 6 * time.Second)
		list = append(list, n)
	}
	return list
}

func collect(now time.Time, all ...store.CallNote) []Call {
	var calls []Call
	c := NewCollector(now, func(one Call) { calls = append(calls, one) })
	for _, n := range all {
		c.Add(n)
	}
	c.Close()
	slices.SortFunc(calls, func(a, b Call) int { return a.Began.Compare(b.Began) })
	return calls
}

func TestEndings(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		notes []string
		want  Ending
	}{
		{"a goal and an end", time.Hour, []string{"0 start", "1 paid . +paid"}, Completed},
		{"a goal, and then nothing", time.Hour, []string{"0 start", "1 paid +paid", "2 menu"}, Completed},
		{"a goal, and the service failed after it", time.Hour, []string{"0 start", "1 paid +paid", "2 (busy) ."}, Completed},
		{"an end without a goal", time.Hour, []string{"0 start", "1 bye ."}, Ended},
		{"a fault", time.Hour, []string{"0 start", "1 (busy) ."}, Faulty},
		{"it stopped", time.Hour, []string{"0 start", "1 amount"}, Abandoned},
		{"it may go on", Silence, []string{"0 start", "1 amount"}, Unknown},
		{"a note in between is missing", time.Hour, []string{"0 start", "2 amount"}, Unknown},
		{"the first note is missing", time.Hour, []string{"1 amount"}, Unknown},
		{"the last note is missing", time.Hour, []string{"0 start", "1 amount", "2 sure"}, Abandoned},
		{"notes are missing, and it ended", time.Hour, []string{"2 bye ."}, Ended},
		{"callbacks that nobody counts", time.Hour, []string{"-1 start", "-1 amount"}, Abandoned},
	} {
		all := notes("s", noon, c.notes...)
		calls := collect(all[len(all)-1].At.Add(c.after), all...)
		if len(calls) != 1 || calls[0].Ending != c.want {
			t.Errorf("%s: got %+v, want %s", c.name, calls, c.want)
		}
	}
}

// A gateway that uses an ID again has two calls, and so have two callers with one ID.
func TestOneIDTwoCalls(t *testing.T) {
	first, second := notes("s", noon, "0 start", "1 bye ."), notes("s", noon.Add(time.Hour), "0 start", "1 amount")
	other := notes("s", noon.Add(time.Minute), "0 start")
	other[0].Caller = "254733000444"
	calls := collect(noon.Add(3*time.Hour), slices.Concat(first, other, second)...)
	var got []string
	for _, c := range calls {
		got = append(got, fmt.Sprint(len(c.Screens), " ", c.Ending))
	}
	if diff := cmp.Diff([]string{"2 ended", "1 abandoned", "2 abandoned"}, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// Whatever order the notes come in, and however often each comes, the counts are the same.
func TestLateAndRepeatedNotes(t *testing.T) {
	whole := notes("s", noon, "0 start", "1 amount", "2 amount !", "3 sure", "4 paid +paid", "5 bye .")
	want := collect(noon.Add(time.Hour), whole...)[0]
	if want.Ending != Completed || want.Wrong != 1 || len(want.Screens) != 6 || !want.Screens[1].Wrong || want.Screens[0].Answered != 5*time.Second {
		t.Fatalf("the call is %+v", want)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var all []store.CallNote
		for _, n := range whole {
			all = append(all, n)
			for range random.IntN(3) {
				repeat := n // another delivery is answered from the record: it reaches nothing again
				repeat.Goals, repeat.Wrong, repeat.At = "", false, n.At.Add(time.Duration(random.IntN(4000))*time.Millisecond)
				all = append(all, repeat)
			}
		}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		calls := collect(noon.Add(time.Hour), all...)
		if len(calls) != 1 {
			t.Fatalf("%d calls", len(calls))
		}
		if diff := cmp.Diff(want, calls[0]); diff != "" {
			t.Fatalf("with repeats (-want +got):\n%s", diff)
		}
	}
}

// Of two deliveries one may see a fault. The caller goes on from the other.
func TestFaultyRepeat(t *testing.T) {
	all := notes("s", noon, "0 start", "1 (busy) .", "1 amount", "2 paid . +paid")
	if c := collect(noon.Add(time.Hour), all...)[0]; len(c.Screens) != 3 || c.Screens[1].Screen != "amount" {
		t.Errorf("the call is %+v", c)
	}
}

func TestSummary(t *testing.T) {
	s := NewSummary()
	at := noon
	add := func(each ...string) {
		at = at.Add(time.Hour)
		s.Count(collect(at.Add(time.Hour), notes("s", at, each...)...)[0])
	}
	for range 20 {
		add("0 start", "1 amount", "2 amount !", "3 paid . +paid")
	}
	for range 10 {
		add("0 start", "1 amount")
	}
	add("0 start", "1 bye .")
	half := NewSummary()
	half.Add(s)
	half.Add(NewSummary())
	for name, got := range map[string]*Summary{"counted": s, "added": half} {
		amount, start := got.Screens["amount"], got.Screens["start"]
		if got.Calls != 31 || got.Endings[Completed] != 20 || got.Endings[Abandoned] != 10 || got.Endings[Ended] != 1 || got.Goals["paid"] != 20 || got.GoalHops != 80 || got.Networks["63902"] != 31 {
			t.Errorf("%s: the summary is %+v", name, got)
		}
		if amount.Reached != 30 || amount.Left != 10 || amount.Answers != 40 || amount.Wrong != 20 || start.Left != 0 || start.Reached != 31 {
			t.Errorf("%s: the screens are %+v and %+v", name, amount, start)
		}
		if d, ok := start.Median(); !ok || d < 4500*time.Millisecond || d > 5500*time.Millisecond {
			t.Errorf("%s: the median is %s, %v, want about 5 s", name, d, ok)
		}
		if _, ok := got.Screens["bye"].Median(); ok {
			t.Errorf("%s: a screen without answers has a median", name)
		}
	}
}

// few is a database with notes and stored days.
type few struct {
	Database
	notes []store.CallNote
	days  map[time.Time][]store.CallDay
}

func (f *few) EachCall(_ context.Context, from, to time.Time, fn func(store.CallNote) error) error {
	for _, n := range f.notes {
		if !n.At.Before(from) && n.At.Before(to) {
			if err := fn(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *few) SetCallDay(_ context.Context, day time.Time, all []store.CallDay) error {
	f.days[day] = all
	return nil
}

func (f *few) CallDays(_ context.Context, from, to time.Time) (list []store.CallDay, err error) {
	for day, all := range f.days {
		if !day.Before(from) && day.Before(to) {
			list = append(list, all...)
		}
	}
	return list, nil
}

func (f *few) Program(_ context.Context, hash string) (store.Program, error) {
	if hash != "abc" {
		return store.Program{}, store.ErrNotFound
	}
	return store.Program{Hash: hash, Menu: "wallet.yaml"}, nil
}

// A call counts on the day on which it began, also over midnight, once; and a stored day
// says the same when its notes are gone.
func TestDays(t *testing.T) {
	midnight := Day(noon).AddDate(0, 0, 1)
	f := &few{days: map[time.Time][]store.CallDay{}}
	f.notes = slices.Concat(
		notes("a", midnight.Add(-10*time.Second), "0 start", "1 amount", "2 paid . +paid"),
		notes("b", midnight.Add(time.Second), "0 start", "1 bye ."),
		notes("c", midnight.Add(2*time.Hour), "0 start"),
	)
	now := midnight.Add(5 * time.Hour)
	wallet := Version{"wallet", "abc"}
	count := func(from, to, at time.Time) string {
		t.Helper()
		all, err := Between(t.Context(), f, from, to, at, 14)
		if err != nil {
			t.Fatal(err)
		}
		if all[wallet] == nil {
			return "none"
		}
		s := all[wallet]
		return fmt.Sprint(s.Calls, " ", s.Endings[Completed], " ", s.Endings[Ended], " ", s.Endings[Abandoned])
	}
	check := func(at time.Time) {
		t.Helper()
		for _, c := range []struct {
			from, to time.Time
			want     string
		}{
			{Day(noon), midnight, "1 1 0 0"},
			{midnight, midnight.AddDate(0, 0, 1), "2 0 1 1"},
			{Day(noon), midnight.AddDate(0, 0, 1), "3 1 1 1"},
			{Day(noon).AddDate(0, 0, -3), Day(noon), "none"},
		} {
			if got := count(c.from, c.to, at); got != c.want {
				t.Errorf("from %s to %s: got %s, want %s", c.from, c.to, got, c.want)
			}
		}
	}
	check(now)
	for range 2 {
		if err := Store(t.Context(), f, now, 14); err != nil {
			t.Fatal(err)
		}
	}
	f.notes = nil
	check(now.AddDate(0, 1, 0))
	// With notes of one day, the day before is not counted again from what is left of them.
	if err := Store(t.Context(), f, now.AddDate(0, 0, 1), 1); err != nil {
		t.Fatal(err)
	}
	check(now.AddDate(0, 1, 0))
}
