// Package proof has only tests. They prove by simulation that each wallet is funded
// once, with all faults of a network and deaths of a process at any point.
package proof
