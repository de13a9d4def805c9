// Package paytrace holds what belongs to the repository as a whole: the schema
// of a new database. The program is cmd/paytrace.
package paytrace

import _ "embed" // for Schema

// Schema is schema.sql: the tables of a new Postgres database, without those
// of the job queue.
//
//go:embed schema.sql
var Schema string
