package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

// crashVariable gives the file to a process that the test kills.
const crashVariable = "PAYTRACE_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashVariable); path != "" {
		if err := actForever(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1) // only a kill should end it
	}
	goleak.VerifyTestMain(m)
}

// actForever runs one action after the other, and prints the number of each when it is
// done.
func actForever(path string) error {
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		id := fmt.Sprint(n)
		err := s.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
			_, done, err := tx.Begin(ctx, id, []byte("f"))
			if err != nil || done {
				return err
			}
			w := store.Worker{WorkerID: id, Phone: id, PublicKey: id, SealedSecret: "x"}
			if err := tx.AddWorker(ctx, w); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, store.Job{Kind: "fund", Key: id}); err != nil {
				return err
			}
			return tx.Finish(ctx, id, []byte("done"))
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// After a kill, every action reported as done is stored completely, and no other action is
// stored in part.
func TestKilledInTheMiddle(t *testing.T) {
	const kills = 3
	path := newPath(t)
	first := 0
	for range kills {
		said := killAfter(t, path, first+40)
		s := openPath(t, path)
		for n := 0; ; n++ {
			id := fmt.Sprint(n)
			result, err := s.Result(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			_, missing := s.Worker(t.Context(), id)
			if (result != nil) != (missing == nil) {
				t.Errorf("action %d is stored in part: result %q, worker %v", n, result, missing)
			}
			if result == nil {
				if n <= said {
					t.Errorf("action %d of %d that were done is lost", n, said)
				}
				first = n
				break
			}
		}
		jobs, err := s.ListJobs(t.Context(), 1000)
		if err != nil || len(jobs) != first {
			t.Errorf("%d jobs of %d actions (%v)", len(jobs), first, err)
		}
	}
}

// killAfter runs actForever until it prints a number, kills it, and returns the last
// printed number.
func killAfter(t *testing.T, path string, number int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashVariable+"="+path)
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := -1
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if _, err := fmt.Sscan(lines.Text(), &said); err != nil {
			t.Fatalf("the process printed %q", lines.Text())
		}
		if said == number {
			_ = cmd.Process.Kill() // it may print more before it ends
		}
	}
	_ = cmd.Wait() // killed
	if said < number {
		t.Fatalf("the process ended at %d, want to kill it after %d", said, number)
	}
	return said
}
