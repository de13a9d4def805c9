package menu

import "github.com/paytrace/paytrace/engine"

// rule is one check of a whole menu.
type rule struct {
	name  string
	check func(f *File, contracts []engine.Contract) Findings
}

// rules are all checks, each in a file of its own.
var rules = []rule{}

// Check finds everything that is wrong with a menu that has been read. It goes
// on after every finding, and over partial files.
func Check(f *File, contracts []engine.Contract) Findings {
	var all Findings
	for _, r := range rules {
		all = append(all, r.check(f, contracts)...)
	}
	return all
}
