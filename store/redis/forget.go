package redis

import "context"

// Forget removes the records of sessions and the latest sessions of callers, and
// counts the removed keys. It removes them one by one, since the nodes of a cluster
// have different keys.
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
