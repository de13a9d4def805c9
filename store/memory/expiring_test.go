package memory

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestExpiringIsAMap compares it with a plain map that is searched, over random calls.
func TestExpiringIsAMap(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 0))
		e, plain := newExpiring(), map[string]item{}
		now := time.Duration(0)
		limit := 5 + random.IntN(60)
		for step := range 5_000 {
			now += time.Duration(random.IntN(3)) * time.Second
			key := fmt.Sprint(random.IntN(100))
			switch random.IntN(10) {
			case 0:
				e.remove(key)
				delete(plain, key)
			default:
				expires := now + time.Duration(1+random.IntN(120))*time.Second
				for k, it := range plain {
					if it.expires <= now {
						delete(plain, k)
					}
				}
				_, known := plain[key]
				// An entry that has expired may still be there. It is put again, or takes
				// the room of another while longer lives come before it in the queue.
				_, there := e.items[key]
				fits := e.put(key, []byte(fmt.Sprint(step)), now, expires, limit)
				if fits && !there && len(plain) >= limit || !fits && known {
					t.Fatalf("seed %d, step %d: put says %v; %d entries of %d", seed, step, fits, len(plain), limit)
				}
				if fits {
					plain[key] = item{value: []byte(fmt.Sprint(step)), expires: expires}
				}
			}
			for k := range 100 {
				key := fmt.Sprint(k)
				want := ""
				if it, ok := plain[key]; ok && it.expires > now {
					want = string(it.value)
				}
				if got := string(e.get(key, now)); got != want {
					t.Fatalf("seed %d, step %d: %s is %q, want %q", seed, step, key, got, want)
				}
			}
			if places := len(e.queue) - e.first; places < len(e.items) {
				t.Fatalf("seed %d, step %d: %d places for %d entries", seed, step, places, len(e.items))
			}
		}
	}
}

// TestExpiredEntriesGo puts entries that are never read again, and some that live on.
func TestExpiredEntriesGo(t *testing.T) {
	const life, calls = 180, 20_000
	e := newExpiring()
	most := 0
	for n := range calls {
		now := time.Duration(n) * time.Second
		for _, key := range []string{fmt.Sprint(n), fmt.Sprint(n - 1), fmt.Sprint(n - 2), "lives on"} {
			if !e.put(key, []byte("x"), now, now+life*time.Second, calls) {
				t.Fatal("it is full")
			}
		}
		e.remove("comes and goes")
		e.put("comes and goes", nil, now, now+life*time.Second, calls)
		most = max(most, len(e.items), len(e.queue)-e.first)
	}
	if most > 5*life || cap(e.queue) > 20*(life+movedFrom) {
		t.Errorf("up to %d entries or places, and memory for %d, with a life of %d", most, cap(e.queue), life)
	}
}

// BenchmarkPut measures a put among many entries, of which one in a few expires.
func BenchmarkPut(b *testing.B) {
	const entries = 300_000
	keys := make([]string, 2*entries)
	for i := range keys {
		keys[i] = fmt.Sprintf("ussd:session:ATUid_%032d", i)
	}
	value := make([]byte, 220)
	e := newExpiring()
	now := time.Duration(0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now++
		e.put(keys[i/5%len(keys)], value, now, now+5*entries, 2*entries)
	}
}
