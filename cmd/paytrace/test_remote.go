package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/service"
)

// elsewhere opens lines to a service behind a URL, in place of its gateway. It
// shows screens and nothing else.
type elsewhere struct {
	url     string
	gateway gateway.Client
	header  http.Header
	client  *http.Client
	maxWait time.Duration
}

// longestAnswer is how long an aggregator waits for an answer at most.
const longestAnswer = 10 * time.Second

// newElsewhere reads what was said on the command line.
func newElsewhere(target, gatewayName string, headers []string, maxWait time.Duration) (*elsewhere, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, misuse{errors.New("--url: expected where the service takes callbacks, as http://localhost:5000/ussd")}
	}
	client, ok := service.GatewayNamed(gatewayName).(gateway.Client)
	if !ok {
		return nil, misuse{fmt.Errorf("--gateway: found %q; expected a gateway whose callbacks can be sent, such as %s", gatewayName, service.Gateways[0].Name())}
	}
	e := &elsewhere{url: target, gateway: client, header: http.Header{}, maxWait: maxWait}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return nil, misuse{errors.New("--header: expected a name and a value, as X-API-Key: …")}
		}
		e.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	e.client = &http.Client{
		Timeout:       longestAnswer,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return e, nil
}

// Open implements dialscript.Opener. What a script gives beyond who calls can't
// be set in a service elsewhere, and the call is not checked. What people.yaml
// says of the caller is taken for granted.
func (e *elsewhere) Open(_ context.Context, scene dialscript.Scene) (dialscript.Line, error) {
	cannot := func(what string) error {
		return fmt.Errorf("%w: %s can't be given to a service elsewhere", dialscript.ErrCannotSet, what)
	}
	line := &distantLine{elsewhere: e}
	for name := range scene.Answers {
		return nil, cannot("what " + name + " answers")
	}
	for name := range scene.Takes {
		return nil, cannot("how long " + name + " takes")
	}
	switch {
	case scene.SMSDown:
		return nil, cannot("that SMS is down")
	case scene.Clock != dialscript.DefaultClock:
		return nil, cannot("the clock")
	case scene.Gateway != "" && scene.Gateway != e.gateway.Name() && !strings.HasPrefix(scene.Gateway, e.gateway.Name()+"-"):
		return nil, cannot("another gateway than " + e.gateway.Name())
	}
	for _, v := range scene.Remembered {
		known := slices.Contains(scene.Caller.Values, v) || v.Name == "lang" && v.Text == scene.Caller.Lang
		if !known {
			return nil, cannot("what is remembered (" + v.Name + ")")
		}
		line.assumed = append(line.assumed, fmt.Sprintf("%s=%s of %s, from people.yaml", v.Name, v.Text, scene.Caller.Name))
	}
	if scene.Real {
		line.assumed = append(line.assumed, "(real actions) on an empty store")
	}
	return line, nil
}

// distantLine is one call's line.
type distantLine struct {
	*elsewhere
	assumed []string
}

var (
	_ dialscript.Assumes = (*distantLine)(nil)
	_ dialscript.Waits   = (*distantLine)(nil)
)

// Assumed implements dialscript.Assumes.
func (l *distantLine) Assumed() []string { return l.assumed }

// Type implements dialscript.Line: the gateway's own request. Errors leave the
// URL out, which may hold a secret.
func (l *distantLine) Type(ctx context.Context, cb dialscript.Callback) (dialscript.Screen, error) {
	contentType, form := l.gateway.Callback(cb.Request())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(form))
	if err != nil {
		return dialscript.Screen{}, errors.New("no request can be made for this URL")
	}
	request.Header = l.header.Clone()
	request.Header.Set("Content-Type", contentType)
	began := time.Now()
	response, err := l.client.Do(request)
	if err != nil {
		return dialscript.Screen{}, withoutURL(err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(io.LimitReader(response.Body, gateway.MaxBody+1))
	if err != nil {
		return dialscript.Screen{}, fmt.Errorf("the answer breaks off: %w", withoutURL(err))
	}
	text, end, err := l.gateway.Screen(response.StatusCode, body)
	return dialscript.Screen{Text: text, End: end, Took: time.Since(began)}, err
}

func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// Wait implements dialscript.Waits: nobody can turn the clock of a service
// elsewhere, so the time is really waited for.
func (l *distantLine) Wait(ctx context.Context, d time.Duration) error {
	if d > l.maxWait {
		return fmt.Errorf("%w: the service's clock can't be turned, and --max-wait is %s", dialscript.ErrCannotSet, l.maxWait)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
