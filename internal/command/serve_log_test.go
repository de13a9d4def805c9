package command

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// neverRead is a log that nobody reads until read is closed.
type neverRead struct{ read chan struct{} }

func (n neverRead) Write(p []byte) (int, error) {
	<-n.read
	return len(p), nil
}

// A log that nobody reads stops no call, however many lines wait, and no end of
// the service.
func TestServeWhileNobodyReadsTheLog(t *testing.T) {
	t.Chdir(t.TempDir())
	log := neverRead{make(chan struct{})}
	s := serving(t, func(ctx context.Context, std streams) int {
		return run(ctx, []string{"serve", "--port", "0"}, streams{in: std.in, out: std.out, err: log})
	})
	client := &http.Client{Timeout: 20 * time.Second} // far more than a callback may take
	for range 300 {
		r, err := client.Post(s.url+"/ussd", "application/x-www-form-urlencoded", strings.NewReader("nonsense"))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
	if got := s.says("a", "+254711000111", ""); !strings.HasPrefix(got, "CON ") {
		t.Errorf("%q", got)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d", status)
	}
	close(log.read)
}

// A reader of the log that ends does not end the service with it.
func TestServeAfterTheLogReaderEnded(t *testing.T) {
	t.Chdir(t.TempDir())
	cmd := exec.Command("paytrace", "serve", "--port", "0")
	cmd.Env = append(os.Environ(), "LOG_FORMAT=json")
	out, outErr := cmd.StdoutPipe()
	log, logErr := cmd.StderrPipe()
	if outErr != nil || logErr != nil {
		t.Fatal(outErr, logErr)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`http://localhost:\d+`).FindString(line)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		r, err := http.Post(url+"/ussd", "application/x-www-form-urlencoded", strings.NewReader("nonsense"))
		if err != nil {
			t.Fatalf("the service ended with the reader of its log: %v", err)
		}
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		r.Body.Close()
		if r.StatusCode != http.StatusBadRequest {
			t.Errorf("%d %s", r.StatusCode, &body)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}
