package command

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) {
	testscript.Main(servers.Stopping{M: m}, map[string]func(){"paytrace": func() { Main(service.Program{}) }})
}

// Each script shows one behaviour of one subcommand, in an empty folder with an
// empty environment, save for the settings of the race detector.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TZ", "Africa/Nairobi")
			env.Setenv("GORACE", os.Getenv("GORACE")) // how the race detector ends a program
			return nil
		},
	})
}
