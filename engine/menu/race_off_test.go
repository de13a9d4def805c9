//go:build !race

package menu

import "time"

// bound is how long a hostile file may take.
const bound = 50 * time.Millisecond
