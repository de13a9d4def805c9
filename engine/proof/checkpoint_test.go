package proof_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

// A checkpoint is a register with compare-and-set: whatever writers do at the same time,
// one order of all their calls must explain every answer. Porcupine looks for it.
// Histories are short, one for each record, because the search grows fast with the
// number of simultaneous calls.
const (
	writers        = 8
	writerCalls    = 10
	mostUnknown    = 6 // in one history; then it ends
	decideWithin   = time.Minute
	staleOdds      = 5
	firstSaveOdds  = 10
	loadOdds       = 3
	checkpointLife = time.Minute
)

// An operation is one call of a writer. A save names the head that it expects, or "" for
// no record.
type operation struct {
	save         bool
	expect, next string
}

// An answer has the head that was stored, or "" for none.
type answer struct {
	saved bool
	head  string
}

var checkpoint = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		head, in := state.(string), input.(operation)
		after := head
		if in.save && head == in.expect {
			after = in.next
		}
		out, known := output.(answer)
		switch {
		case !known:
			// Without an answer the call may have happened at any later time, or
			// never, which is the same as after everything else.
			return true, after
		case in.save && out.saved:
			return head == in.expect, after
		case in.save:
			return head != in.expect && out.head == head, head
		}
		return out.head == head, head
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
}

// A histories has the calls and answers of many writers.
type histories struct {
	calls, unknown int
	// broken is a history that no order explains, or nil.
	broken []porcupine.Operation
}

// contend lets writers compete for one record after the other, until they have made
// that many calls or got an impossible answer. Each uses one of the stores, which are one
// store seen by several instances.
func contend(t *testing.T, calls int, stores ...runner.Sessions) (all histories) {
	t.Helper()
	for n := 0; all.calls < calls && all.broken == nil; n++ {
		h := contendFor(fmt.Sprintf("ussd:session:%s-%d", t.Name(), n), uint64(n), stores)
		all.calls += len(h)
		for _, op := range h {
			if op.Output == nil {
				all.unknown++
			}
		}
		switch porcupine.CheckOperationsTimeout(checkpoint, h, decideWithin) {
		case porcupine.Illegal:
			all.broken = h
		case porcupine.Unknown:
			t.Fatalf("history %d of %d calls could not be decided in %s; shorten it", n, len(h), decideWithin)
		}
	}
	return all
}

// contendFor returns the history of one record.
func contendFor(id string, seed uint64, stores []runner.Sessions) []porcupine.Operation {
	var mu sync.Mutex
	var history []porcupine.Operation
	unknown := 0
	began := time.Now()
	start := make(chan struct{})
	var done sync.WaitGroup
	for i := range writers {
		w := &writer{store: stores[i%len(stores)], id: id, name: fmt.Sprintf("w%d", i), random: rand.New(rand.NewPCG(seed, uint64(i)))}
		done.Go(func() {
			<-start
			for range writerCalls {
				in := w.choose()
				op := porcupine.Operation{ClientId: i, Input: in, Call: int64(time.Since(began)), Return: math.MaxInt64}
				out, err := w.ask(in)
				if err == nil {
					op.Output, op.Return = out, int64(time.Since(began))
				}
				mu.Lock()
				history = append(history, op)
				if err != nil {
					unknown++
				}
				stop := unknown >= mostUnknown
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	close(start)
	done.Wait()
	return history
}

// A writer competes for a record.
type writer struct {
	store    runner.Sessions
	id, name string
	random   *rand.Rand
	wrote    int
	seen     []string // heads, the newest last
}

// choose mostly returns a save on the newest head that was seen, sometimes on an older
// one, and sometimes a load.
func (w *writer) choose() operation {
	if w.random.IntN(loadOdds) == 0 {
		return operation{}
	}
	w.wrote++
	in := operation{save: true, next: fmt.Sprintf(`{"v":%d,"h":"%s",`, w.wrote, w.name)}
	switch n := len(w.seen); {
	case n == 0 || w.random.IntN(firstSaveOdds) == 0:
	case w.random.IntN(staleOdds) == 0:
		in.expect = w.seen[w.random.IntN(n)]
	default:
		in.expect = w.seen[n-1]
	}
	return in
}

func (w *writer) ask(in operation) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), runner.SessionBudget)
	defer cancel()
	var stored []byte
	var saved bool
	var err error
	if in.save {
		stored, saved, err = w.store.Save(ctx, w.id, in.expect, []byte(in.next+`"step":"main"}`), checkpointLife)
	} else {
		stored, err = w.store.Load(ctx, w.id)
	}
	if err != nil {
		return answer{}, err
	}
	out := answer{saved, engine.HeadOf(stored)}
	if saved {
		out.head = in.next
	}
	w.seen = append(w.seen, out.head)
	return out, nil
}

func wantOneOrder(t *testing.T, h histories) {
	t.Helper()
	t.Logf("%d calls, %d without an answer", h.calls, h.unknown)
	if h.broken != nil {
		t.Errorf("no order explains:%s", describe(h.broken))
	}
}

func describe(h []porcupine.Operation) string {
	s := ""
	for _, op := range h {
		s += fmt.Sprintf("\n%8d..%8d writer %d: %s", op.Call, op.Return, op.ClientId, checkpoint.DescribeOperation(op.Input, op.Output))
	}
	return s
}

func TestCheckpointInMemory(t *testing.T) {
	wantOneOrder(t, contend(t, checkpointCalls, memory.NewSessions(time.Now)))
}

// getThenSet saves in two steps: it compares in the instance what it has read, and
// overwrites whatever is stored by then.
type getThenSet struct{ runner.Sessions }

// Save implements runner.Sessions.
func (s getThenSet) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	stored, err := s.Load(ctx, id)
	if err != nil || engine.HeadOf(stored) != expect {
		return stored, false, err
	}
	runtime.Gosched()
	for saved := false; !saved; {
		if stored, saved, err = s.Sessions.Save(ctx, id, engine.HeadOf(stored), next, ttl); err != nil {
			return nil, false, err
		}
	}
	return nil, true, nil
}

// The control: a store whose save is no compare-and-set is caught.
func TestCheckpointControlInMemory(t *testing.T) {
	h := contend(t, checkpointCalls, getThenSet{memory.NewSessions(time.Now)})
	if h.broken == nil {
		t.Fatalf("get and set in two steps passed for one in %d calls", h.calls)
	}
	t.Logf("caught after %d calls", h.calls)
}
