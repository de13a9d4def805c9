package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// clusterNodes is the least number that redis-cli accepts for a cluster.
	clusterNodes = 3
	// clusterSlots is the number of slots of every Redis Cluster.
	clusterSlots = 16384
)

// RedisCluster is three nodes without replicas.
type RedisCluster struct {
	Nodes []*Server
}

// URL returns the addresses of all nodes, with commas between them.
func (c *RedisCluster) URL() string {
	var list []string
	for _, node := range c.Nodes {
		list = append(list, strings.TrimSuffix(node.URL, "/0"))
	}
	return strings.Join(list, ",")
}

// Stop ends the nodes and removes their data.
func (c *RedisCluster) Stop() (err error) {
	for _, node := range c.Nodes {
		err = errors.Join(err, node.Stop())
	}
	return err
}

// Cluster starts a Redis Cluster of the test's own. It takes about four seconds, mostly
// because the nodes wait for each other.
func Cluster(t testing.TB) *RedisCluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	c := &RedisCluster{}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Errorf("stop the cluster: %v", err)
		}
	})
	for range clusterNodes {
		node, err := startNode(ctx)
		if err != nil {
			missing(t, err)
		}
		c.Nodes = append(c.Nodes, node)
	}
	if err := c.join(ctx); err != nil {
		t.Fatalf("make a Redis Cluster: %v", err)
	}
	return c
}

func startNode(ctx context.Context) (*Server, error) {
	path, err := find(ctx, "redis-server", "redis-server")
	if err != nil {
		return nil, err
	}
	dir, err := dataDir("cluster")
	if err != nil {
		return nil, err
	}
	s, err := onFreePort(ctx, func(port int) *Server {
		// The nodes talk to each other on a second port, by default 10,000 above the
		// first, which may not exist.
		bus, _ := freePort() // 0 means the default
		node := redisOn(path, dir, port)
		node.program.args = append(node.program.args,
			"--databases", "1", "--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(bus),
			"--cluster-config-file", fmt.Sprintf("nodes-%d.conf", port),
		)
		return node
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a Redis Cluster's node: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

// join distributes the slots, connects the nodes, and waits until each of them reports
// a complete cluster.
func (c *RedisCluster) join(ctx context.Context) error {
	for i, node := range c.Nodes {
		from, to := i*clusterSlots/clusterNodes, (i+1)*clusterSlots/clusterNodes-1
		if err := withRedis(node.URL, func(r *redis.Client) error {
			// Nodes with equal epochs would first agree on a higher one.
			epoch := r.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err()
			return errors.Join(epoch, r.ClusterAddSlotsRange(ctx, from, to).Err(), c.meet(ctx, r))
		}); err != nil {
			return err
		}
	}
	for _, node := range c.Nodes {
		if err := withRedis(node.URL, func(r *redis.Client) error { return whole(ctx, r) }); err != nil {
			return err
		}
	}
	return nil
}

// meet connects a node to the first one, unless it is the first.
func (c *RedisCluster) meet(ctx context.Context, r *redis.Client) error {
	bus, err := busPort(ctx, c.Nodes[0].URL)
	if err != nil {
		return err
	}
	u, err := url.Parse(c.Nodes[0].URL)
	if err != nil || r.Options().Addr == u.Host {
		return err
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return err
	}
	return r.Do(ctx, "CLUSTER", "MEET", host, port, bus).Err()
}

// busPort returns the port on which a node talks to the others.
func busPort(ctx context.Context, node string) (bus string, err error) {
	err = withRedis(node, func(r *redis.Client) error {
		settings, err := r.ConfigGet(ctx, "cluster-port").Result()
		bus = settings["cluster-port"]
		return err
	})
	return bus, err
}

func whole(ctx context.Context, r *redis.Client) error {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		info, err := r.ClusterInfo(ctx).Result()
		if err == nil && strings.Contains(info, "cluster_state:ok") &&
			strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", clusterNodes)) &&
			strings.Contains(info, fmt.Sprintf("cluster_slots_ok:%d", clusterSlots)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the cluster does not become complete: %s", info), err)
		case <-tick.C:
		}
	}
}
