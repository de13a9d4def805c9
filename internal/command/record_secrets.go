package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
)

// withoutSecrets writes sessions as dial scripts without the secrets in them. It asks
// about texts that may be secrets, or refuses them where it can't ask.
func (v recordCmd) withoutSecrets(d *desk, calls []record.Recorded, std streams) (*dialscript.File, error) {
	judged := record.Judgement{Secret: map[string]bool{}, Plain: map[string]bool{}, AllPlain: v.Yes}
	if d.local != nil {
		judged.Kinds = func(c record.Recorded) []record.Kind {
			call := record.Undisguised(c, d.people)
			return record.Kinds(d.local.Menus, record.Answered(d.local.Menus, d.people, &call, func(c *dialscript.Call) dialscript.Result {
				return d.play(context.Background(), true)([]*dialscript.Call{c})[0]
			}))
		}
		for _, p := range d.local.Menus {
			for _, code := range p.Codes() {
				judged.Codes = append(judged.Codes, code.Dial)
			}
		}
	}
	file, doubts, err := record.Scripts(v.Out, calls, d.people, judged)
	if err != nil || len(doubts) == 0 {
		return file, err
	}
	if v.From == "-" || !isTerminal(std.in) {
		return nil, doubtful(doubts)
	}
	if err := judge(doubts, judged, std); err != nil {
		return nil, err
	}
	file, _, err = record.Scripts(v.Out, calls, d.people, judged)
	return file, err
}

// shownDoubts bounds the doubts that a refusal lists.
const shownDoubts = 20

// doubtful refuses a log with texts that may be secrets. It says where they are and
// not what they are.
func doubtful(doubts []record.Doubt) error {
	var b strings.Builder
	fmt.Fprintf(&b, "the log has %s that may be a secret, so nothing was written:\n", counted(len(doubts), "text", "texts"))
	for i, one := range doubts {
		if i == shownDoubts {
			fmt.Fprintf(&b, "  and %d more\n", len(doubts)-i)
			break
		}
		fmt.Fprintf(&b, "  the session that begins in line %d, input %d: %s %s\n", one.Line, one.Step, characters(one.Text), place(one))
	}
	b.WriteString("run record in a terminal, which asks about each, or add --yes if none of them is a secret")
	return misuse{errors.New(b.String())}
}

func place(d record.Doubt) string {
	if d.Shown {
		return "on the screen after it"
	}
	return "typed"
}

// characters describes a text without telling it.
func characters(text string) string {
	if strings.Trim(text, "0123456789") == "" {
		return fmt.Sprintf("%d digits", len(text))
	}
	return fmt.Sprintf("a word of %d letters", len([]rune(text)))
}

// judge asks about each text once.
func judge(doubts []record.Doubt, judged record.Judgement, std streams) error {
	answers := bufio.NewReader(std.in)
	for _, one := range doubts {
		if judged.Secret[one.Text] || judged.Plain[one.Text] {
			continue
		}
		for {
			fmt.Fprintf(std.err, "Line %d, input %d: is %q (%s) a secret? [y/n] ", one.Line, one.Step, one.Text, place(one))
			line, err := answers.ReadString('\n')
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = doubtful(doubts)
				}
				return err
			}
			switch strings.ToLower(strings.TrimSpace(line)) {
			case "y", "yes":
				judged.Secret[one.Text] = true
			case "n", "no":
				judged.Plain[one.Text] = true
			default:
				continue
			}
			break
		}
	}
	return nil
}
