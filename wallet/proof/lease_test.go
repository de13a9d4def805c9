package proof_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet"
)

// slow is a network whose submissions wait until they are let go.
type slow struct {
	wallet.Network
	began, goOn chan struct{}
}

func (n slow) Submit(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	close(n.began)
	<-n.goOn
	return n.Network.Submit(ctx, t)
}

// A process that works for long keeps its channel, and one that died frees it within
// half a minute.
func TestALeaseLivesWithItsProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, false)
	w.register(1, func(int) bool { return false })
	start, passed := w.at, atomic.Int64{}
	now := func() time.Time { return start.Add(time.Duration(passed.Load())) }
	p := w.start()
	beats := make(chan time.Time)
	network := slow{p.Network, make(chan struct{}), make(chan struct{})}
	p.Network, p.Now = network, now
	p.Tick = func(time.Duration) (<-chan time.Time, func()) { return beats, func() {} }
	done := make(chan error, 1)
	go func() {
		_, err := p.Fund(context.Background(), w.made[0])
		done <- err
	}()
	<-network.began
	free := func() bool {
		l, err := w.store.LeaseChannel(context.Background(), w.account.Address, "another", now(), now())
		if err != nil && !errors.Is(err, wallet.ErrBusy) {
			t.Fatal(err)
		}
		return err == nil && l.Holder == "another"
	}
	for range 20 { // more than a minute and a half
		passed.Add(int64(5 * time.Second))
		beats <- now()
		beats <- now() // the one before is done
		if free() {
			t.Fatalf("the channel is free after %s, while its process works", now().Sub(start))
		}
	}
	passed.Add(int64(30 * time.Second)) // as if it had died
	if !free() {
		t.Error("half a minute without a sign of the process, the channel is not free")
	}
	close(network.goOn)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
