// Package schedules has tests that play a callback's whole world, point by point: every
// read and save of a record, every beginning, lock and COMMIT of a transaction and
// every reply is a point where another delivery may run, an instance die, the record be
// lost or come back, the menu or a list change. The real Runner and the real table of
// actions run on it, and an oracle judges by what the caller has seen and typed.
package schedules
