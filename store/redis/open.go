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

// Limits of a call to Redis. A callback can be answered without Redis, so a late
// answer is useless: nothing is retried, and nothing takes longer than the engine
// waits.
const (
	// callTimeout bounds a whole call: waiting for a connection, connecting, writing,
	// reading.
	callTimeout = runner.SessionBudget
	// noRetries is the client's value for none; 0 means its default of three.
	noRetries = -1
	// dials is how often the client tries to make one connection.
	dials = 1
	// redirects is how often a cluster's node may name another one in a call. More
	// than one means that slots are moving, and the next call will know.
	redirects = 1
	// poolSize is how many connections one instance may have to one node. Most commands
	// use roundTrips of them; the others let commands that go alone never wait.
	poolSize = 64
	// noPipelines keeps the client from making a second pool: commands that go
	// together use the same connections as others.
	noPipelines = -1
)

// Config says where Redis is.
type Config struct {
	// URL is redis://user:password@host:port/database, or rediss:// for TLS; only the
	// host is required. Several URLs with commas between them are nodes of one cluster,
	// all with the same user and password and without a database. For a cluster with
	// one address, give it twice.
	URL secret.Text
}

const clusterHint = "this is a node of a cluster: give the addresses of some nodes with commas between them, or the only one twice"

// errCluster means that the one given address is a cluster's.
var errCluster = errors.New(clusterHint)

// Open returns the store. It fails if the URL is wrong, or if Redis answers with an
// error that waiting can't cure, such as a wrong password. A Redis that can't be
// reached is no error, since the service can run without it: Ping tells.
func Open(ctx context.Context, c Config) (*Sessions, error) {
	at, err := parse(c.URL.Reveal())
	if err != nil {
		return nil, err
	}
	logging.Disable() // it would write to stderr what it also returns
	client := at.connect()
	s := &Sessions{client: client, group: &group{client: client}, secret: at.password}
	if err := s.refusal(ctx, len(at.addresses) > 1); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Client connects as Open does. Measurements use it to see what the store costs above
// its client.
func Client(c Config) (goredis.UniversalClient, error) {
	at, err := parse(c.URL.Reveal())
	if err != nil {
		return nil, err
	}
	return at.connect(), nil
}

// connect returns the client, which makes connections when they are needed.
func (a *address) connect() goredis.UniversalClient {
	options := &goredis.UniversalOptions{
		Addrs: a.addresses, Username: a.user, Password: a.password, DB: a.database, TLSConfig: a.tls,
		MaxRetries: noRetries, DialerRetries: dials, MaxRedirects: redirects,
		DialTimeout: callTimeout, ReadTimeout: callTimeout, WriteTimeout: callTimeout, PoolTimeout: callTimeout,
		ContextTimeoutEnabled: true,
		PoolSize:              poolSize, PipelinePoolSize: noPipelines,
		// Each of these would send a command on every new connection, which older
		// servers answer with an error.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if len(a.addresses) == 1 {
		return goredis.NewClient(options.Simple())
	}
	cluster := options.Cluster()
	cluster.DisableRoutingPolicies = true // they would first ask for a list of all commands
	return goredis.NewClusterClient(cluster)
}

// refusal returns the error of a Redis that will never do what is needed.
func (s *Sessions) refusal(ctx context.Context, cluster bool) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := s.client.Ping(ctx).Err()
	if err == nil {
		// No record has this head, so nothing is written; but scripts may be forbidden.
		err = CompareAndSet.Run(ctx, s.client, []string{callerKey}, `{"v":0,"h":"",`, "", 1).Err()
	}
	if never(err) {
		return s.fault("open", err)
	}
	if cluster {
		return nil
	}
	// If INFO is forbidden, the first callbacks will tell.
	if info, err := s.client.Info(ctx, "cluster").Result(); err == nil && strings.Contains(info, "cluster_enabled:1") {
		return fmt.Errorf("redis: %w", errCluster)
	}
	return nil
}

// never reports whether an error stays however long one waits: a wrong password, or
// something forbidden, unknown or missing.
func never(err error) bool {
	var said goredis.Error
	if !errors.As(err, &said) || errors.Is(err, goredis.Nil) {
		return false
	}
	return goredis.IsAuthError(err) || goredis.IsPermissionError(err) || strings.HasPrefix(said.Error(), "ERR ")
}
