package mpesa

import (
	"bytes"
	_ "embed" // for the dictionary
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// API names where a code came from: the same number means different things there.
type API string

// The places that codes come from. APIResult has the numbers that all results share,
// APIGateway the errorCode of a refused request, and APIResponse its ResponseCode.
const (
	APIPush     API = "stk"
	APIPayout   API = "b2c"
	APIStatus   API = "status"
	APIBalance  API = "balance"
	APIReversal API = "reversal"
	APIResult   API = "result"
	APIC2B      API = "c2b"
	APIPull     API = "pull"
	APIGateway  API = "gateway"
	APIResponse API = "response"
)

// Class says what a code means for the money.
type Class string

// The classes of codes. Only ClassFailed may release money that is held.
const (
	// ClassSuccess is the only class that moves money.
	ClassSuccess Class = "success"
	// ClassFailed is final: Safaricom documents that nothing happened.
	ClassFailed Class = "failed"
	// ClassPending says that the payment is still being processed.
	ClassPending Class = "pending"
	// ClassWait says that M-Pesa has not taken the request, and may take it later.
	ClassWait Class = "wait"
	// ClassDuplicate says that an earlier request with the ID was taken.
	ClassDuplicate Class = "duplicate"
	// ClassUnknown is everything else. Somebody must ask what became of the payment.
	ClassUnknown Class = "unknown"
)

// Actor says who can do something about a code.
type Actor string

// The actors. ActorOperator is who runs this service and its settings, and
// ActorAdministrator the business administrator on Safaricom's portal.
const (
	ActorNobody        Actor = "nobody"
	ActorCaller        Actor = "caller"
	ActorFinance       Actor = "finance"
	ActorOperator      Actor = "operator"
	ActorAdministrator Actor = "administrator"
	ActorDeveloper     Actor = "developer"
	ActorSafaricom     Actor = "safaricom"
)

// Meaning is an entry of the dictionary of codes.
type Meaning struct {
	API   API    `json:"api"`
	Code  string `json:"code"`
	Match string `json:"match,omitempty"` // part of the message, in lower case; "" matches all
	// Name says what the code means, for an operator.
	Name  string `json:"name"`
	Class Class  `json:"class"`
	Actor Actor  `json:"actor"`
	// WaitSeconds is how long to wait before the same is asked again; 0 for no rule.
	WaitSeconds int `json:"wait_seconds,omitempty"`
	// Alert says that a person has to hear of it, and Stop that no further payout may
	// be sent until one has: failed attempts lock the operator.
	Alert bool `json:"alert,omitempty"`
	Stop  bool `json:"stop,omitempty"`
	// English and Kiswahili are the caller's words.
	English   string `json:"en"`
	Kiswahili string `json:"sw"`
}

// Wait returns how long to wait before the same is asked again.
func (m Meaning) Wait() time.Duration { return time.Duration(m.WaitSeconds) * time.Second }

// Words returns what callers read about a code, in a language. It is in English where the
// dictionary lacks the language.
func (m Meaning) Words(language string) string {
	if language == "sw" {
		return m.Kiswahili
	}
	return m.English
}

// certainty returns what a class means for a request that was not accepted.
func (m Meaning) certainty() Certainty {
	switch m.Class {
	case ClassFailed:
		return Refused
	case ClassWait:
		return NotSent
	case ClassDuplicate:
		return Duplicate
	case ClassPending:
		return Pending
	}
	return Unknown
}

//go:embed codes.json
var codesFile []byte

// dictionary reads the embedded file once.
var dictionary = sync.OnceValues(func() ([]Meaning, error) { return readCodes(codesFile) })

// readCodes reads a dictionary. An unknown field is an error.
func readCodes(file []byte) ([]Meaning, error) {
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	var all []Meaning
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("mpesa: read the dictionary of codes: %w", err)
	}
	return all, nil
}

// Codes returns a copy of the dictionary.
func Codes() ([]Meaning, error) {
	all, err := dictionary()
	return slices.Clone(all), err
}

// undocumented is what every other code means.
var undocumented = Meaning{
	Name: "not in the dictionary", Class: ClassUnknown, Actor: ActorOperator, Alert: true,
	English:   "We do not know yet if the payment went through. We will send you an SMS. Please do not pay again.",
	Kiswahili: "Bado hatujui kama malipo yamepita. Tutakutumia SMS. Tafadhali usilipe tena.",
}

// Explain returns what a code means. message tells apart the meanings of a code that
// has several. A code that nobody documents is ClassUnknown.
func Explain(api API, code, message string) Meaning {
	all, _ := dictionary() // TestCodes reads it; without it every code is unknown
	message = strings.ToLower(message)
	for _, place := range []API{api, general(api)} {
		for _, m := range all {
			if m.API == place && m.Code == code && strings.Contains(message, m.Match) {
				return m
			}
		}
	}
	m := undocumented
	m.API, m.Code = api, clipped(code)
	return m
}

// general returns where a code is looked for next.
func general(api API) API {
	switch api {
	case APIPayout, APIStatus, APIBalance, APIReversal:
		return APIResult
	}
	return api
}
