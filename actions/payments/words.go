package payments

import (
	"context"
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

// words are the messages about an intent after its call has ended, by language. A
// language without words gets English.
var words = map[string]map[string]string{
	"deposited": {
		"en": "PayTrace: {amount} came in. Receipt {receipt}.",
		"sw": "PayTrace: {amount} imeingia. Risiti {receipt}.",
	},
	"not deposited": {
		"en": "PayTrace: your deposit of {amount} did not come in. {why}",
		"sw": "PayTrace: {amount} ulizotaka kuweka hazikuingia. {why}",
	},
	"withdrawn": {
		"en": "PayTrace sent you {amount}, fee {fee}. Receipt {receipt}.",
		"sw": "PayTrace imekutumia {amount}, ada {fee}. Risiti {receipt}.",
	},
	"given back": {
		"en": "PayTrace could not send {amount}. The money is back in your account. {why}",
		"sw": "PayTrace haikuweza kutuma {amount}. Pesa imerudi kwenye akaunti yako. {why}",
	},
}

// tell queues the message about what happened to an intent.
func (d *Desk) tell(ctx context.Context, tx store.Tx, in payments.Intent, event string, r payments.Report) error {
	if in.Phone == "" || d.Message == nil {
		return nil
	}
	text, ok := words[event][in.Lang]
	if !ok {
		text = words[event]["en"]
	}
	why := d.Provider.Explain(in.Kind, r.Code, in.Lang)
	text = strings.TrimSpace(strings.NewReplacer(
		"{amount}", Shillings(in.Amount), "{fee}", Shillings(in.Fee), "{receipt}", in.Receipt, "{why}", why).Replace(text))
	return d.Message(ctx, tx, store.Message{ID: "payment:" + in.ID + ":" + event, To: in.Phone, Text: text, CreatedAt: d.Now()})
}

// Shillings writes cents as people read them: "KES 1,500" or "KES 12.50".
func Shillings(cents int64) string {
	whole := fmt.Sprint(cents / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest := cents % 100; rest != 0 {
		return fmt.Sprintf("KES %s.%02d", whole, rest)
	}
	return "KES " + whole
}
