package africastalking_test

import (
	"errors"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
)

// TestCallbackRoundTrip checks that Decode reads what Callback makes.
func TestCallbackRoundTrip(t *testing.T) {
	want := engine.Request{
		Provider: africastalking.Name, Session: "ATUid_1", Caller: "254712345678", Service: "*384*8481#",
		Network: africastalking.SandboxNetwork, Text: "1*a b&c+d**é",
	}
	r := africastalking.Codec{}.Callback(gateway.Call{Request: want})
	if got := string(r.Body); got != "phoneNumber=%2B254712345678&serviceCode=%2A384%2A8481%23&text=1%2Aa+b%26c%2Bd%2A%2A%C3%A9&sessionId=ATUid_1&networkCode=99999" {
		t.Error(got)
	}
	got, err := africastalking.Codec{}.Decode(r)
	if err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
}

func TestScreen(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		text   string
		end    bool
		bad    bool
	}{
		{200, "CON Hello\n1. Yes", "Hello\n1. Yes", false, false},
		{200, "END Bye\r\n", "Bye", true, false},
		{200, "CON\nHello\n\n", "Hello", false, false},
		{200, "END  two", " two", true, false},
		{200, " CON Hello", "", false, true},
		{200, "\ufeffCON Hello", "", false, true},
		{200, "con Hello", "", false, true},
		{200, "CONTINUE", "", false, true},
		{200, "CON ", "", false, true},
		{200, "", "", false, true},
		{200, "END \xff", "", false, true},
		{500, "END Bye", "", false, true},
	} {
		text, end, err := africastalking.Codec{}.Screen(c.status, nil, []byte(c.body))
		if text != c.text || end != c.end || errors.Is(err, gateway.ErrNoScreen) != c.bad {
			t.Errorf("%d %q: %q %v %v", c.status, c.body, text, end, err)
		}
	}
	long := append([]byte("END "), make([]byte, gateway.MaxBody)...)
	if _, _, err := (africastalking.Codec{}).Screen(200, nil, long); !errors.Is(err, gateway.ErrNoScreen) {
		t.Error("an answer that is too long is shown")
	}
}
