package dialscript_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// sessionsOf returns the sessions of a log, one line each: what was typed, and the screens
// behind ">"; "!" ends.
func sessionsOf(t *testing.T, log string) []string {
	t.Helper()
	found, _, err := record.ReadLog([]byte(log))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range record.Sessions(found) {
		var parts []string
		for _, s := range c.Steps {
			text := fmt.Sprintf("%q", s.Typed)
			if s.Answered {
				text += ">" + strings.ReplaceAll(s.Answer, "\n", "/")
			}
			if s.End {
				text += "!"
			}
			if s.Twice {
				text += " twice"
			}
			if s.Late {
				text += " late"
			}
			parts = append(parts, text)
		}
		out = append(out, c.Phone+" "+strings.Join(parts, " "))
	}
	return out
}

func TestLogs(t *testing.T) {
	at := func(text string) string {
		return "phoneNumber=%2B254700000001&serviceCode=%2A384%2A70421%23&text=" + text + "&sessionId=ATUid_1&networkCode=99999"
	}
	for name, c := range map[string]struct {
		log  string
		want []string
	}{
		"form bodies": {
			strings.Join([]string{at(""), at("1"), at("1"), at("1*2"), at("1"), at("1*2*hello+w%2Aorld"), "noise", "durationInMillis=192&phoneNumber=%2B254700000001&lastAppResponse=END+Bye%0AX&hopsCount=4&status=Success&sessionId=ATUid_1&input=1"}, "\n"),
			[]string{`+254700000001 "*384*70421#" "1" twice "2" late "hello w*orld">Bye/X!`},
		},
		"a deep dial, and missing callbacks": {
			at("1*2") + "\n" + at("1*2*3*4"), []string{`+254700000001 "*384*70421*1*2#" "3" "4"`},
		},
		"words ahead can't be dialled": {at("2*a+b"), []string{`+254700000001 "*384*70421#" "2*a b"`}},
		"an empty first answer":        {at("") + "\n" + at("*1"), []string{`+254700000001 "*384*70421#" "" "1"`}},
		"an access log of a GET gateway": {
			`10.0.0.1 - - [01/Mar/2026:09:00:00 +0300] "GET /ussd?SESSIONID=634&USSDCODE=*468%23&MSISDN=254722000000&INPUT= HTTP/1.1" 200 61 "-" "-"
10.0.0.1 - - [01/Mar/2026:09:00:05 +0300] "GET /ussd?SESSIONID=634&USSDCODE=*468%23&MSISDN=254722000000&INPUT=1 HTTP/1.1" 200 61 "-" "-"
10.0.0.2 - - [01/Mar/2026:09:00:06 +0300] "GET /health HTTP/1.1" 200 2`,
			[]string{`254722000000 "*468#" "1"`},
		},
		"a debug log with answers": {
			"2026-03-01 09:00:00 INFO body=" + at("") + "\nCON Welcome\n1. Yes\n2. No\n2026-03-01 09:00:02 INFO " + at("2") + " response=\"END Bye\\nAll\"\n" + at("2*9") + "\nEND late\n\nnot of it",
			[]string{`+254700000001 "*384*70421#">Welcome/1. Yes/2. No "2" "9">late!`},
		},
		"lines of JSON with the answer": {
			`{"time":"09:00","request":{"sessionId":"s1","phoneNumber":"+254711000111","serviceCode":"*1#","text":""},"response":"CON Hi\n1. Go"}
{"time":"09:01","request":{"body":"` + strings.ReplaceAll(at("7"), "ATUid_1", "s1") + `"},"response":{"body":"END Bye"}}`,
			[]string{`+254711000111 "*1#">Hi/1. Go "7">Bye!`},
		},
		"a gateway that sends the last input": {
			`{"Type":"Initiation","Mobile":"233200585542","SessionId":"3c","ServiceCode":"713","Message":"*713#","Sequence":1,"answer":{"Type":"response","Message":"Hi"}}
{"Type":"Response","Mobile":"233200585542","SessionId":"3c","ServiceCode":"713","Message":"1"}
{"Type":"Response","Mobile":"233200585542","SessionId":"3c","ServiceCode":"713","Message":"2","answer":{"Type":"release","Message":"Bye"}}`,
			[]string{`233200585542 "*713#">Hi "1" "2">Bye!`},
		},
		"one id for two sessions": {
			`{"sessionID":"a","newSession":true,"msisdn":"233","userData":"*9#","reply":{"message":"Bye","continueSession":false}}
{"sessionID":"a","newSession":true,"msisdn":"233","userData":"*9#"}`,
			[]string{`233 "*9#">Bye!`, `233 "*9#"`},
		},
		"nothing": {"hello\n{\"a\":1}\n[broken", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, sessionsOf(t, c.log)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCapturedCallbacks reads callbacks that a real gateway has sent.
func TestCapturedCallbacks(t *testing.T) {
	source, err := os.ReadFile("../../../shared/testdata/africastalking_callbacks.json")
	if err != nil {
		t.Skip("the captured callbacks are not here: ", err)
	}
	var vectors []struct {
		ID       string
		Segments []string
	}
	if err := json.Unmarshal(source, &vectors); err != nil {
		t.Fatal(err)
	}
	found, skipped, err := record.ReadLog(source)
	if err != nil || len(found) != len(vectors) || skipped != 0 {
		t.Fatalf("%d of %d are found, %d skipped: %v", len(found), len(vectors), skipped, err)
	}
	calls := record.Sessions(found)
	if got := len(calls[0].Steps); got != 4 {
		t.Errorf("the first session has %d steps, expected the code and 3 answers", got)
	}
	file, _, err := record.Scripts("x.dial", calls, walletPeople(), record.Judgement{})
	if err != nil {
		t.Fatal(err)
	}
	text := string(dialscript.Format(file))
	if strings.Contains(text, "000000001") {
		t.Error("a caller's number is in the script\n" + text)
	}
	again, bad := dialscript.Parse("x.dial", []byte(text))
	if len(bad) > 0 || len(again.Calls) != len(calls) {
		t.Errorf("%v\n%s", bad, text)
	}
}

// TestDisguise: nobody's number or PIN is left, in whatever writing, and the
// script still says what happened.
func TestDisguise(t *testing.T) {
	screens := map[string]string{
		"": "CON Hi 0733123456", "1": "CON Enter your PIN", "1*9876": "CON Wrong PIN. Try again", "1*9876*5555": "CON Send to? +254 733 123 456",
		"1*9876*5555*0799888777": "END Sent to 0799888777 by 254733123456. Ref QX81AB7K, 01/03/2026.",
	}
	var log strings.Builder
	for _, text := range []string{"", "1", "1*9876", "1*9876*5555", "1*9876*5555*0799888777"} {
		line, err := json.Marshal(map[string]string{"sessionId": "s", "phoneNumber": "+254733123456", "serviceCode": "*9#", "text": text, "response": screens[text]})
		if err != nil {
			t.Fatal(err)
		}
		log.Write(append(line, '\n'))
	}
	found, _, err := record.ReadLog([]byte(log.String()))
	if err != nil {
		t.Fatal(err)
	}
	people := walletPeople()
	file, _, err := record.Scripts("x.dial", record.Sessions(found), people, record.Judgement{})
	if err != nil {
		t.Fatal(err)
	}
	record.Loosen(file)
	want := `=== Recorded: 1, PIN, PIN, a number
(as Amina)

> *9#
| Hi 0712345678
> 1
| Enter your PIN
> 4321
| Wrong PIN. Try again
> 1234
| Send to? +254 712 345 678
> 0722000111
| Sent to 0722000111 by 254712345678. Ref {*}, {date}.
(session ends)
`
	if diff := cmp.Diff(want, string(dialscript.Format(file))); diff != "" {
		t.Error(diff)
	}
	if found := dialscript.Check(file, people); len(found) > 0 {
		t.Error(found)
	}
}

// FuzzReadLog: the result of reading any log is a valid script.
func FuzzReadLog(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add([]byte("phoneNumber=%2B254700000001&serviceCode=%2A384%23&text=1%2A2&sessionId=a\nCON Hi\n{\"x\":1}"))
	f.Add([]byte(`[{"body":"sessionId=a&phoneNumber=1&text=*&serviceCode=**"}]`))
	f.Add([]byte(`{"sessionId":"a","msisdn":"2","message":"=== x","reply":{"message":"| ..."}}`))
	f.Add([]byte("F{\"body\":\"sessionId=a&phoneNumber=1&text=*%00%0A%FF&serviceCode=**\",\"reply\":\"CON a\x1b[31m\\tb\\nc\"}"))
	people := walletPeople()
	f.Fuzz(func(t *testing.T, source []byte) {
		found, _, err := record.ReadLog(source)
		if err != nil {
			t.Fatal(err)
		}
		file, _, err := record.Scripts("f.dial", record.Sessions(found), people, record.Judgement{})
		if err != nil {
			return // too many sessions
		}
		record.Loosen(file)
		text := dialscript.Format(file)
		if len(text) > dialscript.MaxFileBytes {
			return
		}
		again, bad := dialscript.Parse("f.dial", text)
		for _, b := range bad {
			if !strings.Contains(b.Message, "bytes") && !strings.Contains(b.Message, "steps") && !strings.Contains(b.Message, "lines") {
				t.Fatalf("%v\n%s", b, text)
			}
		}
		if len(bad) == 0 && len(again.Calls) != len(file.Calls) {
			t.Fatalf("%d calls, and %d are read\n%s", len(file.Calls), len(again.Calls), text)
		}
	})
}
