package dialscript_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/dialscript"
)

// TestEvents: events describe what happens in a call in callers' terms, with the menu's
// lines; a callback that comes again makes nothing happen.
func TestEvents(t *testing.T) {
	local, player := walletService(t)
	f, found := dialscript.Parse("e.dial", []byte(`=== A call
(withdraw answers wrong_pin, then done ref=QX81)
> *384*8481#
(gateway sends that twice)
> 7
> 1
> 2
> 3
> 1
> 0
> 00
> 3
> 500
(hangs up)
(redials after 1 min)
> 1
> 1
> 4321
> 1234
`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	r := dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{})[0]
	var got []string
	for _, e := range r.Events {
		got = append(got, fmt.Sprintf("%d %s %s>%s %s %s%d p%d %s :%d", e.Step, e.Kind, e.Screen, e.To, e.Name, e.Action, e.Index, e.Page, e.Lang, e.Pos.Line))
	}
	want := []string{
		"0 dial (idle)>account  -1 p0 en :3",
		"0 screen account>  -1 p0 en :19",
		"1 wrong account> invalid -1 p0 en :19",
		"1 screen account>  -1 p0 en :19",
		"2 option account>language 1 0 p0 en :22",
		"2 screen language>  -1 p0 en :25",
		"3 language language>account sw -1 p0 en :25",
		"3 screen account>  -1 p0 sw :19",
		"4 option account>withdraw 3 2 p0 sw :24",
		"4 screen withdraw>  -1 p0 sw :36",
		"5 wrong withdraw> invalid -1 p0 sw :36",
		"5 screen withdraw>  -1 p0 sw :36",
		"6 back withdraw>account  -1 p0 sw :36",
		"6 screen account>  -1 p0 sw :19",
		"7 home account>account  -1 p0 sw :19",
		"7 screen account>  -1 p0 sw :19",
		"8 option account>withdraw 3 2 p0 sw :24",
		"8 screen withdraw>  -1 p0 sw :36",
		"9 answer withdraw>withdraw/quote  -1 p0 sw :36",
		"9 outcome withdraw/quote>withdraw_confirm priced quote-1 p0 sw :39",
		"9 screen withdraw_confirm>  -1 p0 sw :40",
		"10 dial (idle)>(resume)  -1 p0 sw :0",
		"10 resume (resume)> asked -1 p0 sw :0",
		"11 resume (resume)>withdraw_confirm yes -1 p0 sw :0",
		"11 screen withdraw_confirm>  -1 p0 sw :40",
		"12 yes withdraw_confirm>withdraw_pin  -1 p0 sw :40",
		"12 screen withdraw_pin>  -1 p0 sw :46",
		"13 answer withdraw_pin>withdraw_pin/withdraw  -1 p0 sw :46",
		"13 outcome withdraw_pin/withdraw>withdraw_pin wrong_pin withdraw-1 p0 sw :51",
		"13 wrong withdraw_pin> retry wrong_pin -1 p0 sw :46",
		"13 screen withdraw_pin>  -1 p0 sw :46",
		"14 answer withdraw_pin>withdraw_pin/withdraw  -1 p0 sw :46",
		"14 outcome withdraw_pin/withdraw>withdraw_done done withdraw-1 p0 sw :50",
		"14 screen withdraw_done>  -1 p0 sw :52",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s %v\n%s", r.Status, r.Problems, diff)
	}
}
