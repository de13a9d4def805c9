package service

import (
	"testing"
	"time"

	"github.com/paytrace/paytrace/store/redis"
)

func TestWhatRedisEvicts(t *testing.T) {
	for _, c := range []struct {
		report redis.Report
		want   State
	}{
		{redis.Report{Policy: "noeviction"}, StateOK},
		{redis.Report{Policy: "noeviction", MaxMemory: 1}, StateWarning},
		{redis.Report{Policy: "allkeys-lru", MaxMemory: 1}, StateWarning},
		{redis.Report{Policy: "volatile-ttl", MaxMemory: 1}, StateOK},
	} {
		if got := evicting(c.report); got.State != c.want {
			t.Errorf("%+v: %+v, want %s", c.report, got, c.want)
		}
	}
}

func TestClocks(t *testing.T) {
	now := time.Now()
	for skew, want := range map[time.Duration]State{
		0: StateOK, time.Second: StateOK, 3 * time.Second: StateWarning, -3 * time.Second: StateWarning, time.Minute: StateWrong, -time.Minute: StateWrong,
	} {
		if got := clock("x", now.Add(skew), now, now.Add(time.Millisecond)); got.State != want {
			t.Errorf("%s: %+v, want %s", skew, got, want)
		}
	}
}
