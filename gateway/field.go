package gateway

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/msisdn"
)

// Text checks all that a caller typed, joined with "*", and returns it as the
// engine wants it. Control characters are refused: no keypad has them, and they
// would reach SMS and other people's screens.
//
// One "#" at the end of an input is dropped: it ended the caller's typing and is
// no part of the answer, and handsets and operators differ in who takes it off.
// It is dropped at every input, because what follows "1#" is "1#*2", and the
// session would look like another one.
//
// An error is a *Refusal; name is the field's name in it.
func Text(name, text string) (string, error) {
	if len(text) > MaxText {
		return "", Refuse("The field %s has %d bytes; at most %d are allowed.", name, len(text), MaxText)
	}
	if text == "" {
		return "", nil
	}
	if n := strings.Count(text, "*") + 1; n > MaxInputs {
		return "", Refuse("The field %s has %d inputs; at most %d are allowed.", name, n, MaxInputs)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", Refuse("The field %s holds a control character.", name)
	}
	text = dropHashes(text)
	for rest, more := text, true; more; {
		var input string
		input, rest, more = strings.Cut(rest, "*")
		if n := utf8.RuneCountInString(input); n > MaxInput {
			return "", Refuse("An input in the field %s has %d characters; at most %d are allowed.", name, n, MaxInput)
		}
	}
	return text, nil
}

func dropHashes(text string) string {
	if strings.IndexByte(text, '#') < 0 {
		return text
	}
	return strings.TrimSuffix(strings.ReplaceAll(text, "#*", "*"), "#")
}

// Caller reads the number the network vouches for and returns its digits, as
// "254712345678". It may be of any country; "+254…", "254…" and " 254…" are
// understood, the last being a plus sign that was sent without its escape.
// A number in a national format is refused: whose country would it be?
//
// An error is a *Refusal; name is the field's name in it.
func Caller(name, number string) (string, error) {
	digits, ok := msisdn.Digits(strings.TrimSpace(number))
	if !ok {
		return "", Refuse("The field %s is no phone number in international format, such as +254712345678.", name)
	}
	return digits, nil
}

// Session checks a gateway's session ID: 1 to MaxSession characters that mean
// nothing to a record store, a log or a URL.
//
// An error is a *Refusal; name is the field's name in it.
func Session(name, id string) (string, error) {
	if id == "" || len(id) > MaxSession {
		return "", Refuse("The field %s has %d characters; 1 to %d are expected.", name, len(id), MaxSession)
	}
	for i := 0; i < len(id); i++ {
		if !sessionByte(id[i]) {
			return "", Refuse("The field %s has a character that is neither a letter nor a digit nor one of ._:~@+=/- in it.", name)
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

// Service checks a dialled code, as "*384*8481#", and takes the spaces around it
// off. It need not be one that is served: that is for the engine to say.
//
// An error is a *Refusal; name is the field's name in it.
func Service(name, code string) (string, error) {
	code = strings.TrimSpace(code)
	if code == "" || len(code) > MaxService || !visible(code) {
		return "", Refuse("The field %s is no service code, such as *384*8481#.", name)
	}
	return code, nil
}

// Network checks an operator's code, which may be empty and is opaque.
//
// An error is a *Refusal; name is the field's name in it.
func Network(name, code string) (string, error) {
	code = strings.TrimSpace(code)
	if len(code) > MaxNetwork || !visible(code) {
		return "", Refuse("The field %s is no operator's code, such as 63902.", name)
	}
	return code, nil
}

// visible says whether s is ASCII without spaces and controls.
func visible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
