package command

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// slowly is a proxy before a server. It keeps back everything that the server answers
// for a while.
type slowly struct {
	wait atomic.Int64 // a time.Duration
}

// before starts the proxy, and returns the database's address with the proxy in it.
func (p *slowly) before(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	server := u.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.pass(client, server)
		}
	}()
	u.Host = listener.Addr().String()
	return u.String()
}

func (p *slowly) pass(client net.Conn, address string) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		server.Close()
	}()
	answer := make([]byte, 64<<10)
	for {
		n, err := server.Read(answer)
		if err != nil {
			return
		}
		if wait := time.Duration(p.wait.Load()); wait > 0 {
			<-time.After(wait)
		}
		if _, err := client.Write(answer[:n]); err != nil {
			return
		}
	}
}

// Postgres takes 20 seconds for each answer, while many call at once. Everybody has a
// screen, which says what is certain; /health answers and /ready says that the database
// does not. When Postgres is fast again, each caller has one account.
func TestServeOnASlowDatabase(t *testing.T) {
	t.Chdir(t.TempDir())
	proxy := &slowly{}
	t.Setenv("DATABASE_URL", proxy.before(t, servers.Database(t)))
	t.Setenv("ENCRYPTION_KEY", "any string")
	s := serve(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.log)
		}
	})
	caller := func(n int) string { return fmt.Sprintf("+2547110001%02d", n) }
	register := func(call string, n int) string {
		return s.calls(fmt.Sprint(call, n), caller(n), "1*0"+caller(n)[len("+254"):])
	}
	if said := register("before", 0); !strings.HasPrefix(said, "END Account created.") {
		t.Fatalf("the control: %q", said)
	}
	const callers = 24 // more than the pool has connections
	proxy.wait.Store(int64(20 * time.Second))
	var all sync.WaitGroup
	said := make([]string, callers+1)
	for n := 1; n <= callers; n++ {
		all.Go(func() { said[n] = register("slow", n) })
	}
	all.Wait()
	certain := regexp.MustCompile(`^END (Registration failed|The service is busy|In progress)\.`)
	for n := 1; n <= callers; n++ {
		if !certain.MatchString(said[n]) {
			t.Errorf("on a slow database, caller %d reads %q", n, said[n])
		}
	}
	if status, body := s.ready(); status != 503 || !strings.Contains(body, `"name":"database","ok":false`) {
		t.Errorf("/ready: %d %s", status, body)
	}
	proxy.wait.Store(0)
	known := map[string]bool{}
	for n := range callers + 1 {
		var id string
		for try, until := 0, time.Now().Add(recovery); id == "" && time.Now().Before(until); try++ {
			id = workerID.FindString(register(fmt.Sprintf("after%d-", try), n))
		}
		if id == "" || known[id] {
			t.Errorf("with a fast database, caller %d has the account %q", n, id)
		}
		known[id] = true
		if again := register("again", n); !strings.HasPrefix(again, "END Account already exists. Worker ID: "+id) {
			t.Errorf("caller %d has %s and reads %q", n, id, again)
		}
	}
}
