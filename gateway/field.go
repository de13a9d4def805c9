package gateway

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// Limits of one callback; a real one has about 150 bytes. A value over its limit is
// refused and not cut, because two readers could read a cut value differently.
const (
	// MaxBody bounds the bytes of a body. Two bodies must fit: a text of MaxText
	// bytes with every byte percent-encoded, and an end-of-session event that
	// repeats the text beside the last screen.
	MaxBody = 60 << 10
	// MaxFields bounds the fields of a form. Callbacks have 5, events 14.
	MaxFields = 16
	// MaxText bounds the decoded bytes that a caller typed in one session: dozens of
	// answers as long as a screen, in a script of three bytes a letter. In 180
	// seconds a keypad makes far fewer.
	MaxText = 16 << 10
	// MaxInputs bounds the inputs in one text. Nobody answers 64 screens in 180
	// seconds.
	MaxInputs = 64
	// MaxInput bounds the characters of one input. A handset's input line has 160.
	MaxInput = 160
	// MaxSession bounds the bytes of a session ID, which is a key of records. The
	// longest known one, of Africa's Talking, has 38.
	MaxSession = 128
	// MaxService bounds the bytes of a dialled code, which is one line of a
	// handset.
	MaxService = 160
	// MaxNetwork bounds the bytes of an operator's code. Codes have 5 digits, but
	// some gateways send names.
	MaxNetwork = 32
)

// Text checks everything a caller typed, joined with "*", and returns it in the
// engine's form. Line ends and tabs, which some handsets send behind an answer,
// become spaces. It refuses other control characters: no keypad has them, and they
// would reach SMS and other people's screens.
//
// It drops one "#" at the end of every input. The "#" ends the caller's typing
// and is no part of the answer; handsets and operators differ in who removes it.
// All inputs need this, not only the last: the next text after "1#" is "1#*2",
// and the two must begin alike.
//
// An error is a *Refusal that is Typed; name is the field's name in it.
func Text(name, text string) (string, error) {
	if len(text) > MaxText {
		return "", refuseTyped("The field %s has %d bytes; at most %d are allowed.", name, len(text), MaxText)
	}
	if text == "" {
		return "", nil
	}
	if n := strings.Count(text, "*") + 1; n > MaxInputs {
		return "", refuseTyped("The field %s has %d inputs; at most %d are allowed.", name, n, MaxInputs)
	}
	text = lineEnds.Replace(text)
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", refuseUnreadable("The field %s has a control character.", name)
	}
	text = dropHashes(text)
	for rest, more := text, true; more; {
		var input string
		input, rest, more = strings.Cut(rest, "*")
		if n := utf8.RuneCountInString(input); n > MaxInput {
			return "", refuseTyped("An input in the field %s has %d characters; at most %d are allowed.", name, n, MaxInput)
		}
	}
	return text, nil
}

var lineEnds = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ")

func dropHashes(text string) string {
	if strings.IndexByte(text, '#') < 0 {
		return text
	}
	inputs := strings.Split(text, "*")
	for i, input := range inputs {
		inputs[i] = strings.TrimSuffix(strings.TrimRight(input, " "), "#")
	}
	return strings.Join(inputs, "*")
}

// Caller reads the number that the network vouches for and returns its digits,
// such as "254712345678". It accepts "+254…", "254…" and " 254…" of any country;
// the last is a plus sign that was sent without its escape. It refuses a number in
// a national format, because the country would be unknown.
//
// An error is a *Refusal; name is the field's name in it.
func Caller(name, number string) (string, error) {
	digits, ok := msisdn.Digits(strings.TrimSpace(number))
	if !ok {
		return "", Refuse("The field %s is not a phone number in international format, such as +254712345678.", name)
	}
	return digits, nil
}

// Session checks a gateway's session ID: 1 to MaxSession characters that have no
// special meaning in a record store, a log or a URL.
//
// An error is a *Refusal; name is the field's name in it.
func Session(name, id string) (string, error) {
	if id == "" || len(id) > MaxSession {
		return "", Refuse("The field %s has %d characters; 1 to %d are expected.", name, len(id), MaxSession)
	}
	for i := 0; i < len(id); i++ {
		if !sessionByte(id[i]) {
			return "", Refuse("The field %s may have only letters, digits and the characters ._:~@+=/- in it.", name)
		}
	}
	return id, nil
}

func sessionByte(b byte) bool {
	switch {
	case 'a' <= b|0x20 && b|0x20 <= 'z', '0' <= b && b <= '9':
		return true
	}
	return strings.IndexByte("._:~@+=/-", b) >= 0
}

// Service checks a dialled code and returns it as people dial it, such as
// "*384*8481#", however the gateway spells it: 384*8481, with spaces, with an
// escaped "#". The engine decides whether the code is served.
//
// An error is a *Refusal; name is the field's name in it.
func Service(name, code string) (string, error) {
	code = engine.DialledCode(code)
	if len(code) > MaxService {
		return "", refuseTyped("The field %s has %d bytes; at most %d are allowed.", name, len(code), MaxService)
	}
	if code == "" {
		return "", Refuse("The field %s is not a service code, such as *384*8481#.", name)
	}
	if !visible(code) {
		return "", refuseUnreadable("The field %s has a character that no service code has, such as *384*8481#.", name)
	}
	return code, nil
}

// Network checks an operator's code. It is opaque and may be empty.
//
// An error is a *Refusal; name is the field's name in it.
func Network(name, code string) (string, error) {
	code = strings.TrimSpace(code)
	if len(code) > MaxNetwork || !visible(code) {
		return "", Refuse("The field %s is not an operator's code, such as 63902.", name)
	}
	return code, nil
}

// visible reports whether s is ASCII without spaces and control characters.
func visible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Input checks one input of a gateway that sends only the last one, and returns it as Text
// returns an input. A star is a character like any other there.
//
// An error is a *Refusal that is Typed; name is the field's name in it.
func Input(name, input string) (string, error) {
	if len(input) > MaxText {
		return "", refuseTyped("The field %s has %d bytes; at most %d are allowed.", name, len(input), MaxText)
	}
	input = lineEnds.Replace(input)
	if strings.ContainsFunc(input, unicode.IsControl) {
		return "", refuseUnreadable("The field %s has a control character.", name)
	}
	if strings.HasSuffix(strings.TrimRight(input, " "), "#") {
		input = strings.TrimSuffix(strings.TrimRight(input, " "), "#")
	}
	if n := utf8.RuneCountInString(input); n > MaxInput {
		return "", refuseTyped("The field %s has %d characters; at most %d are allowed.", name, n, MaxInput)
	}
	return input, nil
}
