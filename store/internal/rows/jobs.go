package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// CountJobs counts waiting, running and failed jobs.
func (d DB) CountJobs(ctx context.Context) ([]store.JobCount, error) {
	counts, err := all(ctx, d.read(ctx), func(row Row) (c store.JobCount, err error) {
		err = row.Scan(&c.Kind, &c.State, &c.Jobs)
		return c, err
	}, `
		SELECT kind, state, COUNT(*) FROM (
			SELECT kind, CASE WHEN state = 'running' THEN 'running'
				WHEN state IN ('discarded', 'cancelled') THEN 'failed' ELSE 'waiting' END AS state
			FROM river_job WHERE state <> 'completed'
		) AS jobs GROUP BY kind, state ORDER BY kind, state`)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return counts, nil
}
