package coverage

import "github.com/paytrace/paytrace/engine"

// FindPathsWithin is FindPaths with another limit of states.
func (m *Menu) FindPathsWithin(people *engine.Personas, states int, groups ...Group) error {
	_, err := m.findPaths(people, states, m.missingIn(groups), nil)
	return err
}
