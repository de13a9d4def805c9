package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service"
)

type actionsCmd struct {
	List   actionsListCmd   `cmd:"" default:"withargs" help:"List the actions that menus can use (the default)."`
	Verify actionsVerifyCmd `cmd:"" help:"Try everything on a backend that the service relies on."`
}

func (actionsCmd) Help() string { return "Example:\n  paytrace actions" }

type actionsListCmd struct {
	Menus   string `help:"Folder of menus, as for serve; its actions.yaml declares further actions." placeholder:"DIR"`
	JSON    bool   `name:"json" xor:"form" help:"Print JSON."`
	OpenAPI bool   `name:"openapi" xor:"form" help:"Print the OpenAPI document of what a backend has to answer."`
}

func (actionsListCmd) Help() string {
	return `Lists each action with its parameters and every outcome that a menu must handle:
those of the program, and those that actions.yaml declares. With --openapi, it
prints what the backend has to answer, so that its team can generate stubs.

Examples:
  paytrace actions
  paytrace actions --openapi > backend.json`
}

// Run prints the contracts of all actions.
func (v actionsListCmd) Run(ctx context.Context, std streams) error {
	built, err := std.own.Contracts()
	if err != nil {
		return err
	}
	folder, declared, err := declaredIn(std.own, v.Menus, std.err)
	if err != nil {
		return err
	}
	defer folder.Close()
	if v.OpenAPI {
		return v.openAPI(folder, declared, std.out)
	}
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		return err
	}
	if v.JSON {
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(describeAll(contracts, declared))
	}
	return printContracts(std.out, contracts, len(built), declared)
}

func (v actionsListCmd) openAPI(folder *service.Folder, declared syntax.Declared, out io.Writer) error {
	list := service.Served(declared)
	if len(list) == 0 {
		return misuse{fmt.Errorf("%s has no action with the line \"post\"; add it to those that a backend answers", folder.Path(syntax.DeclaredFile))}
	}
	doc, err := backend.OpenAPI("Actions of "+folder.Shown, list, declared.ServeAt)
	if err == nil {
		_, err = out.Write(doc)
	}
	return err
}

// declaredIn opens a folder of menus and reads its actions.yaml.
func declaredIn(own service.Program, dir string, w io.Writer) (*service.Folder, syntax.Declared, error) {
	folder, err := own.OpenFolder(dir)
	if err != nil {
		return nil, syntax.Declared{}, err
	}
	declared, err := folder.Declared(w)
	if err != nil {
		folder.Close()
	}
	return folder, declared, err
}

// printContracts prints contracts. The first of them, built in number, are those of the
// program.
func printContracts(w io.Writer, contracts []engine.Contract, built int, declared syntax.Declared) error {
	var b strings.Builder
	for i, c := range contracts {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s(%s)\n", c.Name, fields(c.Params))
		if c.About != "" {
			fmt.Fprintf(&b, "  %s\n", c.About)
		}
		for _, o := range c.Outcomes {
			fmt.Fprintf(&b, "  %-12s", o.Name)
			if len(o.Gives) > 0 {
				fmt.Fprintf(&b, " gives %s%s", fields(o.Gives), whose[o.Whose])
			}
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "  %-12s nothing happened, for certain\n", engine.Failed)
		if !c.Reads {
			fmt.Fprintf(&b, "  %-12s the result is not known in time\n", engine.Pending)
		}
		fmt.Fprintf(&b, "  takes at most %s%s\n", c.Takes, traits(c))
		if i >= built {
			fmt.Fprintf(&b, "  %s\n", service.PostedTo(declared, c.Name))
			if c.TellsLate && declared.Answers(c) {
				b.WriteString("  an SMS tells an outcome that comes after the call\n")
			}
		}
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
	}{{c.Reads, "changes nothing"}, {c.Money, "moves money"}, {c.SIMPrompt, "a SIM prompt follows"}, {c.SendsSMS, "sends an SMS"}} {
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
	SendsSMS bool                   `json:"sends_sms"`
	// TellsLate says that an SMS tells the caller an outcome that comes after the call.
	TellsLate bool  `json:"tells_late"`
	TakesMS   int64 `json:"takes_ms"`
	// Post is the address at which a backend answers it, as actions.yaml has it.
	Post string `json:"post,omitempty"`
}

type fieldJSON struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func describeAll(contracts []engine.Contract, declared syntax.Declared) []contractJSON {
	list := make([]contractJSON, 0, len(contracts))
	for _, c := range contracts {
		j := contractJSON{
			Name: c.Name, About: c.About, Params: describe(c.Params), Outcomes: map[string][]fieldJSON{},
			Reads: c.Reads, Money: c.Money, SIM: c.SIMPrompt, SendsSMS: c.SendsSMS, TellsLate: c.TellsLate, TakesMS: c.Takes.Milliseconds(),
		}
		for _, o := range c.Outcomes {
			j.Outcomes[o.Name] = describe(o.Gives)
		}
		for _, post := range declared.Posts {
			if post.Action == c.Name {
				j.Post = post.To.String()
			}
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
