package backend_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
)

// A host that fails five times in a row is left alone, and asked once after a pause.
// Other hosts are asked all the same.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dialled := map[string]int{}
		c := backend.New(backend.Config{Now: time.Now, Dial: func(_ context.Context, _, address string) (net.Conn, error) {
			dialled[address]++
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("nobody is there")}
		}})
		ask := func(port int) error {
			_, err := c.Ask(context.Background(), request(t, fmt.Sprintf("http://127.0.0.1:%d", port), "id"))
			return err
		}
		for range 5 {
			checkFault(t, ask(1), backend.Unreachable, true, "nobody is there")
		}
		checkFault(t, ask(1), backend.Paused, true, "left alone for 5s")
		checkFault(t, ask(2), backend.Unreachable, true, "nobody is there")
		time.Sleep(5*time.Second + 1)
		checkFault(t, ask(1), backend.Unreachable, true, "nobody is there")
		checkFault(t, ask(1), backend.Paused, true, "left alone")
		if dialled["127.0.0.1:1"] != 6 || dialled["127.0.0.1:2"] != 1 {
			t.Errorf("dialled %v", dialled)
		}
	})
}
