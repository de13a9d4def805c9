package dialscript_test

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/dialscript"
)

// A call can begin on any screen, with values that earlier screens would have set. It
// goes on from there as every call, also behind a dropped connection.
func TestBeginsOn(t *testing.T) {
	for text, want := range map[string]string{
		`(begins on withdraw_confirm with amount=500 fee=27 total=527)
(withdraw answers done ref=QX81)
> *384*8481#
| Withdraw KES 500 to 0712345678?
| Fee KES 27. Total KES 527.
| 1. Yes
| 2. No
(screen is withdraw_confirm)
(fee is 27)
(ref is not set)
> 1
| Enter your PayTrace PIN
| ...
> 1234
| Sent KES 500 to 0712345678. Ref QX81.
(session ends)
(withdraw was called once with amount=500)
`: "",
		"(begins on language)\n(language sw)\n> *384*8481#\n| Chagua lugha\n| ...\n":  "",
		"(begins on language)\n> *384*8481*2#\n| PayTrace\n| ...\n(language is sw)\n": "",
		"(begins on withdraw_pin with pin=1234)\n> *384*8481#\n| PIN\n":               "can't begin with the secret pin",
		"(begins on withdraw_done with amount=some)\n> *384*8481#\n| PIN\n":           `amount can't be "some"; it is money 10..70000`,
		"(begins on withdraw_done with amuont=50)\n> *384*8481#\n| PIN\n":             `no value "amuont" to begin with. Did you mean "amount"?`,
		"(begins on withdraw_dona)\n> *384*8481#\n| PIN\n":                            `no menu has a screen "withdraw_dona" to begin on. Did you mean "withdraw_done"?`,
	} {
		f, found := dialscript.Parse("test.dial", []byte("=== A call\n"+text))
		if len(found) > 0 {
			t.Fatal(found)
		}
		local, player := walletService(t)
		r := dialscript.Run(t.Context(), player, local, walletPeople(), []*dialscript.Call{&f.Calls[0]}, dialscript.Options{Parallel: 1})[0]
		said := ""
		for _, p := range r.Problems {
			said += p.Message + "\n"
		}
		if (r.Status == dialscript.Passed) != (want == "") || !strings.Contains(said, want) {
			t.Errorf("%s\n%v: %s\nwant %q", text, r.Status, said, want)
		}
	}
}
