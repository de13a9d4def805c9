package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/internal/service"
)

type doctorCmd struct {
	Menus   string        `help:"Folder of menus, as for serve." placeholder:"DIR"`
	Timeout time.Duration `default:"5s" help:"How long one question may take."`
	JSON    bool          `name:"json" help:"Print JSON."`
}

func (doctorCmd) Help() string {
	return `Checks everything that "serve" needs with the same settings: database and its
version, Redis and what it evicts, clocks, keys and whether they open the
wallets, menus, Horizon, SMS. It changes nothing and shows no secret.

The exit status is 1 if something is wrong. Warnings do not change it.

Example:
  paytrace doctor`
}

type doctorReport struct {
	OK     bool            `json:"ok"`
	Checks []service.Check `json:"checks"`
}

// Run checks the settings and what they name.
func (v doctorCmd) Run(ctx context.Context, std streams) error {
	settings, err := service.ToServe()
	d := &service.Doctor{Settings: settings, Program: std.own, Menus: v.Menus, Timeout: v.Timeout}
	if err != nil {
		return v.print(d.Unreadable(err), std)
	}
	return v.print(d.Examine(ctx), std)
}

func (v doctorCmd) print(list []service.Check, std streams) error {
	report := doctorReport{OK: true, Checks: list}
	for i, c := range list {
		list[i].Fix = named(std.own, c.Fix)
		report.OK = report.OK && c.State != service.StateWrong
	}
	var err error
	if v.JSON {
		err = json.NewEncoder(std.out).Encode(report)
	} else {
		err = report.print(std.out)
	}
	if err == nil && !report.OK {
		return outcome{exitDiagnostics}
	}
	return err
}

func (r doctorReport) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	count := map[service.State]int{}
	for _, c := range r.Checks {
		count[c.State]++
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.State, c.Name, indented(c.Found))
		if c.Fix != "" {
			fmt.Fprintf(w, "\t\tfix: %s\n", indented(c.Fix))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%d wrong, %d warnings\n", count[service.StateWrong], count[service.StateWarning])
	return err
}

// indented keeps a text of several lines in its column.
func indented(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t\t") }
