package proof_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// chaosMenu writes in three of nine steps: the caller's own account, one for a
// friend, and a counted lookup of another person's number. A second run of any
// of them would leave a second trace.
const chaosMenu = `
ussd: 1
service: Chaos
dial: "*384*7#"
start: main
vars:
  phone: {type: phone}
  friend: {type: phone}
  other: {type: phone}
screens:
  main:
    say: What now?
    menu:
      1: Join -> phone_ask
      2: Leave -> bye
  phone_ask:
    say: Your number
    ask: phone -> create_account(phone)
    when: {created: joined, exists: there}
  joined: {say: "Joined as {worker_id}.", menu: {1: Bring a friend -> friend_ask, 2: Leave -> bye}}
  there: {say: There already., menu: {1: Bring a friend -> friend_ask, 2: Leave -> bye}}
  friend_ask:
    say: Your friend's number
    ask: friend -> create_account(friend)
    when: {created: brought, exists: known}
  brought: {say: "Brought {worker_id}.", menu: {1: Find -> other_ask, 2: Leave -> bye}}
  known: {say: Known already., menu: {1: Find -> other_ask, 2: Leave -> bye}}
  other_ask:
    say: Whose number?
    ask: other -> lookup_worker(other)
    when: {own: found, found: found, not_found: nobody}
  found:
    end: Found.
    sms: {to: caller, say: You found somebody.}
  nobody: {end: Nobody.}
  bye: {end: Bye.}
`

const (
	chaosCode = "*384*7#"
	// canaryPIN is what callers type where a number is asked for. Only the
	// gateway's own callbacks may hold it.
	canaryPIN = "90571683"
)

// chaosMenus returns a folder with the menu.
func chaosMenus(t testing.TB, source string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "chaos.yaml"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// scene is one input of a call and the screen that it leads to.
type scene struct {
	input string
	// asks matches the screen on which the input is typed. A caller whose record was
	// lost may get it once more instead of what follows, and types the input again.
	asks  *regexp.Regexp
	shows *regexp.Regexp
	// effects lists what this step does, in the names of effectsOf.
	effects []string
}

// neighbour is the number that every caller looks up.
const neighbour = "254733999999"

// These match the screens of the menu. A question that is asked again may have a line
// above it.
var (
	onMain    = regexp.MustCompile(`(?s)\ACON (.+\n)?What now\?.*\z`)
	onPhone   = regexp.MustCompile(`(?s)\ACON (.+\n)?Your number\z`)
	onWrong   = regexp.MustCompile(`(?s)\ACON .+\nYour number\z`)
	onJoined  = regexp.MustCompile(`(?s)\ACON (.+\n)?Joined as NW-[0-9A-F]{8}\.\n.*\z`)
	onFriend  = regexp.MustCompile(`(?s)\ACON (.+\n)?Your friend's number\z`)
	onBadly   = regexp.MustCompile(`(?s)\ACON .+\nYour friend's number\z`)
	onBrought = regexp.MustCompile(`(?s)\ACON (.+\n)?Brought NW-[0-9A-F]{8}\.\n.*\z`)
	onOther   = regexp.MustCompile(`(?s)\ACON (.+\n)?Whose number\?\z`)
	onFound   = regexp.MustCompile(`\AEND Found\.\z`)
	// onRefusal matches the screens that report no success.
	onRefusal = regexp.MustCompile(`\AEND (The service is busy|In progress|Your session has expired|The service was updated).*`)
)

// chaosCall lists what one caller does.
func chaosCall(phone, friend string) []scene {
	return []scene{
		{"", nil, onMain, nil},
		{"1", onMain, onPhone, nil},
		{canaryPIN, onPhone, onWrong, nil},
		{"0" + phone[3:], onPhone, onJoined, []string{"account " + phone, "welcome " + phone}},
		{"1", onJoined, onFriend, nil},
		{canaryPIN, onFriend, onBadly, nil},
		{"0" + friend[3:], onFriend, onBrought, []string{"account " + friend, "welcome " + friend, "register_other by " + phone}},
		{"1", onBrought, onOther, nil},
		{"0" + neighbour[3:], onOther, onFound, []string{"lookup_other by " + phone}},
	}
}
