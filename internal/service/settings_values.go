package service

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/redis"
)

// DefaultDatabase names the SQLite file that holds the data where DATABASE_URL
// is not set.
const DefaultDatabase = "paytrace.db"

// lines splits keys, one a line. It never splits at commas: any string may be a
// key.
func lines(v string) []string {
	var list []string
	for line := range strings.SplitSeq(v, "\n") {
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func oneOf(v string, names ...string) error {
	if slices.Contains(names, v) {
		return nil
	}
	return fmt.Errorf("found %q, expected %s", v, strings.Join(names, " or "))
}

func whole(v string, lo, hi int, into *int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < lo || n > hi {
		return fmt.Errorf("found %q, expected a whole number from %d to %d", v, lo, hi)
	}
	*into = n
	return nil
}

// in writes a duration as a whole number of units.
func in(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }

func seconds(v string, into *time.Duration) error { return units(v, 1, maxTTL, time.Second, into) }

func minutes(v string, into *time.Duration) error { return units(v, 1, maxLock, time.Minute, into) }

func milliseconds(v string, into *time.Duration) error {
	return units(v, minTimeout, maxTimeout, time.Millisecond, into)
}

func units(v string, lo, hi int, unit time.Duration, into *time.Duration) error {
	var n int
	if err := whole(v, lo, hi, &n); err != nil {
		return err
	}
	*into = time.Duration(n) * unit
	return nil
}

// checkDatabase refuses a database URL of another kind. It leaves out the errors
// of url.Parse, which repeat the password.
func checkDatabase(v string) error {
	expected := errors.New("expected postgres://user:password@host/database or sqlite:file.db; leave it unset for the file " + DefaultDatabase)
	if path, embedded := strings.CutPrefix(v, "sqlite:"); embedded {
		if path == "" {
			return expected
		}
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" {
		return expected
	}
	return postgres.CheckURL(v)
}

func checkRedis(v string) error {
	if err := redis.CheckURL(v); err != nil {
		return fmt.Errorf("%w; leave it unset for sessions in memory", err)
	}
	return nil
}

// innerAddress reads an address to listen on. Without a host it is one that only this
// machine reaches.
func innerAddress(v string) (string, error) {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		host, port = "", v
	}
	if host == "" {
		host = "127.0.0.1"
	}
	_, addressErr := netip.ParseAddr(host)
	if _, err := strconv.ParseUint(port, 10, 16); err != nil || addressErr != nil && host != "localhost" {
		return "", fmt.Errorf("found %q, expected a port, as 5001, or an address and a port, as 10.0.0.7:5001", v)
	}
	return net.JoinHostPort(host, port), nil
}

// networks reads addresses and networks with commas between them.
func networks(v string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for one := range strings.SplitSeq(v, ",") {
		one = strings.TrimSpace(one)
		if address, err := netip.ParseAddr(one); err == nil && address.Zone() == "" {
			list = append(list, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(one)
		if err != nil {
			return nil, fmt.Errorf("found %q, expected an address, as 192.0.2.7, or a network, as 10.0.0.0/8", one)
		}
		list = append(list, network.Masked())
	}
	return list, nil
}

// checkHTTP refuses what is not the base address of an HTTP service.
func checkHTTP(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("expected https://host or http://host")
	}
	return nil
}

// signingKey adds a key that signs requests to backends. The present one is read first.
func signingKey(s *Settings, v string) error {
	key, err := backend.ParseKey(v)
	if err == nil {
		s.ActionsKeys = append(s.ActionsKeys, key)
	}
	return err
}

// hosts splits the patterns of hosts.
func hosts(v string) ([]string, error) {
	list := strings.Fields(v)
	for _, one := range list {
		if err := backend.CheckHost(one); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// checkSecrets checks path secrets, and says which one is wrong if there are more.
// gatewayNames reads names with commas between them.
func gatewayNames(v string) ([]string, error) {
	var list []string
	for name := range strings.SplitSeq(v, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
			return nil, fmt.Errorf("found %q, expected names of gateways with commas between them, as hubtel,airtel", name)
		case name == DefaultGateway.Name():
			return nil, fmt.Errorf("%s calls back at /ussd; leave it out", name)
		case slices.Contains(list, name):
			return nil, fmt.Errorf("%s is there twice", name)
		}
		list = append(list, name)
	}
	if len(list) > maxGateways {
		return nil, fmt.Errorf("found %d gateways, expected at most %d", len(list), maxGateways)
	}
	return list, nil
}

// gatewaySecrets reads lines with a gateway's name and its path secret.
func gatewaySecrets(v string) ([]secret.Text, error) {
	var list []secret.Text
	for i, line := range lines(v) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if _, err := gatewayNames(name); err != nil {
			return nil, fmt.Errorf("line %d: expected the name of a gateway and its secret, as hubtel SECRET", i+1)
		}
		if err := server.CheckPathSecret(strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		list = append(list, secret.New(name+" "+strings.TrimSpace(value)))
	}
	return list, nil
}

func checkSecrets(list ...string) error {
	for i, one := range list {
		err := server.CheckPathSecret(one)
		if err != nil && len(list) > 1 {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
