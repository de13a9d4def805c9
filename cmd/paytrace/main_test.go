package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) {
	if between, ok := variants[filepath.Base(os.Args[0])]; ok {
		runVariant(between)
	}
	testscript.Main(tidying{servers.Stopping{M: m}}, map[string]func(){"paytrace": main})
}

// tidying removes what was built for the tests.
type tidying struct{ servers.Stopping }

// Run implements testscript.TestingM.
func (m tidying) Run() int {
	defer removePrograms()
	return m.Stopping.Run()
}

// Each script shows one behaviour of one subcommand, in an empty folder with an
// empty environment.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TZ", "Africa/Nairobi")
			return nil
		},
	})
}
