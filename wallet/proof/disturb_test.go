package proof_test

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// horizonFaults gives four in ten submissions an unknown or wrong answer, and lets
// one query in twelve fail.
func (w *world) horizonFaults(r wallettest.Request) wallettest.Fault {
	statuses := []int{0, 504, 503, 429, 500, 502}
	status := statuses[w.rng.IntN(len(statuses))]
	if !r.Submits {
		if w.rng.IntN(12) == 0 {
			return wallettest.Fault{Kind: wallettest.Lost, Status: status}
		}
		return wallettest.Fault{}
	}
	n := w.draw("submissions", submissionDeck)
	w.submissions++
	if n < unknownOfDeck {
		w.unknown++
	}
	switch {
	case n < 10:
		return wallettest.Fault{Kind: wallettest.Lost, Status: status}
	case n < 20:
		return wallettest.Fault{Kind: wallettest.Silent, Status: status}
	case n < 33:
		after := time.Duration(1+w.rng.IntN(75)) * time.Second // some after the time bound
		return wallettest.Fault{Kind: wallettest.Late, After: after, Status: status}
	case n < 35:
		return wallettest.Fault{Kind: wallettest.Garbage}
	case n < unknownOfDeck:
		codes := []string{"tx_bad_seq", "tx_too_late", "tx_too_early", "tx_insufficient_fee", "tx_internal_error", "tx_insufficient_balance"}
		return wallettest.Fault{Kind: wallettest.Refused, Code: codes[w.rng.IntN(len(codes))]}
	default:
		return wallettest.Fault{}
	}
}

// Of a deck of submissions, unknownOfDeck end unknown or untrue.
const (
	submissionDeck = 100
	unknownOfDeck  = 40
)

// draw returns a card of a deck with the numbers below size. Each comes once before
// any comes again. With independent throws, a run of some hundred submissions could
// miss a disturbance altogether.
func (w *world) draw(deck string, size int) int {
	if len(w.decks[deck]) == 0 {
		w.decks[deck] = w.rng.Perm(size)
	}
	card := w.decks[deck][0]
	w.decks[deck] = w.decks[deck][1:]
	return card
}

// disturb lets a process die, lose the answer to a COMMIT, or be overtaken by
// another process, before and after each of its steps.
func (w *world) disturb(p *process, f *wallet.Funder) {
	f.Book = &tappedBook{Book: f.Book, tap: &tap{w: w, p: p}}
	f.Network = &tappedNetwork{Network: f.Network, tap: &tap{w: w, p: p}}
}

// tap disturbs a process at labelled points.
type tap struct {
	w *world
	p *process
}

// One in so many passes of each point is disturbed.
const (
	pointDeck  = 125 // one death, and one process that is overtaken
	commitDeck = 100 // one lost answer
	// maxDepth bounds how deeply processes overtake each other.
	maxDepth = 2
)

func (t *tap) at(label string) {
	switch n := t.w.draw(label, pointDeck); {
	case n == 0:
		t.w.killed++
		t.w.points[label]++
		panic(kill{label})
	case n == 1 && t.p.depth < maxDepth:
		t.w.interleaved++
		// Sometimes this is long enough for a lease or a transaction to expire.
		t.w.at = t.w.at.Add(time.Duration(t.w.rng.IntN(200)) * time.Second)
		other := t.w.start()
		other.depth = t.p.depth + 1
		_, _ = other.fund(context.Background(), t.w.made[t.w.rng.IntN(len(t.w.made))]) // its job is run again
	}
}

// around runs fn between two points. If fn commits, the answer to COMMIT may be
// lost.
func (t *tap) around(label string, commits bool, fn func() error) error {
	t.at("before " + label)
	err := fn()
	t.at("after " + label)
	if err == nil && commits && t.w.draw("commit of "+label, commitDeck) == 0 {
		return fmt.Errorf("%s: %w", label, store.ErrUnknown)
	}
	return err
}

type tappedBook struct {
	wallet.Book
	*tap
}

func (b *tappedBook) LeaseChannel(ctx context.Context, funder, holder string, now, until time.Time) (l wallet.Lease, err error) {
	err = b.around("a lease", false, func() error {
		l, err = b.Book.LeaseChannel(ctx, funder, holder, now, until)
		return err
	})
	return l, err
}

func (b *tappedBook) ReturnChannel(ctx context.Context, l wallet.Lease, now time.Time) error {
	return b.around("a return", false, func() error { return b.Book.ReturnChannel(ctx, l, now) })
}

func (b *tappedBook) Record(ctx context.Context, l wallet.Lease, t wallet.Transaction, addresses []string, now time.Time) error {
	return b.around("the storing of a transaction", true, func() error { return b.Book.Record(ctx, l, t, addresses, now) })
}

func (b *tappedBook) Settle(ctx context.Context, s wallet.Settlement) error {
	return b.around("the storing of an end", true, func() error { return b.Book.Settle(ctx, s) })
}

func (b *tappedBook) DecideFundings(ctx context.Context, each map[string]wallet.Verdict, at time.Time) error {
	return b.around("a decision", true, func() error { return b.Book.DecideFundings(ctx, each, at) })
}

type tappedNetwork struct {
	wallet.Network
	*tap
}

func (n *tappedNetwork) Submit(ctx context.Context, t wallet.Transaction) (a wallet.Answer, err error) {
	// A submission waits for a ledger.
	n.w.at = n.w.at.Add(time.Duration(n.w.rng.IntN(6000)) * time.Millisecond)
	err = n.around("a submission", false, func() error {
		a, err = n.Network.Submit(ctx, t)
		return err
	})
	return a, err
}

func (n *tappedNetwork) Look(ctx context.Context, t wallet.Transaction) (a wallet.Answer, err error) {
	err = n.around("a look", false, func() error {
		a, err = n.Network.Look(ctx, t)
		return err
	})
	return a, err
}
