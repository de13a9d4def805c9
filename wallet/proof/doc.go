// Package proof has no code of its own. Its tests prove by simulation what
// funding promises: whatever a network answers, does not answer or answers
// late, and wherever a process dies, each wallet is funded once.
package proof
