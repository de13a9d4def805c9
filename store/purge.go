package store

import "time"

// KeepFor is how long an action's result, a message that went out and what was
// reported of it are kept:
// far longer than any gateway or client repeats a request, and long enough for a
// person's question about last month.
const KeepFor = 90 * 24 * time.Hour

// Purged counts the rows that a purge removed.
type Purged struct{ Actions, Limits, Messages, Deliveries, Codes int64 }

// Any reports whether there was something to remove.
func (p Purged) Any() bool { return p.Actions+p.Limits+p.Messages+p.Deliveries+p.Codes > 0 }
