package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Report is how a Redis is set up. For a cluster it is one node's.
type Report struct {
	Version string
	// MaxMemory in bytes; 0 for no limit. Policy is what is evicted then.
	MaxMemory int64
	Policy    string
	// Clock is the server's.
	Clock time.Time
}

// Look asks a Redis how it is set up, with the time that ctx gives.
func (s *Sessions) Look(ctx context.Context) (Report, error) {
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
			return report, fmt.Errorf("redis says it has maxmemory %q, expected a number: %w", limit, err)
		}
	}
	return report, nil
}

// fields reads the lines of INFO.
func fields(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			all[name] = value
		}
	}
	return all
}
