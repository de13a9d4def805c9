package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// address says where Redis is, and with which user and password.
type address struct {
	addresses      []string
	user, password string
	database       int
	tls            *tls.Config
}

// maxAddresses bounds the named nodes: a client that knows one finds the others, and
// a cluster has at most 1,000.
const maxAddresses = 1000

var (
	errURL = errors.New("expected redis://user:password@host:port/database, or rediss:// for TLS; " +
		"write special characters of a password as %XX, and commas between nodes of a cluster")
	errQuery    = errors.New("parameters after a question mark are not allowed: time-outs and pools are fixed")
	errUnequal  = errors.New("nodes of one cluster must have the same scheme, user and password")
	errDatabase = errors.New("a cluster has no databases: leave out the number after the slash")
)

// CheckURL returns what is wrong with a Config.URL, without its password.
func CheckURL(url string) error {
	_, err := parse(url)
	return err
}

// parse reads the addresses. Its errors name a wrong one by its position and never
// quote it: any part of an unreadable URL may be the password.
func parse(urls string) (*address, error) {
	list := strings.Split(urls, ",")
	if len(list) > maxAddresses {
		return nil, fmt.Errorf("redis: %d addresses, want at most %d", len(list), maxAddresses)
	}
	all := &address{}
	for i, text := range list {
		one, err := parseOne(strings.TrimSpace(text))
		if err == nil {
			err = all.add(one, len(list) > 1)
		}
		if err != nil {
			return nil, fmt.Errorf("redis: address %d of %d: %w", i+1, len(list), err)
		}
	}
	return all, nil
}

func parseOne(text string) (*goredis.Options, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || u.Fragment != "" {
		return nil, errURL
	}
	if u.RawQuery != "" || u.ForceQuery {
		return nil, errQuery
	}
	options, err := goredis.ParseURL(text)
	if err != nil || options.DB < 0 {
		return nil, errURL
	}
	return options, nil
}

// add adds one more node.
func (a *address) add(one *goredis.Options, cluster bool) error {
	switch {
	case cluster && one.DB != 0:
		return errDatabase
	case a.addresses == nil:
		a.user, a.password, a.database, a.tls = one.Username, one.Password, one.DB, one.TLSConfig
	case one.Username != a.user || one.Password != a.password || (one.TLSConfig == nil) != (a.tls == nil):
		return errUnequal
	}
	a.addresses = append(a.addresses, one.Addr)
	return nil
}
