package memory_test

import (
	"testing"
	"time"

	"github.com/paytrace/paytrace/store/memory"
	"github.com/paytrace/paytrace/store/storetest"
)

func newClock() *storetest.Clock {
	return storetest.NewClock(time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC))
}

func TestConformance(t *testing.T) {
	storetest.RunSessions(t, func(*testing.T) storetest.SessionsUnderTest {
		c := newClock()
		return storetest.SessionsUnderTest{Sessions: memory.NewSessions(c.Now), Pass: c.Pass}
	})
}

const (
	first  = `{"v":1,"h":"a","step":"main"}`
	head   = `{"v":1,"h":"a",`
	second = `{"v":2,"h":"b","step":"main"}`
)

// A full store refuses new calls, still serves running ones, and has room again when
// records have expired.
func TestFull(t *testing.T) {
	c := newClock()
	s := memory.NewSessions(c.Now)
	s.SetLimit(2)
	save := func(id, expect, next string) (bool, error) {
		t.Helper()
		_, saved, err := s.Save(t.Context(), id, expect, []byte(next), time.Minute)
		return saved, err
	}
	for _, id := range []string{"a", "b"} {
		if saved, err := save(id, "", first); !saved || err != nil {
			t.Fatalf("%s: saved %v, %v", id, saved, err)
		}
		if err := s.SetLatest(t.Context(), id, id, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if saved, err := save("c", "", first); saved || err == nil {
		t.Errorf("a third record: saved %v, %v; want an error", saved, err)
	}
	if err := s.SetLatest(t.Context(), "c", "c", time.Minute); err == nil {
		t.Error("a third caller was stored")
	}
	if saved, err := save("a", head, second); !saved || err != nil {
		t.Errorf("a running call: saved %v, %v", saved, err)
	}
	if err := s.SetLatest(t.Context(), "a", "another", time.Minute); err != nil {
		t.Errorf("a stored caller: %v", err)
	}
	c.Pass(time.Minute)
	if saved, err := save("c", "", first); !saved || err != nil {
		t.Errorf("after the others expired: saved %v, %v", saved, err)
	}
	if err := s.SetLatest(t.Context(), "c", "c", time.Minute); err != nil {
		t.Errorf("after the others expired: %v", err)
	}
}

// The latest sessions of callers who never come back are removed, also if no record is
// ever saved.
func TestNotesAreSwept(t *testing.T) {
	c := newClock()
	s := memory.NewSessions(c.Now)
	s.SetLimit(1)
	for _, tag := range []string{"a", "b", "c"} {
		if err := s.SetLatest(t.Context(), tag, "x", time.Minute); err != nil {
			t.Fatalf("%s: %v", tag, err)
		}
		c.Pass(time.Minute)
	}
}

func TestForget(t *testing.T) {
	s := memory.NewSessions(newClock().Now)
	if _, _, err := s.Save(t.Context(), "a", "", []byte(first), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := s.SetLatest(t.Context(), "a", "a", time.Minute); err != nil {
		t.Fatal(err)
	}
	s.Forget()
	if stored, err := s.Load(t.Context(), "a"); stored != nil || err != nil {
		t.Errorf("%q, %v; want nothing", stored, err)
	}
	if id, err := s.Latest(t.Context(), "a"); id != "" || err != nil {
		t.Errorf("%q, %v; want nothing", id, err)
	}
}
