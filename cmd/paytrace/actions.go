package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/service"
)

type actionsCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

func (actionsCmd) Help() string {
	return `Lists each action with its parameters and every outcome that a menu must handle.

Example:
  paytrace actions`
}

// Run prints the contracts of all actions.
func (v actionsCmd) Run(ctx context.Context, std streams) error {
	box, err := service.NewSandbox(ctx, time.Now, nil)
	if err != nil {
		return err
	}
	defer box.Close()
	contracts := box.Actions.Contracts()
	if v.JSON {
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(describeAll(contracts))
	}
	return printContracts(std.out, contracts)
}

func printContracts(w io.Writer, contracts []engine.Contract) error {
	var b strings.Builder
	for i, c := range contracts {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s(%s)\n  %s\n", c.Name, fields(c.Params), c.About)
		for _, o := range c.Outcomes {
			fmt.Fprintf(&b, "  %-12s", o.Name)
			if len(o.Gives) > 0 {
				fmt.Fprintf(&b, " gives %s%s", fields(o.Gives), whose[o.Whose])
			}
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "  %-12s nothing happened, for certain\n  %-12s the result is not known in time\n", engine.Failed, engine.Pending)
		fmt.Fprintf(&b, "  takes at most %s%s\n", c.Takes, traits(c))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// whose says whose data an outcome gives.
var whose = map[engine.Whose]string{engine.WhoseOwn: " (the caller's own)", engine.WhoseOthers: " (of the number's owner)"}

func traits(c engine.Contract) string {
	out := ""
	for _, t := range []struct {
		holds bool
		words string
	}{{c.Reads, "changes nothing"}, {c.Money, "moves money"}, {c.SIMPrompt, "a SIM prompt follows"}} {
		if t.holds {
			out += ", " + t.words
		}
	}
	return out
}

func fields(list []engine.Field) string {
	parts := make([]string, len(list))
	for i, f := range list {
		parts[i] = f.Name + ": " + f.Type.String()
	}
	return strings.Join(parts, ", ")
}

// contractJSON is the form of a contract for programs.
type contractJSON struct {
	Name     string                 `json:"name"`
	About    string                 `json:"about"`
	Params   []fieldJSON            `json:"params"`
	Outcomes map[string][]fieldJSON `json:"outcomes"`
	Reads    bool                   `json:"reads"`
	Money    bool                   `json:"money"`
	SIM      bool                   `json:"sim_prompt"`
	TakesMS  int64                  `json:"takes_ms"`
}

type fieldJSON struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func describeAll(contracts []engine.Contract) []contractJSON {
	list := make([]contractJSON, 0, len(contracts))
	for _, c := range contracts {
		j := contractJSON{
			Name: c.Name, About: c.About, Params: describe(c.Params), Outcomes: map[string][]fieldJSON{},
			Reads: c.Reads, Money: c.Money, SIM: c.SIMPrompt, TakesMS: c.Takes.Milliseconds(),
		}
		for _, o := range c.Outcomes {
			j.Outcomes[o.Name] = describe(o.Gives)
		}
		list = append(list, j)
	}
	return list
}

func describe(list []engine.Field) []fieldJSON {
	out := make([]fieldJSON, 0, len(list))
	for _, f := range list {
		out = append(out, fieldJSON{f.Name, f.Type.String()})
	}
	return out
}
