package dialscript_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// walletWith is the wallet of testdata/play with words or arrows changed.
func walletWith(t *testing.T, changes ...string) []*engine.Program {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"wallet.yaml", "wallet.sw.yaml"} {
		source, err := os.ReadFile("testdata/play/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(source)
		for i := 0; i < len(changes); i += 2 {
			text = strings.ReplaceAll(text, changes[i], changes[i+1])
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	file, _ := syntax.Read(fsys, "wallet.yaml", "")
	p, err := compile.Compile(file, walletContracts(t), menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return []*engine.Program{p}
}

// logOf are calls as a service that is not ours would have logged them.
func logOf(calls ...[]string) string {
	var b strings.Builder
	for n, call := range calls {
		text := ""
		for i, answer := range call {
			typed, screen, _ := strings.Cut(answer, ">")
			if i == 1 {
				text = typed
			} else if i > 1 {
				text += "*" + typed
			}
			fmt.Fprintf(&b, "sessionId=s%d&phoneNumber=%%2B254733111222&serviceCode=%%2A384%%2A8481%%23&text=%s\n%s\n", n, text, screen)
		}
	}
	return b.String()
}

// withdrawn is a withdrawal with another amount, fee, person and reference than
// people.yaml has, and a PIN that was wrong at first.
var withdrawn = []string{
	">CON PayTrace\n1. Language\n2. Balance\n3. Withdraw",
	"3>CON Withdraw how much?\n0:Back 00:Home",
	"700>CON Withdraw KES 700 to 0733111222?\nFee KES 33. Total KES 733.\n1. Yes\n2. No\n0:Back 00:Home",
	"1>CON Enter your PayTrace PIN\n0:Back 00:Home",
	"8642>CON Wrong PIN.\nEnter your PayTrace PIN\n0:Back 00:Home",
	"9753>END Sent KES 700 to 0733111222. Ref QX81AB.",
}

var wrongKey = []string{
	">CON PayTrace\n1. Language\n2. Balance\n3. Withdraw",
	"1>CON Choose language\n1. English\n2. Kiswahili\n0:Back 00:Home",
}

func replayed(t *testing.T, log string, from, to []*engine.Program) []record.Replayed {
	t.Helper()
	found, _, err := record.ReadLog([]byte(log))
	if err != nil {
		t.Fatal(err)
	}
	people := walletPeople()
	file, _, err := record.Scripts("log", record.Sessions(found), people, record.Judgement{})
	if err != nil {
		t.Fatal(err)
	}
	player := &dialscript.Player{Codes: []string{"*384*8481#", "*384*8481*9#"}, KeepGoing: true, Now: time.Now}
	r := &record.Replayer{People: people, From: from, To: to, Play: func(menus []*engine.Program, call *dialscript.Call) dialscript.Result {
		return dialscript.Run(t.Context(), player, &dialscript.InProcess{Menus: menus, NewRecords: newRecords}, people, []*dialscript.Call{call}, dialscript.Options{})[0]
	}}
	var out []record.Replayed
	for i := range file.Calls {
		out = append(out, r.Replay(&file.Calls[i]))
	}
	return out
}

// TestReplay: what the actions answered is found from the screens, with the
// values they show, and each change of the menu gets its verdict.
func TestReplay(t *testing.T) {
	log := logOf(withdrawn, wrongKey)
	bare := logOf(
		[]string{">", "3>", "700>", "1>"},
		[]string{">", "1>"},
	)
	for name, c := range map[string]struct {
		log      string
		from, to []*engine.Program
		want     string
	}{
		"itself":              {log, nil, walletWith(t), "2 sessions: 2 same, 0 other words, 0 other way, 0 broken"},
		"reworded":            {log, nil, walletWith(t, "Enter your PayTrace PIN", "Type your PayTrace PIN now"), "2 sessions: 1 same, 1 other words, 0 other way, 0 broken"},
		"another way":         {log, nil, walletWith(t, "Language -> language", "Language -> withdraw"), "2 sessions: 1 same, 0 other words, 1 other way, 0 broken"},
		"a smaller limit":     {log, nil, walletWith(t, "money 10..70000", "money 10..500"), "2 sessions: 1 same, 0 other words, 0 other way, 1 broken"},
		"an option less":      {log, nil, walletWith(t, "      1: Language -> language\n", "", "account.1: Lugha\n", ""), "2 sessions: 0 same, 1 other words, 0 other way, 1 broken"},
		"bare, unknown":       {bare, nil, walletWith(t), "2 sessions: 0 same, 0 other words, 0 other way, 0 broken, 2 not checked"},
		"bare, itself":        {bare, walletWith(t), walletWith(t), "2 sessions: 2 same, 0 other words, 0 other way, 0 broken"},
		"bare, reworded":      {bare, walletWith(t), walletWith(t, "Withdraw how much?", "How much money?"), "2 sessions: 1 same, 1 other words, 0 other way, 0 broken"},
		"bare, another way":   {bare, walletWith(t), walletWith(t, "Language -> language", "Language -> withdraw"), "2 sessions: 1 same, 0 other words, 1 other way, 0 broken"},
		"bare, smaller limit": {bare, walletWith(t), walletWith(t, "money 10..70000", "money 10..500"), "2 sessions: 1 same, 0 other words, 0 other way, 1 broken"},
	} {
		t.Run(name, func(t *testing.T) {
			list := replayed(t, c.log, c.from, c.to)
			if diff := cmp.Diff(c.want, record.ReplaySummary(list)); diff != "" {
				var out bytes.Buffer
				if err := record.ReplayText(&out, list); err != nil {
					t.Fatal(err)
				}
				t.Errorf("%s\n%s", diff, out.String())
			}
		})
	}
}
