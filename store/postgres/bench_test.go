package postgres_test

import (
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest"
)

func BenchmarkPostgres(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) store.Store { return openAt(b, postgres.Config{URL: migrated(b)}) })
}
