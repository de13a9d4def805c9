// Supply says what the program is made of: the modules that are linked into it, their
// licences, and whether two builds of it are the same.
//
//	go run ./internal/supply licences         # refuse a licence that is not allowed
//	go run ./internal/supply notice           # write NOTICE; -check compares it instead
//	go run ./internal/supply sbom FILE        # write a CycloneDX bill of materials; a version may follow
//	go run ./internal/supply vulnerabilities  # look for known ones; -release for those of Go, too
//	go run ./internal/supply reproducible     # build twice and compare
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// program is the package whose modules are examined.
const program = "./cmd/paytrace"

// noticeFile is the file with the licences of all linked modules.
const noticeFile = "NOTICE"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "supply:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("expected one of: licences; notice; notice -check; sbom FILE [VERSION]; vulnerabilities [-release]; reproducible")

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	command, args := args[0], args[1:]
	examine := func(do func(linked []module) error) error {
		linked, err := linkedModules(ctx)
		if err != nil {
			return err
		}
		return do(linked)
	}
	switch {
	case command == "vulnerabilities" && len(args) == 0:
		return vulnerabilities(ctx, out, false)
	case command == "vulnerabilities" && len(args) == 1 && args[0] == "-release":
		return vulnerabilities(ctx, out, true)
	case command == "reproducible" && len(args) == 0:
		return reproducible(ctx, out)
	case command == "licences" && len(args) == 0:
		return examine(func(linked []module) error { return report(linked, out) })
	case command == "notice" && len(args) == 0:
		return examine(func(linked []module) error { return os.WriteFile(noticeFile, notice(linked), 0o644) })
	case command == "notice" && len(args) == 1 && args[0] == "-check":
		return examine(checkNotice)
	case command == "sbom" && (len(args) == 1 || len(args) == 2):
		version := strings.Join(args[1:], "")
		return examine(func(linked []module) error { return writeSBOM(linked, args[0], version) })
	}
	return errUsage
}
