package syntax

import (
	"strings"
	"testing"
	"testing/fstest"
)

// Each wrong time of "resume" gets the advice that helps.
func TestResumeAdvice(t *testing.T) {
	for _, c := range []struct{ written, message, help string }{
		{"48h", `"48h" is too long: a dropped call can be resumed for a day at most.`, `Write "24h" or less.`},
		{"24h1s", `"24h1s" is too long: a dropped call can be resumed for a day at most.`, `Write "24h" or less.`},
		{"2d", `"2d" is not a time.`, `A dropped call can be resumed for a day at most: write "24h" or less.`},
		{"1 day", `"1 day" is not a time.`, `Write "24h".`},
		{"5 minutes", `"5 minutes" is not a time.`, `Write "5m".`},
		{"90 sec", `"90 sec" is not a time.`, `Write "90s".`},
		{"300", `"300" is not a time.`, `Say of what: "300s" are seconds, "300m" minutes.`},
		{"0s", `"0s" is too short: a caller needs time to dial again.`, `Write "none" if a dropped call is never resumed.`},
		{"-5m", `"-5m" is too short: a caller needs time to dial again.`, `Write "none" if a dropped call is never resumed.`},
		{"soon", `"soon" is not a time.`, `Write seconds, minutes or hours: "90s", "5m", "1h"; or "none".`},
	} {
		menu := "ussd: 1\nservice: S\ndial: \"*1#\"\nstart: a\nsession: {resume: " + c.written + "}\nscreens:\n  a:\n    end: Bye.\n"
		_, found := Read(fstest.MapFS{"m.yaml": {Data: []byte(menu)}}, "m.yaml", "")
		if len(found) != 1 || found[0].Code != "U003" || found[0].Pos.Line != 5 || found[0].Message != c.message || found[0].Help != c.help {
			t.Errorf("%s: got %v", c.written, found)
		}
	}
	for _, right := range []string{"24h", "90s", "5m", "1h30m", "none"} {
		menu := "ussd: 1\nservice: S\ndial: \"*1#\"\nstart: a\nsession: {resume: " + strings.TrimSpace(right) + "}\nscreens:\n  a:\n    end: Bye.\n"
		if _, found := Read(fstest.MapFS{"m.yaml": {Data: []byte(menu)}}, "m.yaml", ""); len(found) > 0 {
			t.Errorf("%s: got %v", right, found)
		}
	}
}
