package runner_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
)

type tagKey struct{}

// A Deadline behaves like a context of package context, with and without waiters and
// derived contexts.
func TestDeadline(t *testing.T) {
	const long, short = 4 * time.Second, time.Second
	for _, c := range []struct {
		name   string
		parent time.Duration // of a parent with a time of its own, 0 for none
		then   func(stopParent func(), ctx *runner.Deadline)
		want   error
	}{
		{"nothing happened", 0, func(func(), *runner.Deadline) {}, nil},
		{"a moment before", 0, func(func(), *runner.Deadline) { <-time.After(long - 1) }, nil},
		{"its time", 0, func(func(), *runner.Deadline) { <-time.After(long) }, context.DeadlineExceeded},
		{"its parent's time", short, func(func(), *runner.Deadline) { <-time.After(short) }, context.DeadlineExceeded},
		{"ended", 0, func(_ func(), ctx *runner.Deadline) { ctx.End() }, context.Canceled},
		{"ended twice", 0, func(_ func(), ctx *runner.Deadline) { ctx.End(); ctx.End() }, context.Canceled},
		{"its parent ended", 0, func(stop func(), _ *runner.Deadline) { stop() }, context.Canceled},
	} {
		for _, waits := range []string{"no waiter", "waited for before", "waited for after"} {
			t.Run(c.name+", "+waits, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, stop := context.WithCancel(context.WithValue(t.Context(), tagKey{}, "tag"))
					defer stop()
					if c.parent > 0 {
						var cancel func()
						parent, cancel = context.WithTimeout(parent, c.parent)
						defer cancel()
					}
					ctx := runner.WithTimeout(parent, long)
					defer ctx.End()
					if waits == "waited for before" {
						ctx.Done()
					}
					c.then(stop, ctx)
					synctest.Wait()
					if waits == "waited for after" {
						ctx.Done()
					}
					if err := ctx.Err(); !errors.Is(err, c.want) {
						t.Errorf("Err %v, want %v", err, c.want)
					}
					derived, cancel := context.WithCancel(ctx)
					defer cancel()
					synctest.Wait()
					if err := derived.Err(); !errors.Is(err, c.want) {
						t.Errorf("Err of what is derived %v, want %v", err, c.want)
					}
					select {
					case <-ctx.Done():
						if c.want == nil {
							t.Error("it is done")
						}
					default:
						if c.want != nil {
							t.Error("it is not done")
						}
					}
					if tag := ctx.Value(tagKey{}); tag != "tag" {
						t.Errorf("Value %v, want the parent's", tag)
					}
				})
			})
		}
	}
}

// A Deadline keeps its first error.
func TestDeadlineEndsOnce(t *testing.T) {
	for _, seen := range []string{"no waiter", "waited for after"} {
		t.Run(seen, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, stop := context.WithCancel(t.Context())
				ctx := runner.WithTimeout(parent, time.Second)
				<-time.After(time.Second)
				if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("at its time: %v", err)
				}
				stop()
				if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("after its parent ended: %v", err)
				}
				ctx.End()
				if seen == "waited for after" {
					<-ctx.Done()
				}
				if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("after it was ended: %v", err)
				}
			})
		})
	}
}

// Derived contexts and waiters end with the Deadline.
func TestDeadlineEndsOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := runner.WithTimeout(t.Context(), time.Second)
		derived, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		if end, ok := derived.Deadline(); !ok || !end.Equal(time.Now().Add(time.Second)) {
			t.Errorf("the derived one ends at %v", end)
		}
		<-ctx.Done()
		<-derived.Done()
		if err := derived.Err(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Err of what is derived: %v", err)
		}
		again := runner.WithTimeout(t.Context(), time.Second)
		child, stop := context.WithCancel(again)
		defer stop()
		again.End()
		<-child.Done()
		ctx.End()
	})
}

// A context without a waiter costs one allocation and no timer.
func TestDeadlineIsCheap(t *testing.T) {
	n := testing.AllocsPerRun(100, func() {
		ctx := runner.WithTimeout(context.Background(), time.Second)
		if ctx.Err() != nil {
			t.Error(ctx.Err())
		}
		ctx.End()
	})
	if n > 1 {
		t.Errorf("%v allocations, want 1", n)
	}
}
