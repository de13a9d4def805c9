package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Report says how a Redis is set up; in a cluster, one of its nodes.
type Report struct {
	Version string
	// MaxMemory is in bytes, 0 for no limit. Policy says which keys Redis evicts at the
	// limit.
	MaxMemory int64
	Policy    string
	// Clock is the server's time.
	Clock time.Time
}

// Inspect asks a Redis how it is set up. ctx bounds it.
func (s *Sessions) Inspect(ctx context.Context) (Report, error) {
	clock, err := s.client.Time(ctx).Result()
	if err != nil {
		return Report{}, s.fault("ask for the time", err)
	}
	text, err := s.client.Info(ctx).Result()
	if err != nil {
		return Report{}, s.fault("ask for its settings", err)
	}
	info := fields(text)
	report := Report{Version: info["redis_version"], Policy: info["maxmemory_policy"], Clock: clock.UTC()}
	if limit := info["maxmemory"]; limit != "" {
		if report.MaxMemory, err = strconv.ParseInt(limit, 10, 64); err != nil {
			return report, fmt.Errorf("redis reports maxmemory %q, want a number: %w", limit, err)
		}
	}
	return report, nil
}

// fields reads the lines of an INFO answer.
func fields(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			all[name] = value
		}
	}
	return all
}
