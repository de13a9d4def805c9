package payments

import (
	"testing"
	"time"
)

func TestFees(t *testing.T) {
	fees, err := ParseFees("2026-07-01: 70000=10; 2026-01-01: 100=0 1500=5 70000=13", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		at         string
		cents, fee int64
	}{
		{"2025-12-31", 50_000, 0},
		{"2026-01-01", 10_000, 0},
		{"2026-01-01", 10_001, 500},
		{"2026-06-30", 150_000, 500},
		{"2026-06-30", 150_100, 1300},
		{"2026-06-30", 9_000_000, 1300},
		{"2026-07-01", 100, 1000},
	} {
		if got := fees.At(day(c.at), c.cents); got != c.fee {
			t.Errorf("%d cents on %s cost %d, want %d", c.cents, c.at, got, c.fee)
		}
	}
	if fees.Highest() != 1300 {
		t.Errorf("the highest fee is %d", fees.Highest())
	}
	for _, bad := range []string{"70000=10", "2026-13-01: 70=1", "2026-01-01:", "2026-01-01: 70", "2026-01-01: 100=1 100=2", "2026-01-01: 100=-1", "2026-01-01: 1.5=2"} {
		if _, err := ParseFees(bad, time.UTC); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	if none, err := ParseFees(" ", time.UTC); err != nil || none.At(day("2026-01-01"), 1) != 0 {
		t.Errorf("no table: %v, %v", none, err)
	}
}

func TestLimits(t *testing.T) {
	l := Limits{Most: 100, Day: 250, NewDay: 120, NewFor: time.Hour}
	for _, c := range []struct {
		cents, moved int64
		age          time.Duration
		over         bool
	}{
		{100, 0, time.Hour, false},
		{101, 0, time.Hour, true},
		{100, 150, time.Hour, false},
		{100, 151, time.Hour, true},
		{100, 20, time.Minute, false},
		{100, 21, time.Minute, true},
	} {
		if got := l.Over(c.cents, c.moved, c.age); got != c.over {
			t.Errorf("%+v: over is %v", c, got)
		}
	}
}
