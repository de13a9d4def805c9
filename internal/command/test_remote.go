package command

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
	"github.com/paytrace/paytrace/internal/service"
)

// remote plays calls on a service behind a URL, in place of its gateway. It shows
// screens and nothing else.
type remote struct {
	url     string
	gateway gateway.Client
	header  http.Header
	client  *http.Client
	maxWait time.Duration
}

// longestAnswer is how long an aggregator waits for an answer.
const longestAnswer = 10 * time.Second

// newRemote makes a remote target from the flags.
func newRemote(target, gatewayName string, headers []string, maxWait time.Duration) (*remote, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, misuse{errors.New("--url: expected the service's address for callbacks, as http://localhost:5000/ussd")}
	}
	client, ok := service.GatewayNamed(gatewayName).(gateway.Client)
	if !ok {
		return nil, misuse{fmt.Errorf("--gateway: found %q; expected one of %s", gatewayName, strings.Join(service.GatewayNames(), ", "))}
	}
	r := &remote{url: target, gateway: client, header: http.Header{}, maxWait: maxWait}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return nil, misuse{errors.New("--header: expected a name and a value, as X-API-Key: …")}
		}
		r.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	r.client = &http.Client{
		Timeout:       longestAnswer,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return r, nil
}

// Open implements dialscript.Opener. A remote service can be given nothing but the
// caller; a call that needs more is not checked. What people.yaml says of the
// caller is assumed to be true there.
func (r *remote) Open(_ context.Context, scene dialscript.Scene) (dialscript.Target, error) {
	cannot := func(what string) error {
		return fmt.Errorf("%w: %s can't be set in a remote service", dialscript.ErrCannotSet, what)
	}
	line := &remoteTarget{remote: r}
	for name := range scene.Answers {
		return nil, cannot("what " + name + " answers")
	}
	for name := range scene.Takes {
		return nil, cannot("how long " + name + " takes")
	}
	switch {
	case scene.SMSDown:
		return nil, cannot("that SMS is down")
	case scene.Screen != "":
		return nil, cannot("the screen that a call begins on")
	case scene.Clock != dialscript.DefaultClock:
		return nil, cannot("the clock")
	case scene.Gateway != "" && scene.Gateway != r.gateway.Name() && !strings.HasPrefix(scene.Gateway, r.gateway.Name()+"-"):
		return nil, cannot("another gateway than " + r.gateway.Name())
	}
	for _, v := range scene.Remembered {
		known := slices.Contains(scene.Caller.Values, v) || v.Name == "lang" && v.Text == scene.Caller.Lang
		if !known {
			return nil, cannot("the remembered value (" + v.Name + ")")
		}
		line.assumed = append(line.assumed, fmt.Sprintf("%s=%s of %s, from people.yaml", v.Name, v.Text, scene.Caller.Name))
	}
	if scene.Real {
		line.assumed = append(line.assumed, "(real actions) on an empty store")
	}
	return line, nil
}

// remoteTarget plays one call.
type remoteTarget struct {
	*remote
	assumed []string
}

var (
	_ dialscript.Assumes = (*remoteTarget)(nil)
	_ dialscript.Waits   = (*remoteTarget)(nil)
)

// Assumed implements dialscript.Assumes.
func (l *remoteTarget) Assumed() []string { return l.assumed }

// Type implements dialscript.Target: it sends the gateway's own request. Errors leave
// out the URL, which may hold a secret.
func (l *remoteTarget) Type(ctx context.Context, cb dialscript.Callback) (dialscript.Screen, error) {
	r := l.gateway.Callback(gateway.Call{Request: cb.Request(), Dialled: cb.Dialled, Last: cb.Last, Number: cb.Number})
	request, err := http.NewRequestWithContext(ctx, r.Method, behind(l.url, r), bytes.NewReader(r.Body))
	if err != nil {
		return dialscript.Screen{}, errors.New("no request can be made for this URL")
	}
	request.Header = l.header.Clone()
	if kind := r.ContentType(); kind != "" {
		request.Header.Set("Content-Type", kind)
	}
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
	text, end, err := l.gateway.Screen(response.StatusCode, response.Header, body)
	return dialscript.Screen{Text: text, End: end, Took: time.Since(began)}, err
}

// behind returns the service's URL with what the gateway puts behind it.
func behind(address string, r gateway.Request) string {
	address, query, has := strings.Cut(address, "?")
	if r.Path != "" {
		address = strings.TrimSuffix(address, "/") + "/" + r.Path
	}
	switch {
	case len(r.Query) > 0 && has:
		return address + "?" + query + "&" + string(r.Query)
	case len(r.Query) > 0:
		return address + "?" + string(r.Query)
	case has:
		return address + "?" + query
	}
	return address
}

func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// Wait implements dialscript.Waits: the clock of a remote service can't be set, so
// it really waits.
func (l *remoteTarget) Wait(ctx context.Context, d time.Duration) error {
	if d > l.maxWait {
		return fmt.Errorf("%w: the service's clock can't be set, and --max-wait is %s", dialscript.ErrCannotSet, l.maxWait)
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
