// Package proof has tests that prove the guarantees for a callback that is repeated,
// cut off, overtaken or lost. It has no code of its own: the tests run the real Runner
// on the real table of actions.
//
// Each proof has a control beside it: the same test on a program without the one thing
// that gives the guarantee. If the control finds no fault, the proof finds none either.
package proof
