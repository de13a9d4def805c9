package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/internal/service"
)

type healthCmd struct {
	Ready bool   `help:"Ask whether the service can answer callbacks, and not only whether it runs."`
	At    string `help:"IP address and port of the service (default: those that ADDRESS and PORT give)." placeholder:"IP:PORT"`
}

func (healthCmd) Help() string {
	return `It asks the service on this machine over HTTP, as a container's health check does.
The exit status is 0 if the service answers that all is well, otherwise 1.

Example:
  paytrace health --ready`
}

const (
	// healthTimeout is how long the service may take. Its own checks of
	// dependencies take at most two seconds.
	healthTimeout = 3 * time.Second
	// healthLimit bounds how much of an answer is printed, in bytes.
	healthLimit = 4 << 10
)

// Run asks the service how it is.
func (v *healthCmd) Run(ctx context.Context, std streams) error {
	at, err := v.address()
	if err != nil {
		return err
	}
	path := "/health"
	if v.Ready {
		path = "/ready"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	answer, err := askHealth(ctx, "http://"+at+path)
	if err != nil {
		complain(std, fmt.Errorf("the service at %s is not well: %w", at, err))
		return outcome{exitDiagnostics}
	}
	_, err = fmt.Fprintln(std.out, answer)
	return err
}

// address returns where the service listens.
func (v *healthCmd) address() (string, error) {
	if v.At != "" {
		_, err := netip.ParseAddrPort(v.At)
		if host, _, ok := strings.Cut(v.At, ":"); err != nil && (!ok || host != "localhost") {
			return "", misuse{fmt.Errorf("--at: found %q, expected an IP address and a port, as 127.0.0.1:5000", v.At)}
		}
		return v.At, nil
	}
	settings, err := service.FromEnvironment()
	if err != nil {
		return "", err
	}
	if settings.Port == 0 {
		return "", misuse{errors.New("PORT is 0, so the service chose a port itself; name it with --at IP:" + strconv.Itoa(defaultPort))}
	}
	return settings.LocalAddress(), nil
}

// defaultPort is the port in examples.
const defaultPort = 5000

// askHealth returns the body of an answer with status 200, and an error for any
// other answer. It follows no redirect and uses no proxy.
func askHealth(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }() // it is only read
	body, err := io.ReadAll(io.LimitReader(res.Body, healthLimit))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d: %q", res.StatusCode, body)
	}
	return string(body), nil
}
