package postgres

import "context"

// AsDigits is held equal to the migration's function.
const AsDigits = asDigits

// Current says what a start sees at the first look.
func Current(ctx context.Context, s *Store) bool { return current(ctx, s.config, s.pool) }
