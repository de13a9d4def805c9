package command

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The fake serves until it is stopped, and then says what moved.
func TestFakeMpesa(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read, write := io.Pipe()
	done := make(chan int, 1)
	go func() {
		status := run(ctx, []string{"fake-mpesa", "--listen", "127.0.0.1:0"}, streams{in: strings.NewReader(""), out: write, err: io.Discard})
		_ = write.Close()
		done <- status
	}()
	lines := bufio.NewScanner(read)
	address := ""
	for address == "" && lines.Scan() {
		_, address, _ = strings.Cut(lines.Text(), "MPESA_BASE_URL=")
	}
	rest := make(chan string, 1)
	go func() {
		var all strings.Builder
		for lines.Scan() {
			all.WriteString(lines.Text() + "\n")
		}
		rest <- all.String()
	}()
	answer, err := http.PostForm(address+"/fake/pay", url.Values{"phone": {"254711223344"}, "account": {"NW-1A2B3C4D"}, "shillings": {"300"}})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK || len(receipt) < 10 {
		t.Errorf("status %d, %q, %v", answer.StatusCode, receipt, err)
	}
	stop()
	if status := <-done; status != exitFine {
		t.Errorf("status %d", status)
	}
	if out := <-rest; !strings.Contains(out, "payments: 1, cents in: 30000, cents out: 0") {
		t.Errorf("the last lines are\n%s", out)
	}
	for _, args := range [][]string{{"--lost", "60", "--cut", "60"}, {"--twice", "-1"}, {"--listen", "nowhere"}} {
		if status := run(t.Context(), append([]string{"fake-mpesa"}, args...), streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard}); status != exitMisuse {
			t.Errorf("%v: status %d, expected %d", args, status, exitMisuse)
		}
	}
}
