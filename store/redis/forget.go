package redis

import (
	"context"
)

// Forget removes the records of sessions and what callers were last seen in, and
// counts what was there. Records are removed one by one, since a cluster keeps
// them in different places.
func (s *Sessions) Forget(ctx context.Context, ids, tags []string) (removed int, err error) {
	keys := append([]string(nil), ids...)
	for _, tag := range tags {
		keys = append(keys, callerKey+tag)
	}
	for _, key := range keys {
		n, err := s.del(ctx, key)
		removed += n
		if err != nil {
			return removed, s.fault("forget a session", err)
		}
	}
	return removed, nil
}

func (s *Sessions) del(ctx context.Context, key string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	n, err := s.client.Del(ctx, key).Result()
	return int(n), err
}
