package command

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/paytrace/paytrace/internal/service"
)

// named returns a text with the commands in it as users of the program type them.
func named(own service.Program, text string) string {
	if own.Name == "" {
		return text
	}
	return paytraceCommand.ReplaceAllString(text, strings.ReplaceAll(own.Name, "$", "$$")+"$1")
}

// paytraceCommand matches a command of paytrace in a text.
var paytraceCommand = regexp.MustCompile(`\bpaytrace( (?:--help|` + strings.Join(subcommandNames(), "|") + `)\b)`)

// subcommandNames lists the subcommands as users type them.
func subcommandNames() []string {
	var names []string
	table := reflect.TypeFor[subcommands]()
	for i := range table.NumField() {
		field := table.Field(i)
		names = append(names, cmp.Or(field.Tag.Get("name"), strings.ToLower(field.Name)))
	}
	return names
}

// complain prints an error in the name of the program.
func complain(std streams, err error) {
	fmt.Fprintf(std.err, "%s: %s\n", std.own.Called(), named(std.own, err.Error()))
}

// namedHelp prints the help of a subcommand.
func namedHelp(own service.Program) kong.HelpPrinter {
	return func(options kong.HelpOptions, ctx *kong.Context) error {
		out := ctx.Stdout
		defer func() { ctx.Stdout = out }()
		var help bytes.Buffer
		ctx.Stdout = &help
		if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
			return err
		}
		_, err := io.WriteString(out, named(own, help.String()))
		return err
	}
}

// calledFromHere returns what users type to call the program from the working folder.
func calledFromHere(own service.Program) string {
	if own.Name != "" {
		return own.Name
	}
	if _, err := os.Stat("bin/paytrace"); err == nil {
		return "bin/paytrace"
	}
	if _, err := os.Stat("cmd/paytrace"); err == nil {
		return "go run ./cmd/paytrace"
	}
	return "paytrace"
}
