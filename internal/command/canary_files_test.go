package command

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Logs and menus are entrances, too: these tests plant secrets in the files that the
// subcommands read, and search what they print.

// output runs a subcommand and collects what it prints.
func output(t *testing.T, found *sinks, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &out})
	found.add("printed by: "+strings.Join(args, " "), out.Bytes())
	return out.String()
}

// secretCanaries are those that no script and no diagnostic may have; names and amounts
// make a script.
func secretCanaries() (list []canary) {
	for _, c := range plantedCanaries() {
		switch c.what {
		case "PIN", "one-time code", "typed wallet secret", "number of the caller", "number of somebody else":
			list = append(list, c)
		}
	}
	return list
}

// Nothing that is planted in a log is in what record, replay and its messages say.
func TestCanariesInRecordedLogs(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("siri.yaml", siriMenu)
	write("actions.yaml", siriActions)
	write("people.yaml", "people:\n  Amina: {phone: 0712345678, pin: 1234}\n")
	var with, without bytes.Buffer
	line := func(session, code, text, response string) {
		one := map[string]string{"sessionId": session, "phoneNumber": "+" + plantedCaller, "serviceCode": code, "text": text}
		bare, _ := json.Marshal(one)
		one["response"] = response
		full, _ := json.Marshal(one)
		without.Write(append(bare, '\n'))
		with.Write(append(full, '\n'))
	}
	line("a", "*384*77#", "", "CON Siri. OTP: "+plantedCode)
	line("a", "*384*77#", "2", "CON Your code? It is not the code "+plantedCode+", +"+plantedOther)
	line("a", "*384*77#", "2*"+plantedCode, "END No. "+plantedCode+" "+plantedSeed+" 0"+plantedCaller[3:])
	line("b", "*384*77*2*"+plantedCode+"#", "", "END PIN "+plantedPIN)
	line("c", "*384*77#", "", "CON Siri")
	line("c", "*384*77#", plantedPIN, "CON Enter your PIN")
	line("c", "*384*77#", plantedPIN+"*"+plantedPIN, "END Password: "+plantedPIN)
	write("with.log", with.String())
	write("without.log", without.String())
	found := &sinks{all: map[string][]byte{}}
	if got := output(t, found, "record", "--from", "with.log"); !strings.Contains(got, "> *384*77#") {
		t.Errorf("nothing was recorded: %s", got)
	}
	output(t, found, "record", "--from", "with.log", "--yes")
	if got := output(t, found, "record", "--from", "without.log", "siri.yaml"); !strings.Contains(got, "> *384*77#") {
		t.Errorf("nothing was recorded: %s", got)
	}
	output(t, found, "record", "--from", "with.log", "siri.yaml")
	output(t, found, "record", "--from", "without.log")
	output(t, found, "replay", "without.log", "--from", "siri.yaml", "--to", "siri.yaml", "--json")
	output(t, found, "replay", "with.log", "--to", "siri.yaml")
	wantNoLeak(t, found, secretCanaries())
}

// A wallet's secret that somebody pasted into a menu is in no diagnostic.
func TestCanariesInMenus(t *testing.T) {
	t.Chdir(t.TempDir())
	menu := strings.NewReplacer("say: Siri", "say: Siri "+plantedSeed, "ask: who", "ask: "+plantedSeed, "start: main", "start: "+plantedSeed, "money 1", "money "+plantedSeed).Replace(siriMenu)
	if err := os.Mkdir("menus", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("menus/siri.yaml", []byte(menu), 0o600); err != nil {
		t.Fatal(err)
	}
	found := &sinks{all: map[string][]byte{}}
	for _, args := range [][]string{{"check"}, {"check", "--json"}, {"check", "--sarif"}, {"check", "--github"}, {"serve", "--port", "0"}, {"doctor"}, {"test"}} {
		output(t, found, args...)
	}
	if !strings.Contains(string(found.all["printed by: check"]), "xxxxxxxx") {
		t.Errorf("check shows no line with the secret, so nothing is tried:\n%s", found.all["printed by: check"])
	}
	wantNoLeak(t, found, secretCanaries())
}
