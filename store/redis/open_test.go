package redis_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/redis"
)

// asked has the client's options that the guarantees depend on.
type asked struct {
	Dial, Read, Write, Pool time.Duration
	Context                 bool
	Retries, Dials          int
	Connections, Pipelines  int
	Silent                  bool
	Maintenance             maintnotifications.Mode
}

// A test can't wait for these limits, so it reads the options.
func TestOptions(t *testing.T) {
	want := asked{
		runner.SessionBudget, runner.SessionBudget, runner.SessionBudget, runner.SessionBudget, true,
		0, 1, 64, -1, true, maintnotifications.ModeDisabled,
	}
	o, _, err := redis.Options("redis://h")
	must(t, err)
	if diff := cmp.Diff(want, asked{
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout, o.ContextTimeoutEnabled,
		o.MaxRetries, o.DialerRetries, o.PoolSize, o.PipelinePoolSize, o.DisableIdentity, o.MaintNotificationsConfig.Mode,
	}); diff != "" {
		t.Errorf("one node (-want +got):\n%s", diff)
	}
	_, c, err := redis.Options("redis://h,redis://i")
	must(t, err)
	want.Retries = -1 // a cluster's client passes it on unchanged
	if diff := cmp.Diff(want, asked{
		c.DialTimeout, c.ReadTimeout, c.WriteTimeout, c.PoolTimeout, c.ContextTimeoutEnabled,
		c.MaxRetries, c.DialerRetries, c.PoolSize, c.PipelinePoolSize, c.DisableIdentity, c.MaintNotificationsConfig.Mode,
	}); diff != "" {
		t.Errorf("a cluster (-want +got):\n%s", diff)
	}
	if c.MaxRedirects != 1 || !c.DisableRoutingPolicies {
		t.Errorf("%d redirects and routing policies off %v, want 1 and true", c.MaxRedirects, c.DisableRoutingPolicies)
	}
}
