package mpesa_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

// documented lists the codes that Safaricom's texts have, with the class that decides
// about money.
var documented = map[mpesa.API]map[mpesa.Class][]string{
	mpesa.APIPush: {
		mpesa.ClassSuccess: {"0"},
		mpesa.ClassFailed:  {"1", "2", "3", "4", "8", "17", "1019", "1025", "1032", "1037", "2001", "2028", "SFC_IC0003", "8006"},
		mpesa.ClassPending: {"4999"},
		mpesa.ClassUnknown: {"26", "1001", "1031", "9999"},
	},
	mpesa.APIPayout: {
		mpesa.ClassSuccess: {"0"},
		mpesa.ClassFailed:  {"1", "2", "3", "4", "8", "11", "21", "2001", "2006", "2028", "2040", "8006", "SFC_IC0003"},
		mpesa.ClassUnknown: {
			"15", "17", "18", "19", "20", "22", "24", "25", "26", "29", "100000000", "100000001", "100000002",
			"100000004", "100000005", "100000007", "100000009", "100000010", "100000011", "00.002.1001",
		},
	},
	mpesa.APIStatus: {mpesa.ClassSuccess: {"0"}, mpesa.ClassUnknown: {"25", "SFC_IC0003", "TP40153", "21"}},
	mpesa.APIReversal: {
		mpesa.ClassSuccess: {"0", "R000001"}, mpesa.ClassFailed: {"R000002", "1", "11", "21", "2001", "2006", "2028", "8006"},
	},
	mpesa.APIBalance: {mpesa.ClassSuccess: {"0"}, mpesa.ClassUnknown: {"15", "17", "18", "20", "26"}},
	mpesa.APIC2B:     {mpesa.ClassFailed: {"C2B00011", "C2B00012", "C2B00013", "C2B00014", "C2B00015", "C2B00016"}},
	mpesa.APIPull:    {mpesa.ClassSuccess: {"1000", "1001"}},
	mpesa.APIGateway: {
		mpesa.ClassFailed:  {"400.002.02", "401.003.01", "404.001.01", "405.001"},
		mpesa.ClassWait:    {"400.003.01", "400.008.01", "400.008.02", "401.002.01", "404.001.03", "500.003.03"},
		mpesa.ClassUnknown: {"500.001.1001", "500.002.1001", "500.003.02", "500.003.1001"},
	},
}

func TestCodes(t *testing.T) {
	for api, classes := range documented {
		for class, codes := range classes {
			for _, code := range codes {
				m := mpesa.Explain(api, code, "")
				if m.Class != class || m.Name == "not in the dictionary" {
					t.Errorf("%s %s is %q (%s), expected %q", api, code, m.Class, m.Name, class)
				}
			}
		}
	}
	all, err := mpesa.Codes()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[3]string]bool{}
	for _, m := range all {
		key := [3]string{string(m.API), m.Code, m.Match}
		if seen[key] {
			t.Errorf("%v is twice in the dictionary", key)
		}
		seen[key] = true
		if got := mpesa.Explain(m.API, m.Code, m.Match); got != m {
			t.Errorf("%v is never found: %q comes before it", key, got.Name)
		}
		checkEntry(t, m)
	}
}

// checkEntry holds an entry to what its readers count on.
func checkEntry(t *testing.T, m mpesa.Meaning) {
	t.Helper()
	switch m.Class {
	case mpesa.ClassSuccess, mpesa.ClassFailed, mpesa.ClassPending, mpesa.ClassWait, mpesa.ClassDuplicate, mpesa.ClassUnknown:
	default:
		t.Errorf("%s %s: class %q", m.API, m.Code, m.Class)
	}
	switch m.Actor {
	case mpesa.ActorNobody, mpesa.ActorCaller, mpesa.ActorFinance, mpesa.ActorOperator, mpesa.ActorAdministrator, mpesa.ActorDeveloper, mpesa.ActorSafaricom:
	default:
		t.Errorf("%s %s: actor %q", m.API, m.Code, m.Actor)
	}
	if m.Stop && !m.Alert {
		t.Errorf("%s %s stops payouts, and nobody hears of it", m.API, m.Code)
	}
	if m.Name == "" {
		t.Errorf("%s %s has no name", m.API, m.Code)
	}
	for _, language := range []string{"en", "sw"} {
		size := gsm7.Measure(m.Words(language))
		if size.Units == 0 || size.UCS2 || size.Units > 160 {
			t.Errorf("%s %s: the words in %q take %+v, expected 1 to 160 septets", m.API, m.Code, language, size)
		}
	}
}

// One code has several meanings, and the message tells which.
func TestOneCodeSeveralMeanings(t *testing.T) {
	for _, c := range []struct {
		code, message string
		class         mpesa.Class
	}{
		{"500.001.1001", "The transaction is being processed", mpesa.ClassPending},
		{"500.001.1001", "Unable to lock subscriber, a transaction is already in process for the current subscriber", mpesa.ClassWait},
		{"500.001.1001", "[MerchantValidate] - Merchant does not exist", mpesa.ClassFailed},
		{"500.001.1001", "Wrong credentials", mpesa.ClassFailed},
		{"500.001.1001", "Internal Server Error", mpesa.ClassUnknown},
		{"500.002.1001", "Duplicate OriginatorConversationID.", mpesa.ClassDuplicate},
		{"500.002.1001", "Service is currently under maintenance", mpesa.ClassUnknown},
		{"500.003.02", "Error Occurred: Spike Arrest Violation", mpesa.ClassWait},
		{"500.003.02", "System is busy. Please try again in few minutes.", mpesa.ClassUnknown},
		{"500.003.1001", "Urls are already registered", mpesa.ClassFailed},
		{"999.999", "Anything", mpesa.ClassUnknown},
		{"", "", mpesa.ClassUnknown},
	} {
		if got := mpesa.Explain(mpesa.APIGateway, c.code, c.message).Class; got != c.class {
			t.Errorf("%s %q is %q, expected %q", c.code, c.message, got, c.class)
		}
	}
}
