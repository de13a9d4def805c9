package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
)

// How Redis is asked. A callback can be answered without Redis, so a slow
// answer is worth less than none: nothing is tried again, and nothing takes
// longer than the engine would wait.
const (
	// callTimeout bounds one call in all: waiting for a connection, connecting,
	// writing, reading.
	callTimeout = runner.SessionBudget
	// noRetries is the client's word for it; 0 would be its default of three.
	noRetries = -1
	// dials is how often one connection is tried.
	dials = 1
	// redirects is how often a cluster's node may name another one. More than
	// one in a call means that slots are moving, and the next call will know.
	redirects = 1
	// poolSize is how many connections one instance may have to one node. Most go
	// over roundTrips of them; others are for commands that go alone, which are
	// never to wait for one.
	poolSize = 64
	// noPipelines keeps the client from a second pool: commands that go together
	// use the connections of those that go alone.
	noPipelines = -1
)

// Config says where Redis is.
type Config struct {
	// URL is redis://user:password@host:port/database, or rediss:// for TLS;
	// only the host is needed. Several, parted by commas, are nodes of one
	// cluster: all with the same user and password, and no database. A cluster
	// that has one address is named by giving it twice.
	URL secret.Text
}

const clusterHint = "this is a node of a cluster: give the addresses of some nodes, parted by commas, or the only one twice"

// errCluster: one address was given, and a cluster is there.
var errCluster = errors.New(clusterHint)

// Open makes the store. It fails if the URL is wrong, and if Redis answers that
// it will never do what is needed, as for a wrong password. A Redis that can't
// be reached is no error, since the service can go on without: Ping tells.
func Open(ctx context.Context, c Config) (*Sessions, error) {
	at, err := parse(c.URL.Reveal())
	if err != nil {
		return nil, err
	}
	logging.Disable() // it writes to stderr what it returns, too
	client := at.connect()
	s := &Sessions{client: client, group: &group{client: client}, secret: at.password}
	if err := s.refusal(ctx, len(at.addresses) > 1); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Client connects as Open does, for measurements of what the store costs above
// its client.
func Client(c Config) (goredis.UniversalClient, error) {
	at, err := parse(c.URL.Reveal())
	if err != nil {
		return nil, err
	}
	return at.connect(), nil
}

// connect makes the client; connections are made when they are needed.
func (a *place) connect() goredis.UniversalClient {
	options := &goredis.UniversalOptions{
		Addrs: a.addresses, Username: a.user, Password: a.password, DB: a.database, TLSConfig: a.tls,
		MaxRetries: noRetries, DialerRetries: dials, MaxRedirects: redirects,
		DialTimeout: callTimeout, ReadTimeout: callTimeout, WriteTimeout: callTimeout, PoolTimeout: callTimeout,
		ContextTimeoutEnabled: true,
		PoolSize:              poolSize, PipelinePoolSize: noPipelines,
		// Each would send a command on every new connection, which older servers
		// answer with an error.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if len(a.addresses) == 1 {
		return goredis.NewClient(options.Simple())
	}
	cluster := options.Cluster()
	cluster.DisableRoutingPolicies = true // it would ask for a list of all commands first
	return goredis.NewClusterClient(cluster)
}

// refusal is why Redis will never do what is needed, if it says so.
func (s *Sessions) refusal(ctx context.Context, cluster bool) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := s.client.Ping(ctx).Err()
	if err == nil {
		// Nothing has this head, so nothing is written; but it may not be allowed.
		err = CompareAndSet.Run(ctx, s.client, []string{callerKey}, `{"v":0,"h":"",`, "", 1).Err()
	}
	if never(err) {
		return s.fault("open", err)
	}
	if cluster {
		return nil
	}
	// Where INFO is not allowed, the first callbacks will tell.
	if info, err := s.client.Info(ctx, "cluster").Result(); err == nil && strings.Contains(info, "cluster_enabled:1") {
		return fmt.Errorf("redis: %w", errCluster)
	}
	return nil
}

// never reports whether waiting is no cure for an error: a wrong password,
// something not allowed, not known or not there.
func never(err error) bool {
	var said goredis.Error
	if !errors.As(err, &said) || errors.Is(err, goredis.Nil) {
		return false
	}
	return goredis.IsAuthError(err) || goredis.IsPermissionError(err) || strings.HasPrefix(said.Error(), "ERR ")
}
