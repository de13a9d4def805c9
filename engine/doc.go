// Package engine is the machine behind a USSD service: a compiled menu (a
// Program), the state of one call (a Session), the pure step between two
// screens, and the Runner that loads, steps, acts and saves.
//
// The package knows no network, no clock and no source of randomness of its
// own. Menus are turned into Programs by engine/menu; tests and benchmarks may
// also build them from a Definition with New.
package engine
