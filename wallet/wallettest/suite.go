package wallettest

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// Open connects a wallet.Network with a ledger; requests fail as faults say.
type Open func(t *testing.T, ledger *Ledger, faults Faults) wallet.Network

// Run tests a wallet.Network.
func Run(t *testing.T, open Open) {
	t.Helper()
	for name, run := range map[string]func(s *subject){
		"accounts are read":                    readsAccounts,
		"a success is returned, also again":    returnsSuccess,
		"a failure is returned with its codes": returnsFailure,
		"a refusal is returned with its code":  returnsRefusal,
		"a lost answer is an error":            losesAnswers,
		"a late transaction is unknown":        answersLate,
		"not found has a date":                 datesNotFound,
		"a fence uses the sequence number":     fences,
		"another network is refused":           refusesNetwork,
		"no answer is an error":                failsWithoutAnswer,
		"at most twenty signatures are made":   fitsSignatures,
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			run(newSubject(t, open))
		})
	}
}

// subject is a network under test with a funding account.
type subject struct {
	wallet.Network
	t       *testing.T
	ctx     context.Context
	open    Open
	ledger  *Ledger
	at      time.Time
	fault   Fault
	builder stellar.Builder
	funder  wallet.KeyPair
	issuer  wallet.KeyPair
	asset   wallet.Asset
}

func newSubject(t *testing.T, open Open) *subject {
	t.Helper()
	s := &subject{t: t, ctx: t.Context(), open: open, at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	passphrase := stellar.Passphrase("TESTNET")
	s.builder = stellar.NewBuilder(passphrase)
	s.ledger = NewLedger(passphrase, func() time.Time { return s.at })
	s.Network = open(t, s.ledger, func(Request) Fault { return s.fault })
	s.funder, s.issuer = s.pair(1), s.pair(2)
	s.asset = wallet.Asset{Code: "KSH", Issuer: s.issuer.Address}
	s.ledger.Open(s.funder.Address, 100)
	s.ledger.Open(s.issuer.Address, 10)
	return s
}

func (s *subject) pair(n byte) wallet.KeyPair {
	s.t.Helper()
	pair, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{n}, 32)))
	if err != nil {
		s.t.Fatal(err)
	}
	return pair
}

// order makes an order that gives lumens to wallets.
func (s *subject) order(wallets ...byte) wallet.Order {
	s.t.Helper()
	accounts, err := s.Accounts(s.ctx, wallet.Asset{}, s.funder.Address)
	if err != nil {
		s.t.Fatal(err)
	}
	o := wallet.Order{
		Funder: s.funder, Channel: s.funder, Sequence: accounts[s.funder.Address].Sequence + 1, Fee: 100,
		Until: s.at.Add(time.Minute),
	}
	for _, n := range wallets {
		pair := s.pair(n)
		o.Gifts = append(o.Gifts, wallet.Gift{Address: pair.Address, Secret: pair.Secret})
	}
	return o
}

func (s *subject) build(o wallet.Order) wallet.Transaction {
	s.t.Helper()
	t, err := s.builder.Build(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// want compares an answer without its date.
func (s *subject) want(what string, got wallet.Answer, err error, want wallet.Answer) {
	s.t.Helper()
	got.AsOf, got.Sure = time.Time{}, false
	if got.Fate == wallet.FateSucceeded {
		got.Code, got.Ops = "", nil
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		s.t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
	}
}

var succeeded = wallet.Answer{Fate: wallet.FateSucceeded}

func readsAccounts(s *subject) {
	s.ledger.Trust(s.funder.Address, s.asset.Code, s.asset.Issuer, 5)
	got, err := s.Accounts(s.ctx, s.asset, s.funder.Address, s.issuer.Address, s.pair(9).Address)
	if err != nil {
		s.t.Fatal(err)
	}
	const lumen = wallet.Stroops
	want := map[string]wallet.Account{
		s.funder.Address: {Sequence: 1001 << 32, Balance: 100 * lumen, Locked: lumen * 3 / 2, Trusts: true},
		s.issuer.Address: {Sequence: 1001 << 32, Balance: 10 * lumen, Locked: lumen},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("accounts (-want +got):\n%s", diff)
	}
}

func returnsSuccess(s *subject) {
	t := s.build(s.order(3, 4))
	for range 2 {
		a, err := s.Submit(s.ctx, t)
		s.want("handed in", a, err, succeeded)
		a, err = s.Look(s.ctx, t)
		s.want("looked for", a, err, succeeded)
	}
	if got := s.ledger.Received(s.pair(3).Address); got.Gifts() != 1 || got.Lumens != wallet.Stroops {
		s.t.Errorf("the wallet got %+v", got)
	}
}

func returnsFailure(s *subject) {
	s.ledger.Open(s.pair(3).Address, 1)
	poor := s.pair(5)
	s.ledger.Open(poor.Address, 2)
	credit := func(o wallet.Order) wallet.Order { o.Asset = s.asset; return o }
	existing := s.order(3, 4)
	underfunded := s.order(6, 7)
	underfunded.Funder = poor
	noTrust := credit(s.order(6))
	noIssuer := credit(s.order(6))
	noIssuer.Asset.Issuer = s.pair(8).Address
	for _, c := range []struct {
		what  string
		order wallet.Order
		ops   string
	}{
		{"an account that exists", existing, "op_already_exists op_success"},
		{"no money", underfunded, "op_success op_underfunded"},
		{"no asset to give", noTrust, "op_success op_success op_success op_success op_src_no_trust"},
		{"no issuer", noIssuer, "op_success op_success op_no_issuer op_success op_no_trust"},
	} {
		c.order.Sequence = s.order().Sequence
		t := s.build(c.order)
		want := wallet.Answer{Fate: wallet.FateFailed, Code: "tx_failed", Ops: strings.Fields(c.ops)}
		a, err := s.Submit(s.ctx, t)
		s.want(c.what, a, err, want)
		a, err = s.Look(s.ctx, t)
		s.want(c.what+", looked for", a, err, want)
	}
	if _, there := s.ledger.Balance(s.pair(4).Address); there {
		s.t.Error("a part of a failed transaction happened")
	}
}

func returnsRefusal(s *subject) {
	for _, c := range []struct {
		code string
		make func() wallet.Transaction
	}{
		{"tx_bad_seq", func() wallet.Transaction {
			o := s.order(3)
			o.Sequence++
			return s.build(o)
		}},
		{"tx_too_late", func() wallet.Transaction {
			o := s.order(3)
			o.Until = s.at.Add(-time.Second)
			return s.build(o)
		}},
		{"tx_insufficient_fee", func() wallet.Transaction {
			o := s.order(3)
			o.Fee = 99
			return s.build(o)
		}},
		{"tx_no_source_account", func() wallet.Transaction {
			o := s.order(3)
			o.Channel = s.pair(9)
			return s.build(o)
		}},
		{"tx_bad_auth", func() wallet.Transaction {
			t, err := stellar.NewBuilder(stellar.Passphrase(wallet.PublicNetwork)).Build(s.order(3))
			if err != nil {
				s.t.Fatal(err)
			}
			return t
		}},
		{"tx_insufficient_balance", func() wallet.Transaction {
			bare := s.pair(10)
			s.ledger.Open(bare.Address, 1)
			o := s.order(3)
			accounts, err := s.Accounts(s.ctx, wallet.Asset{}, bare.Address)
			if err != nil {
				s.t.Fatal(err)
			}
			o.Channel, o.Sequence = bare, accounts[bare.Address].Sequence+1
			return s.build(o)
		}},
	} {
		t := c.make()
		a, err := s.Submit(s.ctx, t)
		s.want(c.code, a, err, wallet.Answer{Fate: wallet.FateRefused, Code: c.code})
		a, err = s.Look(s.ctx, t)
		s.want(c.code+", looked for", a, err, wallet.Answer{Fate: wallet.FateNotFound})
	}
}

// statuses lists the statuses that leave the fate of a request unknown; 0 is a broken
// connection.
var statuses = []int{
	0, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
	http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

func losesAnswers(s *subject) {
	for i, status := range statuses {
		t := s.build(s.order(byte(20 + i)))
		for _, kind := range []Kind{Lost, Silent} {
			s.fault = Fault{Kind: kind, Status: status}
			if a, err := s.Submit(s.ctx, t); err == nil {
				s.t.Errorf("status %d: the answer is %+v, want an error", status, a)
			}
			if a, err := s.Look(s.ctx, t); err == nil {
				s.t.Errorf("status %d: a look gives %+v, want an error", status, a)
			}
			s.fault = Fault{}
			a, err := s.Look(s.ctx, t)
			want := wallet.Answer{Fate: wallet.FateNotFound}
			if kind == Silent {
				want = succeeded
			}
			s.want("then", a, err, want)
		}
	}
	t := s.build(s.order(30))
	s.fault = Fault{Kind: Garbage}
	if a, err := s.Submit(s.ctx, t); err == nil {
		s.t.Errorf("an answer that is not JSON gives %+v, want an error", a)
	}
}

func answersLate(s *subject) {
	t := s.build(s.order(3))
	s.fault = Fault{Kind: Late, After: 10 * time.Second, Status: http.StatusGatewayTimeout}
	if a, err := s.Submit(s.ctx, t); err == nil {
		s.t.Errorf("the answer is %+v, want an error", a)
	}
	s.fault = Fault{}
	a, err := s.Look(s.ctx, t)
	s.want("before", a, err, wallet.Answer{Fate: wallet.FateNotFound})
	if a, err := s.Submit(s.ctx, t); err == nil && a.Fate != wallet.FateUnknown {
		s.t.Errorf("handed in again: %+v, want nothing known", a)
	}
	s.at = s.at.Add(11 * time.Second)
	a, err = s.Look(s.ctx, t)
	s.want("after", a, err, succeeded)
}

func datesNotFound(s *subject) {
	for range 2 {
		a, err := s.Look(s.ctx, wallet.Transaction{Hash: strings.Repeat("ab", 32), Until: s.at})
		if err != nil || a.Fate != wallet.FateNotFound || !a.AsOf.Equal(s.at) || !a.Sure {
			s.t.Errorf("%+v, %v; want not found as of %s", a, err, s.at)
		}
		s.at = s.at.Add(time.Hour)
	}
}

// fences builds a fence: of a transaction and its fence only one can get into a
// ledger.
func fences(s *subject) {
	for _, first := range []bool{true, false} {
		t := s.build(s.order(byte(40)))
		var hashes []string
		for range 2 { // the same each time
			fence, err := s.builder.Fence(s.funder, t, 1000)
			if err != nil {
				s.t.Fatal(err)
			}
			hashes = append(hashes, fence.Hash)
			t2 := t
			if first {
				t2 = fence
			}
			a, err := s.Submit(s.ctx, t2)
			s.want("the first", a, err, succeeded)
			s.at = s.at.Add(2 * time.Minute) // beyond the time bound of the transaction
			if !first {
				a, err = s.Submit(s.ctx, fence)
				s.want("the fence", a, err, wallet.Answer{Fate: wallet.FateRefused, Code: "tx_bad_seq"})
			}
		}
		if hashes[0] != hashes[1] {
			s.t.Error("two fences of one transaction differ")
		}
		if gifts := s.ledger.Received(s.pair(40).Address).Gifts(); (gifts == 1) == first {
			s.t.Errorf("the wallet got %d gifts", gifts)
		}
	}
}

func refusesNetwork(s *subject) {
	terms, err := s.Terms(s.ctx)
	if err != nil || !terms.ClosedAt.Equal(s.at) || terms.Fee != baseFee {
		s.t.Errorf("terms are %+v, %v; want those of %s", terms, err, s.at)
	}
	other := NewLedger(stellar.Passphrase(wallet.PublicNetwork), func() time.Time { return s.at })
	_, err = s.open(s.t, other, nil).Terms(s.ctx)
	if err == nil || !strings.Contains(err.Error(), "Public Global Stellar Network") {
		s.t.Errorf("another network: %v", err)
	}
}

func failsWithoutAnswer(s *subject) {
	for _, status := range statuses {
		s.fault = Fault{Kind: Lost, Status: status}
		if _, err := s.Terms(s.ctx); err == nil {
			s.t.Errorf("status %d: Terms gives no error", status)
		}
		if _, err := s.Accounts(s.ctx, s.asset, s.funder.Address); err == nil {
			s.t.Errorf("status %d: Accounts gives no error", status)
		}
	}
}

// fitsSignatures submits a transaction with as many wallets as Builder.Most says, and
// checks that sponsored wallets lock nothing of their own.
func fitsSignatures(s *subject) {
	var wallets []byte
	for n := range s.builder.Most(s.asset) {
		wallets = append(wallets, byte(100+n))
	}
	o := s.order(wallets...)
	o.Asset, o.Funder = s.asset, s.issuer
	s.ledger.Open(s.issuer.Address, 100)
	t := s.build(o)
	a, err := s.Submit(s.ctx, t)
	s.want("a full transaction", a, err, succeeded)
	accounts, err := s.Accounts(s.ctx, s.asset, s.pair(100).Address)
	if err != nil {
		s.t.Fatal(err)
	}
	if got := accounts[s.pair(100).Address]; !got.Trusts || got.Balance != 0 || got.Locked != 0 {
		s.t.Errorf("the wallet is %+v, want a trustline, no lumens and nothing locked", got)
	}
	subjects, err := s.builder.Subjects(t.Envelope)
	if err != nil || len(subjects) != 5*len(wallets) || subjects[4] != s.pair(100).Address {
		s.t.Errorf("%d subjects, %v; want five operations for each wallet", len(subjects), err)
	}
}

// Status maps any number to an HTTP status from 100 to 999, for fuzzing. Statuses
// stay unchanged.
func Status(n int) int {
	const first, all = 100, 900
	return first + int(uint(n-first)%all) //nolint:gosec // any bits will do
}

// Told checks an adapter's answer against the fates that the service's response can
// show. With an error the fate must be unknown.
func Told(t *testing.T, what string, a wallet.Answer, err error, may map[wallet.Fate]bool) {
	t.Helper()
	switch {
	case err != nil && (a.Fate != wallet.FateUnknown || a.Code != ""):
		t.Errorf("%s: %+v with the error %v", what, a, err)
	case a.Fate != wallet.FateUnknown && !may[a.Fate]:
		t.Errorf("%s takes it for %+v", what, a)
	case a.Fate != wallet.FateNotFound && !a.AsOf.IsZero():
		t.Errorf("%s: %+v says as of when", what, a)
	}
}
