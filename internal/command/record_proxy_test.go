package command

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRecordAsAProxy passes callbacks on unchanged, and writes a script that
// passes on the service that answered them.
func TestRecordAsAProxy(t *testing.T) {
	shop := &remoteShop{}
	service := httptest.NewServer(shop)
	defer service.Close()
	dir := t.TempDir()
	out := filepath.Join(dir, "passed.dial")
	ctx, stop := context.WithCancel(t.Context())
	var said lockedBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"record", "--proxy", "127.0.0.1:0", "--to", service.URL + "/ussd", "-o", out}, streams{in: strings.NewReader(""), out: &said, err: &said})
	}()
	at := regexp.MustCompile(`http://127[^ ]+`)
	address := ""
	for address == "" {
		select {
		case status := <-ended:
			t.Fatalf("it ended with %d: %s", status, said.String())
		default:
			address = at.FindString(said.String())
		}
	}
	send := func(text string) string {
		form := url.Values{"sessionId": {"s1"}, "phoneNumber": {"+254733999888"}, "serviceCode": {"*384*55#"}, "networkCode": {"63902"}, "text": {text}}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/anything", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Key", "open")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if got := send(""); got != "CON Soko\r\n1. Bei\r\n2. Toka\r\n" {
		t.Errorf("the answer is %q", got)
	}
	send("")
	send("1")
	stop()
	if status := <-ended; status != exitFine {
		t.Fatalf("status %d: %s", status, said.String())
	}
	script, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want := "=== Recorded: 1\n(as Amina)\n\n> *384*55#\n| Soko\n| 1. Bei\n| 2. Toka\n(gateway sends that twice)\n> 1\n| Mkate KES 65\n(session ends)\n"
	if string(script) != want {
		t.Errorf("written\n%s", script)
	}
	if strings.Contains(said.String(), "733999888") {
		t.Error("the number is printed")
	}
	if status, out := subcommand(t, "test", "--url", service.URL, "--header", "X-Key: open", out); status != exitFine {
		t.Error(out)
	}
}
