package wallettest

import (
	"sort"
	"time"
)

// Endpoints of a service, each of which may be answered by another replica.
const (
	EndpointRoot         = "root" // also getNetwork of RPC
	EndpointLedgers      = "ledgers"
	EndpointFees         = "fees"
	EndpointAccounts     = "accounts"
	EndpointTransactions = "transactions"
)

// Lag says how far the replica behind an endpoint is behind the network; nil means
// that none is.
type Lag func(endpoint string) time.Duration

// replica is what a lagging server knows of a ledger. Its methods need the ledger's
// lock.
type replica struct {
	*Ledger
	last closed
}

// behind returns the replica that answers for an endpoint.
func (l *Ledger) behind(lag Lag, endpoint string) replica {
	r := replica{Ledger: l, last: closed{l.sequence, l.closedAt}}
	if lag == nil || lag(endpoint) <= 0 {
		return r
	}
	at := l.now().Add(-lag(endpoint))
	n := sort.Search(len(l.closes), func(i int) bool { return l.closes[i].at.After(at) })
	r.last = closed{at: at}
	if n > 0 {
		r.last = l.closes[n-1]
	}
	return r
}

// account returns an account as the replica knows it.
func (r replica) account(address string) (*account, bool) {
	list := r.versions[address]
	n := sort.Search(len(list), func(i int) bool { return list[i].at.After(r.last.at) })
	if n == 0 || list[n-1].account == nil {
		return nil, false
	}
	return list[n-1].account, true
}

// transaction returns a transaction if it is in a ledger that the replica has.
func (r replica) transaction(hash string) (*record, bool) {
	found, ok := r.applied[hash]
	if !ok || found.closedAt.After(r.last.at) {
		return nil, false
	}
	return found, true
}
