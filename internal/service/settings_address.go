package service

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/wallet"
)

// loopback is where an open door is safe: only this machine gets there.
const loopback = "127.0.0.1"

// Open reports whether everybody who reaches /ussd may call in anybody's name.
func (s Settings) Open() bool { return !s.USSDAPIKey.IsSet() && !s.USSDPathSecret.IsSet() }

// ListenAddress returns the address to listen on, as net.Listen takes it: ADDRESS, or
// else this machine alone while the door is open, and all interfaces behind a key.
func (s Settings) ListenAddress() string {
	host := s.Address
	if host == "" && s.Open() {
		host = loopback
	}
	return net.JoinHostPort(host, strconv.Itoa(s.Port))
}

// LocalAddress returns the address at which a program on this machine reaches the
// service: that of ListenAddress, or a loopback address if it listens on all
// interfaces.
func (s Settings) LocalAddress() string {
	host := s.Address
	if at, err := netip.ParseAddr(host); err == nil && at.IsUnspecified() {
		host = loopback
		if at.Is6() {
			host = netip.IPv6Loopback().String()
		}
	}
	return net.JoinHostPort(cmp.Or(host, loopback), strconv.Itoa(s.Port))
}

// reachable reports whether other machines reach the service.
func (s Settings) reachable() bool {
	if s.Address == "" {
		return !s.Open()
	}
	at, err := netip.ParseAddr(s.Address)
	return err != nil || !at.IsLoopback()
}

// ListenOn sets the IP address to listen on.
func (s *Settings) ListenOn(address string) error {
	s.Address = address
	return checkAddress(address)
}

func checkAddress(v string) error {
	if _, err := netip.ParseAddr(v); err != nil {
		return fmt.Errorf("found %q, expected an IP address of this machine, as 127.0.0.1, or 0.0.0.0 for all", v)
	}
	return nil
}

// checkDoor refuses an open door where real money moves.
func checkDoor(s Settings) error {
	if s.StellarNetwork != wallet.PublicNetwork || !s.Open() {
		return nil
	}
	return fmt.Errorf("USSD_PATH_SECRET and USSD_API_KEY are not set, and STELLAR_NETWORK=%s takes callbacks from nobody who shows neither; set one of them", wallet.PublicNetwork)
}

// plaintext is a setting whose connection is not encrypted and leaves this machine.
type plaintext struct{ name, to, fix string }

// plaintexts lists the connections that somebody on the way could read and change.
func (s Settings) plaintexts() (list []plaintext) {
	add := func(name, host, fix string) {
		if !onThisMachine(host) {
			list = append(list, plaintext{name, host, fix})
		}
	}
	if u, err := url.Parse(s.DatabaseURL.Reveal()); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		switch u.Query().Get("sslmode") {
		case "require", "verify-ca", "verify-full":
		default:
			add("DATABASE_URL", cmp.Or(u.Query().Get("host"), u.Hostname()), "add sslmode=verify-full (or require) to it")
		}
	}
	for address := range strings.SplitSeq(s.RedisURL.Reveal(), ",") {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil && u.Scheme == "redis" {
			add("REDIS_URL", u.Hostname(), "write rediss:// in place of redis://")
		}
	}
	for _, web := range []struct{ name, address string }{
		{"AT_BASE_URL", s.ATBaseURL}, {"STELLAR_HORIZON_URL", s.StellarHorizon}, {"STELLAR_RPC_URL", s.StellarRPC},
	} {
		if u, err := url.Parse(web.address); err == nil && u.Scheme == "http" {
			add(web.name, u.Hostname(), "write https:// in place of http://")
		}
	}
	return list
}

// onThisMachine reports whether a host is this machine: a loopback address, its name,
// or the folder of a socket.
func onThisMachine(host string) bool {
	if at, err := netip.ParseAddr(host); err == nil {
		return at.IsLoopback()
	}
	return host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "/")
}

func (p plaintext) String() string {
	return fmt.Sprintf("%s: the connection to %s is not encrypted; %s", p.name, p.to, p.fix)
}

// checkPlaintext refuses unencrypted connections where real money moves.
func checkPlaintext(s Settings) error {
	if s.StellarNetwork != wallet.PublicNetwork {
		return nil
	}
	var errs []error
	for _, p := range s.plaintexts() {
		errs = append(errs, errors.New(p.String()))
	}
	return errors.Join(errs...)
}
