package postgres

import "context"

// Current reports what the first check of a start finds.
func Current(ctx context.Context, s *Store) bool { return current(ctx, s.config, s.pool) }
