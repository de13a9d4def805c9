//go:build race

package menu

import "time"

// bound is wider under the race detector, which slows every step many times.
const bound = time.Second
