// Command sacco answers calls to a menu with an action of its own, in Go.
package main

import (
	"context"
	"embed"
	"io/fs"
	"log"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/service"
	"github.com/paytrace/paytrace/store"
)

//go:embed menus
var files embed.FS

func main() {
	menus, err := fs.Sub(files, "menus")
	if err != nil {
		log.Fatal(err)
	}
	service.Main(service.Actions(register), service.Menus(menus))
}

// What find_member takes, and how it may end.
type (
	findIn struct {
		Phone engine.Phone `menu:"phone,phone"`
	}
	findOut struct {
		Found    *member
		NotFound *struct{}
	}
	member struct {
		Name    string       `menu:"name,text 30"`
		Balance engine.Money `menu:"balance,money 0..999999"`
	}
)

func register(table *actions.Table) error {
	spec := actions.Spec{Name: "find_member", About: "Finds a member of the cooperative.", Reads: true, Takes: time.Second}
	return actions.Register(table, spec, find)
}

// find looks a number up. The work that it returns runs in a transaction of the service's
// database; this example has its members in the program.
func find(_ context.Context, _ actions.Call, in findIn) (actions.Work[findOut], error) {
	return func(context.Context, store.Tx) (out findOut, err error) {
		if found, ok := members[in.Phone]; ok {
			out.Found = &found
		} else {
			out.NotFound = &struct{}{}
		}
		return out, nil
	}, nil
}

var members = map[engine.Phone]member{
	"254711000111": {"Amina Odhiambo", 1250000},
}
