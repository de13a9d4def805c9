package record

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/secret"
)

func people() *engine.Personas {
	return &engine.Personas{List: []engine.Persona{{Name: "Amina", Phone: "254712345678", PIN: secret.New("1234")}}}
}

// session makes a recorded session of inputs and the screens after them; a screen of
// "-" is not in the log.
func session(pairs ...string) Recorded {
	c := Recorded{Line: 7, Session: "s", Phone: "254733999888"}
	for i := 0; i < len(pairs); i += 2 {
		s := RecordedStep{Typed: pairs[i], Answer: pairs[i+1], Answered: pairs[i+1] != "-"}
		if !s.Answered {
			s.Answer = ""
		}
		c.Steps = append(c.Steps, s)
	}
	return c
}

// written returns the script of one session, and its doubts as STEP:TEXT, with ">" for
// what was typed and "|" for what is on a screen.
func written(t *testing.T, c Recorded, j Judgement) (text string, doubts []string) {
	t.Helper()
	file, unsure, err := Scripts("x.dial", []Recorded{c}, people(), j)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range unsure {
		mark := ">"
		if d.Shown {
			mark = "|"
		}
		if d.Line != 7 {
			t.Errorf("the doubt about %q is in line %d", d.Text, d.Line)
		}
		doubts = append(doubts, fmt.Sprint(d.Step, mark, d.Text))
	}
	return string(dialscript.Format(file)), doubts
}

// A secret that is found is nowhere in its session: not in the code, not in the title,
// not on an earlier or later screen.
func TestSecretsAreReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		session Recorded
		gone    []string
		stays   []string
		doubts  []string
	}{
		"a PIN that a screen repeats": {
			session("*500#", "Hi", "1", "Weka PIN yako", "8642", "Your PIN was 8642.", "8642", "Bye 8642"),
			[]string{"8642"},
			nil, nil,
		},
		"a PIN dialled behind the code": {
			session("*500*1*95847301#", "Done 95847301"), []string{"95847301"}, []string{"*500*1*"}, nil,
		},
		"a PIN in place of a code":           {session("*958473#", "Sorry"), []string{"958473"}, nil, nil},
		"a code of two parts":                {session("*384*8481#", "Hi"), nil, []string{"*384*8481#"}, nil},
		"an earlier screen shows it":         {session("*500#", "Use 8642 next", "1", "Enter your pin", "8642", "ok"), []string{"8642"}, nil, nil},
		"no screens":                         {session("*500#", "-", "1", "-", "8642", "-", "500", "-"), []string{"8642"}, []string{"> 500"}, nil},
		"a code in an answer":                {session("*500#", "Your OTP is 958473. Enter it", "958473", "Thanks"), []string{"958473"}, nil, nil},
		"a code with letters":                {session("*500#", "Code: AB12x9\nEnter it", "AB12x9", "Thanks ab12X9"), []string{"AB12x9", "ab12X9"}, nil, nil},
		"a password":                         {session("*500#", "Enter your password", "simba-mkubwa", "Wrong: simba-mkubwa"), []string{"simba"}, nil, nil},
		"siri":                               {session("*500#", "Siri yako ni tembo.\n1. Sawa", "1", "-"), []string{"tembo"}, []string{"1. Sawa"}, nil},
		"neno la siri":                       {session("*500#", "Neno lako la siri: Tembo7", "1", "-"), []string{"Tembo7"}, nil, nil},
		"a password told":                    {session("*500#", `Your new password is "kifaru"`, "1", "-"), []string{"kifaru"}, nil, nil},
		"no code is told":                    {session("*500#", "The code is wrong.\nEnter your code", "1", "Your code was sent by SMS. PIN 4 digits"), nil, []string{"is wrong", "was sent by", "PIN 4 digits"}, nil},
		"a word behind code":                 {session("*500#", "Your code is simba today", "1", "-"), nil, []string{"simba"}, []string{"1|simba"}},
		"digits on a screen":                 {session("*500#", "Ref 83920175 done", "1", "-"), nil, nil, []string{"1|83920175"}},
		"harmless digits":                    {session("*500#", "KES 1500, 2500.00 and Ksh. 3,500 on 01/03/2026, 2026-03-01, 5 March 2026. Dial *384*8481#", "1", "QX81AB7K 254 733 999 888"), nil, []string{"KES 1500"}, nil},
		"digits typed where nothing asks":    {session("*500#", "1. Send\n2. Buy", "7391", "Wrong"), nil, nil, []string{"2>7391"}},
		"an amount":                          {session("*500#", "Enter the amount", "1500", "KES 1500 sent"), nil, []string{"> 1500"}, nil},
		"an amount that is the PIN":          {session("*500#", "Enter the amount", "1500", "Enter PIN", "1500", "ok"), []string{"1500"}, nil, nil},
		"a key on a screen that asks a PIN":  {session("*500#", "Enter PIN or 0 to go back", "0", "Hi"), nil, []string{"> 0\n"}, nil},
		"a wallet's secret":                  {session("*500#", "Hi", "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN", "Got SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN"), []string{"SBGWSG"}, nil, nil},
		"digits within others stay":          {session("*500#", "Enter PIN", "8642", "Receipt X86421"), []string{"> 8642"}, []string{"X86421"}, nil},
		"a secret of the last input, latest": {session("*500*8642#", "Enter PIN", "8642", "ok"), []string{"8642"}, nil, nil},
	} {
		text, doubts := written(t, c.session, Judgement{})
		for _, gone := range c.gone {
			if strings.Contains(text, gone) {
				t.Errorf("%s: %q is in the script:\n%s", name, gone, text)
			}
		}
		for _, stays := range c.stays {
			if !strings.Contains(text, stays) {
				t.Errorf("%s: %q is gone:\n%s", name, stays, text)
			}
		}
		if diff := cmp.Diff(c.doubts, doubts); diff != "" {
			t.Errorf("%s: the doubts differ:\n%s", name, diff)
		}
	}
}

// The types of the menu decide, and not the words of its screens.
func TestTheMenuSaysWhatIsSecret(t *testing.T) {
	c := session("*500*4711*95847301#", "Hi", "8642", "Enter PIN", "1500", "Name?", "simba", "ok", "7391", "ok")
	text, doubts := written(t, c, Judgement{
		Kinds: func(Recorded) []Kind { return []Kind{KindUnknown, KindSecret, KindPlain, KindSecret, KindOption} }, Codes: []string{"*500*4711#"},
	})
	for _, gone := range []string{"8642", "simba", "7391", "95847301"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is in the script:\n%s", gone, text)
		}
	}
	if !strings.Contains(text, "> 1500") || !strings.Contains(text, "> *500*4711*") || len(doubts) > 0 {
		t.Errorf("doubts: %v\n%s", doubts, text)
	}
}

// A person decides what is in doubt.
func TestJudgedTexts(t *testing.T) {
	c := session("*500#", "Ref 83920175", "7391", "Hi 7391")
	if text, doubts := written(t, c, Judgement{AllPlain: true}); len(doubts) > 0 || !strings.Contains(text, "83920175") {
		t.Errorf("doubts: %v\n%s", doubts, text)
	}
	text, doubts := written(t, c, Judgement{Secret: map[string]bool{"7391": true}, Plain: map[string]bool{"83920175": true}})
	if len(doubts) > 0 || strings.Contains(text, "7391") || !strings.Contains(text, "83920175") {
		t.Errorf("doubts: %v\n%s", doubts, text)
	}
}
