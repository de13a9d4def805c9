package mpesa_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/payments"
)

const statement = `"Short Code:","600321"
"Organization:","Example Works"

"Receipt No.","Completion Time","Initiation Time","Details","Transaction Status","Paid In","Withdrawn","Balance","Balance Confirmed","Reason Type","Other Party Info","A/C No."
"SG632NMUAB","06-07-2024 22:48:52","06-07-2024 22:48:50","Business Payment to 2547****001","Completed","","-1,010.00","8,990.00","true","Business Payment to Customer via API","2547****001 - JANE DOE",""
"SG632NMUAB","06-07-2024 22:48:52","06-07-2024 22:48:50","Business Payment Charge","Completed","","-9.00","8,981.00","true","Business Payment Charge","",""
"NLJ7RT61SV","2024-07-06 21:00:00","2024-07-06 21:00:00","Pay Bill from 2547****149 - JOHN DOE Acc. NW-9C7A7A9D","Completed","1,000.50","","9,981.50","true","Pay Utility","2547****149 - JOHN DOE",""
"NLJ7RT61SW","2024-07-06 21:01:00","2024-07-06 21:01:00","Pay Bill","Declined","7.00","","","","Pay Utility","","X"
"",,,,,,,,,,,
`

func TestReadStatement(t *testing.T) {
	got, err := mpesa.ReadStatement(strings.NewReader("\ufeff" + statement))
	if err != nil {
		t.Fatal(err)
	}
	want := []payments.Line{
		{Receipt: "SG632NMUAB", At: time.Date(2024, 7, 6, 19, 48, 52, 0, time.UTC), Out: 101000, Charges: 900, What: "Business Payment to Cust…"},
		{Receipt: "NLJ7RT61SV", At: time.Date(2024, 7, 6, 18, 0, 0, 0, time.UTC), In: 100050, Account: "NW-9C7A7A9D", What: "Pay Utility"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestReadStatementRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"a file without columns":  {"Receipt No.", "Number", "found no line with the columns"},
		"a missing column":        {"Paid In", "Paid", `no column "paid in"`},
		"a time of another kind":  {"06-07-2024 22:48:52", "July 6", "line 5: found the time"},
		"an amount that is none":  {"-1,010.00", "much", "line 5: not an amount"},
		"a receipt that is none":  {`"SG632NMUAB","06`, `"?","06`, "expected a receipt"},
		"half of a cent, rounded": {"1,000.50", "1,000.505", "whole cents"},
	} {
		_, err := mpesa.ReadStatement(strings.NewReader(strings.Replace(statement, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
