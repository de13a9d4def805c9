package wallet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// failPause is the pause after a failure that a person fixes, such as an empty
	// account, or the network within minutes.
	failPause = 30 * time.Second
	// blamePause is the pause after a fault of one wallet.
	blamePause = 10 * time.Minute
)

// Codes as Horizon writes them:
// https://developers.stellar.org/docs/data/apis/horizon/api-reference/errors/result-codes
const (
	codeSuccess         = "op_success"
	codeInner           = "op_inner"
	codeAlreadyExists   = "op_already_exists"
	codeInsufficientFee = "tx_insufficient_fee"
)

// final lists refusals that are final if the transaction was submitted only once.
// The others (tx_bad_seq, tx_too_late and unknown codes) may also answer a
// transaction that has happened or may still happen.
var final = []string{
	codeInsufficientFee, "tx_insufficient_balance", "tx_no_source_account", "tx_bad_auth", "tx_bad_auth_extra",
	"tx_missing_operation", "tx_not_supported", "tx_bad_sponsorship", "tx_malformed", "transaction_malformed",
}

// ofFunder lists failures of an operation that are a fault of the funding account
// or the asset's issuer, not of the wallet.
var ofFunder = []string{
	"op_underfunded", "op_low_reserve", "op_src_no_trust", "op_src_not_authorized", "op_no_issuer",
	"op_not_authorized", "op_too_many_sponsoring", "op_no_source_account", "op_bad_auth",
}

// conclude stores the end of a transaction, if the answer shows it. once says that
// the transaction was submitted only this once.
func (f *Funder) conclude(ctx context.Context, t Transaction, a Answer, once bool) (did bool, err error) {
	switch {
	case a.Fate == FateSucceeded:
		f.raised.Store(0)
		f.Log.Info("wallets are funded", "transaction", t.Hash)
		return true, f.Book.Settle(ctx, Settlement{
			Hash: t.Hash, State: TransactionSucceeded, Rest: Verdict{State: FundingFunded}, At: f.Now(),
		})
	case a.Fate == FateFailed, a.Fate == FateRefused && once && slices.Contains(final, a.Code):
		s, err := f.failure(t, a)
		if err != nil {
			return false, err
		}
		return true, f.Book.Settle(ctx, s)
	case a.Fate == FateRefused:
		return false, unanswered(t, fmt.Errorf("its submission was answered with %s", a.Code))
	default:
		return false, unanswered(t, fmt.Errorf("it is still in progress"))
	}
}

// failure makes the settlement of a failed transaction.
func (f *Funder) failure(t Transaction, a Answer) (Settlement, error) {
	now := f.Now()
	result := strings.TrimSpace(a.Code + " " + strings.Join(bad(a.Ops), " "))
	s := Settlement{
		Hash: t.Hash, State: TransactionFailed, Result: result, At: now, Each: map[string]Verdict{},
		Rest: Verdict{State: FundingPending, DueAt: now},
	}
	subjects, err := f.Builder.Subjects(t.Envelope)
	if err != nil {
		return Settlement{}, fmt.Errorf("read stored transaction %s: %w", t.Hash, err)
	}
	for i, code := range a.Ops {
		if i >= len(subjects) || !isBad(code) {
			continue
		}
		if _, judged := s.Each[subjects[i]]; !judged {
			s.Each[subjects[i]] = f.verdict(code, now)
		}
	}
	switch {
	case a.Code == codeInsufficientFee && f.lastFee.Load() < maxFee:
		f.raised.Store(min(maxFee, 2*f.lastFee.Load()))
		s.Rest.Problem = result
	case len(s.Each) == 0:
		s.Rest.Problem, s.Rest.DueAt = result, now.Add(failPause)
	}
	f.Log.Warn("a funding transaction failed and changed nothing", "transaction", t.Hash, "result", result)
	return s, nil
}

// verdict returns a wallet's verdict from its operation's code.
func (f *Funder) verdict(code string, now time.Time) Verdict {
	switch {
	case code == codeAlreadyExists && f.Asset.Native():
		return Verdict{State: FundingFunded}
	case code == codeAlreadyExists:
		return Verdict{State: FundingPending, DueAt: now} // the next plan reads that it exists
	case slices.Contains(ofFunder, code):
		return Verdict{State: FundingPending, Problem: code, DueAt: now.Add(failPause)}
	default:
		return Verdict{State: FundingPending, Problem: code, DueAt: now.Add(blamePause), Blamed: true}
	}
}

func isBad(code string) bool { return code != "" && code != codeSuccess && code != codeInner }

// bad returns the codes of the failed operations, each once.
func bad(ops []string) []string {
	var codes []string
	for _, code := range ops {
		if isBad(code) && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
