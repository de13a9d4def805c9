package command

import (
	"fmt"
	"runtime"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/service"
)

type versionCmd struct{}

func (versionCmd) Help() string { return "Example:\n  paytrace version" }

// Run prints the version.
func (versionCmd) Run(std streams) error {
	_, err := fmt.Fprintf(std.out, "%s %s (menu language %d, %s, %s/%s)\n",
		std.own.Called(), service.Version(), engine.LanguageVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
