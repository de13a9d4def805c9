// Package proof holds the tests that prove what the service promises of a
// callback that is repeated, cut off, overtaken or forgotten. It has no code of
// its own: the tests run the real Runner on the real table of actions.
//
// Each proof has a control beside it, the same test on a program that lacks
// the one thing the promise rests on. The control must find a fault, or the
// proof would see none either.
package proof
