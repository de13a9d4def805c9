// Package proof has tests that prove the guarantees for a callback that is repeated,
// cut off, overtaken or lost. It has no code of its own: the tests run the real Runner
// on the real table of actions.
//
// The schedules play a callback's whole world, point by point: every read and save of a
// record, every beginning, lock and COMMIT of a transaction and every reply is a point
// where another delivery may run, an instance die, the record be lost or come back, the
// menu or a list change. An oracle that shares no code with the engine judges by what
// the caller has seen and typed.
//
// Each proof has a control beside it: the same test on a program without the one thing
// that gives the guarantee. If the control finds no fault, the proof finds none either.
package proof
