package record

import "testing"

// The thresholds of replay lie between what a person would call the same screen
// and another one.
func TestAlike(t *testing.T) {
	const (
		same  = iota // nothing but values differs: surelyTheSame
		words        // worded otherwise: between the two
		other        // another screen: below hardlyAlike
	)
	for _, c := range []struct {
		name, was, is string
		want          int
	}{
		{"the same", "Shop\n1. Prices\n2. Exit", "Shop\n1. Prices\n2. Exit", same},
		{"another amount and day", "Balance KES 500 on 01/03/2026", "Balance KES 1,500 on 02/03/2026", same},
		{"case and punctuation", "Shop: choose.", "SHOP choose", same},
		{"the navigation line", "Your balance is KES 5.\n0:Back 00:Home", "Your balance is KES 5.", same},
		{"a word more", "Withdraw how much?", "Withdraw how much today?", words},
		{"one line of three reworded", "Your account\n1. Balance\n2. Withdraw", "Your account\n1. Balance\n2. Take money out", words},
		{"another option", "Shop\n1. Prices\n2. Exit", "Shop\n1. Prices\n2. Opening hours\n3. Exit", words},
		{"another question", "Enter your PIN", "Withdraw how much?", other},
		{"an end for a menu", "Thank you for calling.", "Shop\n1. Prices\n2. Exit", other},
		{"another language", "Welcome to our shop", "Karibu kwenye duka letu", other},
		{"nothing for something", "Welcome to our shop", "", other},
	} {
		score := alike(wordsOf(c.was), wordsOf(c.is))
		got := words
		switch {
		case score >= surelyTheSame:
			got = same
		case score < hardlyAlike:
			got = other
		}
		if got != c.want {
			t.Errorf("%s: %.2f alike is %d, want %d", c.name, score, got, c.want)
		}
		if back := alike(wordsOf(c.is), wordsOf(c.was)); back != score {
			t.Errorf("%s: %.2f alike one way and %.2f the other", c.name, score, back)
		}
	}
}

// A screen is only taken for another one of the menu that is clearly more alike.
func TestNearest(t *testing.T) {
	screens := map[string][][]string{
		"pin":    {wordsOf("Enter your PIN"), wordsOf("Weka PIN yako")},
		"amount": {wordsOf("Withdraw how much?")},
		"again":  {wordsOf("Enter your PIN again")},
	}
	for _, c := range []struct {
		shown, want string
		clearly     bool // more than the next, "again"
	}{
		{"Enter your PIN", "pin", false},
		{"Weka PIN yako", "pin", true},
		{"Withdraw how much now?", "amount", true},
	} {
		shown := wordsOf(c.shown)
		name, score := nearest(shown, screens)
		if name != c.want {
			t.Errorf("%q is %s, want %s", c.shown, name, c.want)
		}
		if clearly := score > alike(shown, screens["again"][0])+clearlyMore; clearly != c.clearly {
			t.Errorf("%q is clearly %s: %v, want %v", c.shown, name, clearly, c.clearly)
		}
	}
}
