package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/transcript"
	"github.com/paytrace/paytrace/gateway"
)

// httpLine is a line to a service elsewhere: it sends what Africa's Talking
// sends, and sees what a gateway sees.
type httpLine struct {
	client *http.Client
	// url is where callbacks go, a secret in the path included.
	url string
	// key is sent as a Bearer token, "" for none.
	key string
}

var _ transcript.Line = (*httpLine)(nil)

// Type implements transcript.Line.
func (l *httpLine) Type(ctx context.Context, cb transcript.Callback) (transcript.Screen, error) {
	form := url.Values{
		"sessionId": {cb.Session}, "phoneNumber": {"+" + cb.Phone}, "serviceCode": {cb.Service},
		"networkCode": {cb.Network}, "text": {cb.Text},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, strings.NewReader(form.Encode()))
	if err != nil {
		return transcript.Screen{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if l.key != "" {
		req.Header.Set("Authorization", "Bearer "+l.key)
	}
	began := time.Now()
	resp, err := l.client.Do(req)
	if err != nil {
		return transcript.Screen{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, gateway.MaxBody))
	if err != nil {
		return transcript.Screen{}, err
	}
	screen, err := screenOf(resp.StatusCode, string(body))
	screen.Took = time.Since(began)
	return screen, err
}

// screenOf reads an answer as the gateway does: what does not begin with CON or
// END is none.
func screenOf(status int, body string) (transcript.Screen, error) {
	if status != http.StatusOK {
		return transcript.Screen{}, fmt.Errorf("the status is %d, expected 200: %q", status, body)
	}
	if text, ok := strings.CutPrefix(body, "CON "); ok {
		return transcript.Screen{Text: text}, nil
	}
	if text, ok := strings.CutPrefix(body, "END "); ok {
		return transcript.Screen{Text: text, End: true}, nil
	}
	return transcript.Screen{}, fmt.Errorf("the answer begins with neither %q nor %q: %q", "CON ", "END ", body)
}
