package fake

import (
	"context"
	"fmt"
	"strings"
)

// Forge posts n bodies that did not come from M-Pesa, and returns how many could be
// delivered. They go to the addresses that the client has named so far, each with a
// changed last part, and to the addresses in others as they stand. Nothing of it is in
// the books.
func (s *Safaricom) Forge(ctx context.Context, n int, others ...string) (delivered int) {
	s.mu.Lock()
	known := append([]string{}, others...)
	for _, t := range s.books.all {
		if p, ok := s.prompts[t.ID]; ok {
			known = append(known, s.guessed(p.url))
		}
		if p, ok := s.payouts[t.ID]; ok {
			known = append(known, s.guessed(p.url))
		}
	}
	if s.c2b.confirmation != "" {
		known = append(known, s.guessed(s.c2b.confirmation))
	}
	s.mu.Unlock()
	if len(known) == 0 {
		return 0
	}
	for i := range n {
		s.mu.Lock()
		p := post{url: known[s.rand.IntN(len(known))], body: s.forgedBody(i)}
		s.mu.Unlock()
		if _, err := s.config.Deliver(ctx, p.url, p.body); err == nil {
			delivered++
		}
	}
	return delivered
}

// guessed changes one character of an address's last long part, as somebody who guesses
// would.
func (s *Safaricom) guessed(address string) string {
	parts := strings.Split(address, "/")
	for i := len(parts) - 1; i > 0; i-- {
		const tokenLike = 8
		if len(parts[i]) < tokenLike {
			continue
		}
		b := []byte(parts[i])
		at := s.rand.IntN(len(b))
		for before := b[at]; b[at] == before; {
			b[at] = receiptAlphabet[s.rand.IntN(len(receiptAlphabet))]
		}
		parts[i] = string(b)
		break
	}
	return strings.Join(parts, "/")
}

// forgedBody writes a success that never happened.
func (s *Safaricom) forgedBody(i int) []byte {
	receipt := fmt.Sprintf("ZZ%08d", i)
	cents := int64(s.rand.IntN(mostForged)+1) * 100
	switch i % 3 {
	case 0:
		return pushBody(map[string]any{
			"MerchantRequestID": "1-1-1", "CheckoutRequestID": fmt.Sprintf("ws_CO_%d", i), "ResultCode": 0, "ResultDesc": "The service request is processed successfully.",
			"CallbackMetadata": map[string]any{"Item": []map[string]any{
				{"Name": "Amount", "Value": amount(cents)}, {"Name": "MpesaReceiptNumber", "Value": receipt}, {"Name": "PhoneNumber", "Value": 254700000000},
			}},
		})
	case 1:
		return resultBody(fmt.Sprintf("W%d", i), "AG_1", receipt, "0", "The service request is processed successfully.", []keyed{
			{"TransactionAmount", amount(cents)}, {"TransactionReceipt", receipt},
		})
	}
	return encoded(map[string]string{
		"TransactionType": "Pay Bill", "TransID": receipt, "TransTime": string(stamp(s.config.Now())), "TransAmount": decimal(cents),
		"BusinessShortCode": s.config.ShortCode, "BillRefNumber": "NW-00000001", "MSISDN": "2547 ***** 000", "FirstName": "EVE",
	})
}

// mostForged bounds forged amounts, in shillings.
const mostForged = 5000
