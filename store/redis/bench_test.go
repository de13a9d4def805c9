package redis_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// callback is what one callback costs: a load, and a save over what was loaded.
func callback(ctx context.Context, s runner.Sessions, key string, v int) error {
	stored, err := s.Load(ctx, key)
	if err != nil {
		return err
	}
	next := fmt.Appendf(nil, `{"v":%d,"h":"0123456789abcdef0123456789abcdef","step":"main",`, v)
	next = append(next, padding...)
	_, saved, err := s.Save(ctx, key, engine.HeadOf(stored), next, life)
	if err == nil && !saved {
		err = fmt.Errorf("%s was saved by another", key)
	}
	return err
}

// padding makes a record as long as most are.
var padding = strings.Repeat("x", 440) + "}"

func BenchmarkCallback(b *testing.B) {
	s := open(b, servers.Redis(b))
	for name, store := range map[string]runner.Sessions{"bare": s, "breaker": redis.NewBreaker(s)} {
		b.Run(name+"/one", func(b *testing.B) {
			b.ReportAllocs()
			for v := 1; b.Loop(); v++ {
				if err := callback(b.Context(), store, "ussd:session:one"+name, v); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/parallel", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(16)
			var callers atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				key := fmt.Sprintf("ussd:session:%s%d-%d", name, b.N, callers.Add(1))
				for v := 1; pb.Next(); v++ {
					if err := callback(context.Background(), store, key, v); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkSkipped is what a callback pays while Redis is down.
func BenchmarkSkipped(b *testing.B) {
	br := redis.NewBreaker(&flaky{do: down})
	b.ReportAllocs()
	for b.Loop() { // the first call fails, and all others of the same second are skipped
		if _, err := br.Load(b.Context(), id); err == nil {
			b.Fatal("it was not skipped")
		}
	}
}
