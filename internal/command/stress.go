package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/internal/stress"
)

type stressCmd struct {
	URL     string        `arg:"" name:"url" help:"Address of a service for callbacks, as http://localhost:5000/ussd."`
	Keys    []string      `arg:"" optional:"" help:"What a caller types, key by key, after dialling."`
	Code    string        `required:"" help:"Service code that is dialled, as *384*8481#."`
	Rate    float64       `default:"10" help:"How many calls begin in a second."`
	For     time.Duration `default:"10s" help:"How long calls begin."`
	Pause   time.Duration `default:"1s" help:"How long a caller reads a screen before the next key."`
	Callers int           `default:"1000" help:"How many phone numbers take turns, from 254700000000 on."`
	Network string        `default:"63902" help:"Code of the callers' network."`
	Gateway string        `default:"africastalking" help:"Gateway whose callbacks are sent."`
	Header  []string      `help:"Header to add to each callback." placeholder:"NAME:VALUE" sep:"none"`

	YesThisHost string `name:"yes-this-host" help:"Host of the URL, once more, if it is not this machine: you may load it." placeholder:"HOST"`
	JSON        bool   `name:"json" help:"Print JSON."`
}

func (stressCmd) Help() string {
	return `It makes real calls: what the keys lead to is done. It calls services on this
machine only, unless you name the host of the URL a second time.

Calls begin when they are due, however many still wait, and a time counts from
when a callback was due. So a service that falls behind shows it.

The exit status is 1 if a callback failed or a call could not begin.

Example:
  paytrace stress http://localhost:5000/ussd 1 0711000111 --code '*384*8481#' --rate 50 --for 30s`
}

// firstCaller is the first of the numbers that call.
const firstCaller = 254_700_000_000

// maxCallers bounds the numbers: those of one network.
const maxCallers = 99_999_999

// Run makes the calls and prints what came of them.
func (v *stressCmd) Run(ctx context.Context, std streams) error {
	plan, err := v.plan()
	if err != nil {
		return err
	}
	report := stress.Run(ctx, plan)
	if v.JSON {
		err = json.NewEncoder(std.out).Encode(report)
	} else {
		err = report.Print(std.out)
	}
	if err == nil && (report.Failed > 0 || report.NotBegun > 0) {
		return outcome{exitDiagnostics}
	}
	return err
}

func (v *stressCmd) plan() (stress.Plan, error) {
	anywhere, err := v.named()
	if err != nil {
		return stress.Plan{}, err
	}
	target, err := newRemote(v.URL, v.Gateway, v.Header, 0)
	if err != nil {
		return stress.Plan{}, err
	}
	plan := stress.Plan{
		Address: func(r gateway.Request) string { return behind(v.URL, r) }, Header: target.header, Gateway: target.gateway, Code: v.Code, Keys: v.Keys, Rate: v.Rate, For: v.For,
		Pause: v.Pause, Callers: v.Callers, FirstCaller: firstCaller, Network: v.Network, Name: rand.Text(), Client: stress.NewClient(anywhere),
	}
	if v.Callers > maxCallers {
		return plan, misuse{fmt.Errorf("--callers: found %d, expected at most %d", v.Callers, maxCallers)}
	}
	if err := plan.Check(); err != nil {
		return plan, misuse{err}
	}
	return plan, nil
}

// named reports whether the host of the URL was named a second time. A host that is
// surely elsewhere is refused before any call.
func (v *stressCmd) named() (bool, error) {
	u, err := url.Parse(v.URL)
	if err != nil || u.Host == "" {
		return false, misuse{errors.New("URL: expected the service's address for callbacks, as http://localhost:5000/ussd")}
	}
	host := u.Hostname()
	if v.YesThisHost != "" {
		if v.YesThisHost != host {
			return false, misuse{fmt.Errorf("--yes-this-host: found %q, and the URL's host is %q; they must be the same", v.YesThisHost, host)}
		}
		return true, nil
	}
	if at, err := netip.ParseAddr(host); err == nil && !at.Unmap().IsLoopback() || err != nil && host != "localhost" {
		return false, misuse{fmt.Errorf("%s is not this machine; if you may load it, add --yes-this-host %s", host, host)}
	}
	return false, nil
}
