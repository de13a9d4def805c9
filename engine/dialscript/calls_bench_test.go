package dialscript_test

import (
	"fmt"
	"testing"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
)

// BenchmarkThousandCalls plays 1,000 calls of ten steps, two at once: an
// operation is all of them.
func BenchmarkThousandCalls(b *testing.B) {
	local, player := walletService(b)
	f, found := dialscript.Parse("b.dial", []byte("=== A call\n"+tenSteps))
	if len(found) > 0 || len(f.Calls[0].Steps) != 10 {
		b.Fatal(found)
	}
	var calls []*dialscript.Call
	for i := range 1000 {
		call := f.Calls[0]
		call.Title = fmt.Sprintf("Call %d", i)
		calls = append(calls, &call)
	}
	b.ReportAllocs()
	for b.Loop() {
		results := dialscript.Run(b.Context(), player, local, walletPeople(), calls, dialscript.Options{Parallel: 2, Seed: 1})
		if s := report.Summary(results); s != "1000 calls: 1000 passed" {
			b.Fatal(s, results[0].Problems)
		}
	}
}

const tenSteps = `> *384*8481#
| PayTrace
| ...
> 1
| Choose language
| ...
> 1
> 3
| Withdraw how much?
| 0:Back 00:Home
> 00
> 3
> 500
| Withdraw KES 500 to {phone}?
| Fee {money}. Total {money}.
| ...
> 1
| Enter your PayTrace PIN
| ...
> 123
| The PIN has 4 digits.
| ...
> 1234
| Sent KES 500 to 0712345678. Ref {*}.
(session ends)
(withdraw was called once with amount=500)
`
