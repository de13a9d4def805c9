package redis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// nodes returns one client for each node alone.
func nodes(t *testing.T, c *servers.RedisCluster) []*goredis.Client {
	t.Helper()
	var list []*goredis.Client
	for _, node := range c.Nodes {
		list = append(list, raw(t, node.URL))
	}
	return list
}

// All of this uses one cluster, since making one takes seconds.
func TestCluster(t *testing.T) {
	servers.Redis(t) // skips if no server can be started
	cluster := servers.Cluster(t)
	alone := nodes(t, cluster)
	flush := func() {
		for _, node := range alone {
			must(t, node.FlushAll(t.Context()).Err())
		}
	}
	t.Run("conformance", func(t *testing.T) {
		storetest.RunSessions(t, func(t *testing.T) storetest.SessionsUnderTest {
			flush()
			return storetest.SessionsUnderTest{
				Sessions: open(t, cluster.URL()),
				Pass: func(d time.Duration) {
					for _, node := range alone {
						pass(t, node, d)
					}
				},
			}
		})
	})
	t.Run("every node has its part", func(t *testing.T) {
		flush()
		saveMany(t, open(t, cluster.URL()))
		for i, node := range alone {
			if n := node.DBSize(t.Context()).Val(); n < many/10 {
				t.Errorf("node %d has %d of %d sessions, want about a third", i, n, many)
			}
		}
	})
	t.Run("scripts are lost on every node", func(t *testing.T) {
		flush()
		s := open(t, cluster.URL())
		for _, node := range alone {
			must(t, node.ScriptFlush(t.Context()).Err())
		}
		saveMany(t, s)
	})
	t.Run("the only address given twice", func(t *testing.T) {
		flush()
		one := strings.TrimSuffix(cluster.Nodes[1].URL, "/0")
		saveMany(t, open(t, one+","+one))
	})
	t.Run("one address", func(t *testing.T) {
		_, err := redis.Open(t.Context(), redis.Config{URL: secret.New(cluster.Nodes[0].URL)})
		if err == nil || !strings.Contains(err.Error(), "with commas between them") {
			t.Errorf("%v, want an error that asks for the nodes", err)
		}
	})
	t.Run("a slot that moves", func(t *testing.T) { movedSlot(t, cluster, alone) })
	t.Run("a node that dies", func(t *testing.T) {
		s := open(t, cluster.URL())
		must(t, cluster.Nodes[2].Kill())
		var lost int
		for i := range many {
			if _, err := s.Load(t.Context(), fmt.Sprintf("%s-%d", id, i)); err != nil {
				lost++
			}
		}
		if lost < many/10 || lost > many/2 {
			t.Errorf("%d of %d sessions can't be read, want those of one node in three", lost, many)
		}
	})
}

const many = 60

func saveMany(t *testing.T, s runner.Sessions) {
	t.Helper()
	for i := range many {
		key := fmt.Sprintf("%s-%d", id, i)
		if _, saved, err := s.Save(t.Context(), key, "", record1, life); !saved || err != nil {
			t.Fatalf("%s: saved %v, %v", key, saved, err)
		}
		if stored, err := s.Load(t.Context(), key); string(stored) != string(record1) || err != nil {
			t.Fatalf("%s: loaded %q, %v", key, stored, err)
		}
	}
}

// movedSlot moves a session's empty slot to another node without the client's knowledge.
// The next save is redirected within the call.
func movedSlot(t *testing.T, cluster *servers.RedisCluster, alone []*goredis.Client) {
	s := open(t, cluster.URL())
	wantLoaded(t, s, nil) // the client still has the old slots
	slot := int(alone[0].ClusterKeySlot(t.Context(), id).Val())
	owner := -1
	for i, node := range alone {
		if err := node.Get(t.Context(), id).Err(); err == nil || err == goredis.Nil {
			owner = i
		}
	}
	to := alone[(owner+1)%len(alone)]
	name, err := to.ClusterMyID(t.Context()).Result()
	must(t, err)
	for _, node := range []*goredis.Client{to, alone[owner], alone[(owner+2)%len(alone)]} {
		must(t, node.Do(t.Context(), "CLUSTER", "SETSLOT", slot, "NODE", name).Err())
	}
	wantSaved(t, s, "", record1)
	wantLoaded(t, s, record1)
	if held := to.Get(t.Context(), id).Val(); held != string(record1) {
		t.Errorf("the slot's new node has %q, want the session", held)
	}
}

// Addresses that are not a cluster's are reported when the service starts.
func TestNoCluster(t *testing.T) {
	url := strings.TrimSuffix(ownServer(t).URL, "/0")
	s, err := redis.Open(t.Context(), redis.Config{URL: secret.New(url + "," + url)})
	if err == nil {
		_ = s.Close()
		t.Fatal("a single Redis was taken for a cluster")
	}
	if !strings.Contains(err.Error(), "cluster support disabled") {
		t.Errorf("%v, want an error about a missing cluster", err)
	}
}
