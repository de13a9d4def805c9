package fake

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Kind says what a transaction was.
type Kind string

// The kinds of transactions.
const (
	KindPush     Kind = "push"
	KindPaybill  Kind = "paybill"
	KindPayout   Kind = "payout"
	KindReversal Kind = "reversal"
)

// Transaction is money that moved.
type Transaction struct {
	Receipt string    `json:"receipt"`
	Kind    Kind      `json:"kind"`
	Phone   string    `json:"phone"`
	Cents   int64     `json:"cents"`
	Fee     int64     `json:"fee,omitempty"`
	Account string    `json:"account,omitempty"`
	ID      string    `json:"id,omitempty"` // a push's CheckoutRequestID, a payout's OriginatorConversationID
	At      time.Time `json:"at"`
	// Reversed is the receipt of the transaction that sent it back, and Reverses of
	// the one that was sent back.
	Reversed string `json:"reversed,omitempty"`
	Reverses string `json:"reverses,omitempty"`
}

// Books say what the fake has done.
type Books struct {
	Transactions []Transaction `json:"transactions"`
	// InCents came from customers, without what was sent back; OutCents was paid out,
	// and FeeCents is what that cost.
	InCents  int64 `json:"in_cents"`
	OutCents int64 `json:"out_cents"`
	FeeCents int64 `json:"fee_cents"`
	// Utility, Working and Charges are the balances of the short code.
	Utility int64 `json:"utility_cents"`
	Working int64 `json:"working_cents"`
	Charges int64 `json:"charges_cents"`
	// DoubledIDs counts the conversation IDs that a client sent more than once. The
	// second one is refused, so no money left; but a client should know.
	DoubledIDs map[string]int `json:"doubled_ids,omitempty"`
	// TwicePaid lists pairs of payouts of one amount to one phone within ten minutes:
	// with different IDs nobody but the client knows whether both were meant.
	TwicePaid []string `json:"twice_paid,omitempty"`
	// LostPosts counts the posts that were lost on purpose.
	LostPosts int     `json:"lost_posts"`
	Phones    []Phone `json:"phones"`
	// OpenPrompts and OpenPayouts have not ended.
	OpenPrompts int `json:"open_prompts"`
	OpenPayouts int `json:"open_payouts"`
}

// books are the fake's own, under its lock.
type books struct {
	phones                    map[string]*Phone
	all                       []*Transaction
	byReceipt                 map[string]*Transaction
	utility, working, charges int64
	float                     int64 // what Utility had at first
	given                     int64 // what phones had at first
	doubled                   map[string]int
	lost                      int
}

func newBooks(float int64) books {
	return books{phones: map[string]*Phone{}, byReceipt: map[string]*Transaction{}, doubled: map[string]int{}, utility: float, float: float}
}

// add writes a transaction down.
func (b *books) add(t *Transaction) {
	b.all = append(b.all, t)
	b.byReceipt[t.Receipt] = t
}

// soon is how close two payouts of one amount to one phone look like one paid twice.
const soon = 10 * time.Minute

// Books returns a copy of the books.
func (s *Safaricom) Books() Books {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := Books{
		Utility: s.books.utility, Working: s.books.working, Charges: s.books.charges, LostPosts: s.books.lost,
		DoubledIDs: maps.Clone(s.books.doubled),
	}
	last := map[string]*Transaction{}
	for _, t := range s.books.all {
		b.Transactions = append(b.Transactions, *t)
		switch t.Kind {
		case KindPush, KindPaybill:
			b.InCents += t.Cents
		case KindReversal:
			b.InCents -= t.Cents
		case KindPayout:
			b.OutCents += t.Cents
			b.FeeCents += t.Fee
			key := fmt.Sprint(t.Phone, t.Cents)
			if before := last[key]; before != nil && t.At.Sub(before.At) < soon {
				b.TwicePaid = append(b.TwicePaid, before.Receipt+" "+t.Receipt)
			}
			last[key] = t
		}
	}
	for _, number := range slices.Sorted(maps.Keys(s.books.phones)) {
		b.Phones = append(b.Phones, *s.books.phones[number])
	}
	b.OpenPrompts = len(s.shown)
	for _, p := range s.payouts {
		if p.state != ended {
			b.OpenPayouts++
		}
	}
	return b
}

// Judge compares the books with themselves: every cent is somewhere, no receipt is
// there twice, and no conversation ID has paid twice. It returns what is wrong.
func (s *Safaricom) Judge() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var wrong []string
	receipts, paid := map[string]bool{}, map[string]string{}
	var in, out, fees int64
	for _, t := range s.books.all {
		if receipts[t.Receipt] {
			wrong = append(wrong, "receipt "+t.Receipt+" was given twice")
		}
		receipts[t.Receipt] = true
		switch t.Kind {
		case KindPush, KindPaybill:
			in += t.Cents
		case KindReversal:
			in -= t.Cents
		case KindPayout:
			out += t.Cents
			fees += t.Fee
			if before := paid[t.ID]; before != "" {
				wrong = append(wrong, fmt.Sprintf("conversation ID %s paid twice: %s and %s", t.ID, before, t.Receipt))
			}
			paid[t.ID] = t.Receipt
		}
	}
	var phones int64
	for _, p := range s.books.phones {
		phones += p.Cents
	}
	for _, sum := range []struct {
		name        string
		found, want int64
	}{
		{"the Utility account", s.books.utility, s.books.float - out},
		{"the Working account", s.books.working, in},
		{"the Charges account", s.books.charges, -fees},
		{"all phones", phones, s.books.given - in + out},
	} {
		if sum.found != sum.want {
			wrong = append(wrong, fmt.Sprintf("%s: found %d cents, expected %d", sum.name, sum.found, sum.want))
		}
	}
	return wrong
}
