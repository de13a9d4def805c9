package payments

import (
	"errors"
	"testing"
)

var (
	states = []State{Waiting, Sending, Pending, Unclear, Succeeded, Ended, Review}
	events = []Event{Send, Hold, Take, Lose, Succeed, Fail, GiveUp}
)

// A request that may be at the provider is never sent again, money that came is always
// taken, and success is the last word.
func TestTransitions(t *testing.T) {
	for _, s := range states {
		for _, e := range events {
			next, err := s.Next(e)
			if err != nil {
				if !errors.Is(err, ErrState) || next != s {
					t.Errorf("%s on %s: %s, %v", e, s, next, err)
				}
				continue
			}
			if s == Succeeded {
				t.Errorf("%s leads on from %s to %s", e, s, next)
			}
			if e == Send && s != Waiting {
				t.Errorf("%s may be sent from %s", e, s)
			}
			if next == Waiting && s != Sending {
				t.Errorf("%s leads from %s back to %s", e, s, next)
			}
		}
		if s != Succeeded {
			if next, err := s.Next(Succeed); err != nil || next != Succeeded {
				t.Errorf("success in %s: %s, %v", s, next, err)
			}
		}
	}
}

// From every state a path leads to an end, and Review is reached by GiveUp alone.
// States misses no state that a transition has.
func TestStates(t *testing.T) {
	listed := map[State]bool{}
	for _, s := range States() {
		listed[s] = true
	}
	for from, events := range transitions {
		for on, to := range events {
			if !listed[from] || !listed[to] {
				t.Errorf("%s by %s to %s: States lacks one of them", from, on, to)
			}
		}
	}
}

func TestEveryStateEnds(t *testing.T) {
	for _, s := range states {
		if s.Final() && s.Open() {
			t.Errorf("%s is final and open", s)
		}
		for e, next := range transitions[s] {
			if next == Review && e != GiveUp {
				t.Errorf("%s on %s leads to %s", e, s, next)
			}
		}
		if s == Succeeded {
			continue
		}
		if _, ok := transitions[s][Succeed]; !ok {
			t.Errorf("%s has no way to the end", s)
		}
	}
}
