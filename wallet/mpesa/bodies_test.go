package mpesa_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

var update = flag.Bool("update", false, "write the golden files")

// readers has the reader of each kind of body, by the first word of its file.
var readers = map[string]func([]byte) (any, error){
	"push":         func(b []byte) (any, error) { return mpesa.ReadPushResult(b) },
	"payout":       func(b []byte) (any, error) { return mpesa.ReadPayoutResult(b) },
	"status":       func(b []byte) (any, error) { return mpesa.ReadStatusResult(b) },
	"balances":     func(b []byte) (any, error) { return mpesa.ReadBalanceResult(b) },
	"reversal":     func(b []byte) (any, error) { return mpesa.ReadReversalResult(b) },
	"confirmation": func(b []byte) (any, error) { return mpesa.ReadIncoming(b) },
	"validation":   func(b []byte) (any, error) { return mpesa.ReadIncoming(b) },
}

// golden compares what a test got with a file.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: found\n%s\nexpected\n%s", file, got, want)
	}
}

func bodyFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/bodies/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d bodies, %v", len(files), err)
	}
	return files
}

func readerOf(t testing.TB, file string) func([]byte) (any, error) {
	t.Helper()
	kind, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "_")
	read, ok := readers[kind]
	if !ok {
		t.Fatalf("%s: no reader for %q", file, kind)
	}
	return read
}

// Each body as Safaricom writes it is read to what the golden beside it says.
func TestBodies(t *testing.T) {
	for _, file := range bodyFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			read, err := readerOf(t, file)(body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(read, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".json")+".golden", append(got, '\n'))
		})
	}
}

// A body is never read as a payment unless it has a receipt and a positive amount.
func FuzzBodies(tf *testing.F) {
	f := fuzz.New(tf)
	for _, file := range bodyFiles(f) {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, s := range []string{``, `{}`, `null`, `[]`, `{"Body":{"stkCallback":{}}}`, `{"Result":{"ResultCode":0,"ConversationID":"AG_1"}}`, `{"TransID":"UC6BB77XK1","TransAmount":"-1"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := mpesa.ReadPushResult(body); err == nil && r.Meaning.Class == mpesa.ClassSuccess && !mpesa.IsReceipt(r.Receipt) {
			t.Errorf("a push is paid with the receipt %q", r.Receipt)
		}
		if r, err := mpesa.ReadPayoutResult(body); err == nil && r.Meaning.Class == mpesa.ClassSuccess && !mpesa.IsReceipt(r.Receipt) {
			t.Errorf("a payout is paid with the receipt %q", r.Receipt)
		}
		if r, err := mpesa.ReadStatusResult(body); err == nil && r.Fate == mpesa.FateDone && (r.Code != "0" || !mpesa.IsReceipt(r.Receipt)) {
			t.Errorf("a payment is done with the code %q and the receipt %q", r.Code, r.Receipt)
		}
		if r, err := mpesa.ReadIncoming(body); err == nil && r.Cents <= 0 {
			t.Errorf("a payment of %d cents came in", r.Cents)
		}
		for _, read := range readers {
			_, _ = read(body)
		}
	})
}

func TestUnreadableBodies(t *testing.T) {
	for kind, bodies := range map[string][]string{
		"push": {
			`{`, `{}`, `[]`, `{"Body":{}}`, `{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1"}}}`,
			// A success without a receipt, or without an amount that can be read, is no success.
			`{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":0}}}`,
			`{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":0,"CallbackMetadata":{"Item":[{"Name":"MpesaReceiptNumber","Value":"UC61K2L3M4"}]}}}}`,
			`{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":0,"CallbackMetadata":{"Item":[{"Name":"MpesaReceiptNumber","Value":"UC61K2L3M4"},{"Name":"Amount","Value":1.005}]}}}}`,
			`{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":{"a":1}}}}`,
		},
		"payout":       {`{"Result":{}}`, `{"Result":{"ResultCode":0,"ConversationID":"AG_1"}}`, `{"Result":{"ResultCode":0,"ConversationID":"AG_1","ResultParameters":7}}`},
		"status":       {`{"Result":{"ResultCode":0}}`, `{"Result":{"ResultCode":0,"ConversationID":"AG_1","ResultParameters":{"ResultParameter":[{"Key":"TransactionStatus","Value":"Completed"}]}}}`},
		"balances":     {`{"Result":{"ResultCode":0,"ConversationID":"AG_1"}}`, `{"Result":{"ResultCode":0,"ConversationID":"AG_1","ResultParameters":{"ResultParameter":{"Key":"AccountBalance","Value":"Utility Account|USD|1.00|1.00"}}}}`},
		"confirmation": {`{"TransID":"UC6BB77XK1"}`, `{"TransID":"UC6BB77XK1","TransAmount":"0.00"}`, `{"TransID":"../x","TransAmount":"5"}`},
	} {
		for _, body := range bodies {
			if read, err := readers[kind]([]byte(body)); err == nil {
				t.Errorf("%s: %s is read as %+v", kind, body, read)
			}
		}
	}
}

func TestParseCents(t *testing.T) {
	for amount, want := range map[string]int64{
		"0": 0, "0.00": 0, "-0.0": 0, "1": 100, "1.0": 100, "10.00": 1000, "8959269.60": 895926960, "-1540.00": -154000,
		"1.2E7": 1200000000, "1.25e2": 12500, "1250E-2": 1250, "22.4": 2240, "007": 700, "1.0000": 100, "99999999999999": 9999999999999900,
	} {
		if got, err := mpesa.ParseCents(amount); err != nil || got != want {
			t.Errorf("%s: %d, %v, expected %d", amount, got, err, want)
		}
	}
	for _, amount := range []string{
		"", "-", ".", ".5", "1.005", "1e999999999", "1e-3", "0x10", "1,000", " 1", "+1", "NaN", "1e", "9999999999999999999", "1e16", "--1", "1.2.3",
	} {
		if got, err := mpesa.ParseCents(amount); err == nil {
			t.Errorf("%q is read as %d cents", amount, got)
		}
	}
}

func TestPhoneMatches(t *testing.T) {
	const known = "254711223344"
	for wire, want := range map[string]bool{
		"254711223344": true, "2547 ***** 344": true, "25471****344": true, "": true,
		"254711223345": false, "2547 ***** 345": false, "2541****344": false, "*2547112233440": false,
		"a3f3e8f8a8b7b0b0e7c4e8b9e9d0a6b0b8c0d9b1c2d3e4f5a6b7c8d9e0f1a2b3": false,
		hashed(known): true, strings.ToUpper(hashed(known)): true,
	} {
		if got := mpesa.PhoneMatches(wire, known); got != want {
			t.Errorf("%q matches %s: %t, expected %t", wire, known, got, want)
		}
	}
}
