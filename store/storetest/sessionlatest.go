package storetest

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
)

func latestNoted(s *sessions) {
	twice(func(int) {
		for _, id := range []string{"ATUid_1", "ATUid_2", "a b*c\x00é\xff", strings.Repeat("x", 4096)} {
			twice(func(int) {
				s.note("tag", id, life)
				s.latest("tag", id)
			})
		}
		twice(func(int) {
			s.note("tag", "", life)
			s.latest("tag", "")
		})
		s.note("tag", "", 0) // forgetting needs no life
	})
}

func latestExpires(s *sessions) {
	twice(func(int) {
		s.note("tag", "one", life)
		s.Pass(life - time.Minute)
		s.latest("tag", "one")
		s.note("tag", "two", life)
		s.Pass(life - time.Minute)
		s.latest("tag", "two")
		s.note("tag", "three", 1500*time.Millisecond) // not a whole number of seconds
		s.Pass(time.Minute)
		s.latest("tag", "")
	})
}

func latestApart(s *sessions) {
	s.note("a", "one", life)
	s.note("A", "two", life)
	s.note("{a}", "three", life)
	s.saved("a", "", sessionRecord(1, "a"))
	twice(func(int) {
		s.latest("a", "one")
		s.latest("A", "two")
		s.latest("{a}", "three")
		s.latest("", "")
		s.loads("a", sessionRecord(1, "a"))
		s.loads("A", nil)
	})
	s.note("a", "", life)
	s.latest("A", "two")
	s.loads("a", sessionRecord(1, "a"))
}

// kept is a value with its expiry.
type kept struct {
	value string
	until time.Duration
}

// model implements the contract in a few lines, on a clock that only Pass moves.
type model struct {
	now     time.Duration
	records map[string]kept
	notes   map[string]kept
}

func (m *model) get(from map[string]kept, key string) []byte {
	if k, ok := from[key]; ok && k.until > m.now {
		return []byte(k.value)
	}
	return nil
}

// sessionModel makes random calls and compares the store with the model. There are few
// names, so the calls often collide.
func sessionModel(s *sessions) {
	run := 0
	rapid.Check(s.t, func(t *rapid.T) {
		run++ // keys of the last run must not collide with this one's
		prefix := fmt.Sprintf("%d:", run)
		m := &model{records: map[string]kept{}, notes: map[string]kept{}}
		draw := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
		t.Repeat(map[string]func(*rapid.T){
			"save": func(t *rapid.T) {
				id := prefix + draw("id", "a", "b")
				next := sessionRecord(rapid.IntRange(1, 12).Draw(t, "v"), draw("h", "x", "xy"))
				expect := draw("expect", "", head(1, "x"), head(12, "xy"), "current", "current")
				stored := m.get(m.records, id)
				if expect == "current" {
					expect = engine.HeadOf(stored)
				}
				ttl := time.Duration(rapid.IntRange(5, 20).Draw(t, "minutes")) * time.Minute
				got, saved, err := s.Save(s.ctx, id, expect, next, ttl)
				want := engine.HeadOf(stored) == expect
				if want {
					m.records[id] = kept{string(next), m.now + ttl}
					stored = nil
				}
				if err != nil || saved != want || string(got) != string(stored) {
					t.Fatalf("saved %v, stored %q (%v), want %v, %q", saved, got, err, want, stored)
				}
			},
			"load": func(t *rapid.T) {
				id := prefix + draw("id", "a", "b")
				if got, err := s.Load(s.ctx, id); err != nil || string(got) != string(m.get(m.records, id)) {
					t.Fatalf("%q (%v), want %q", got, err, m.get(m.records, id))
				}
			},
			"note": func(t *rapid.T) {
				tag, id := prefix+draw("tag", "a", "b"), draw("session", "", "s1", "s2")
				if err := s.SetLatest(s.ctx, tag, id, life); err != nil {
					t.Fatal(err)
				}
				m.notes[tag] = kept{id, m.now + life}
			},
			"latest": func(t *rapid.T) {
				tag := prefix + draw("tag", "a", "b")
				if got, err := s.Latest(s.ctx, tag); err != nil || got != string(m.get(m.notes, tag)) {
					t.Fatalf("%q (%v), want %q", got, err, m.get(m.notes, tag))
				}
			},
			"pass": func(t *rapid.T) {
				// Lives are whole minutes and this is not, so the test's own running time
				// never decides.
				d := time.Duration(rapid.IntRange(1, 15).Draw(t, "minutes"))*time.Minute + 7*time.Second
				s.Pass(d)
				m.now += d
			},
		})
	})
}
