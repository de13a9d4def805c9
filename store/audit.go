package store

import (
	"context"
	"time"
)

// AuditEntry says that a person did something to the service or to other people's
// data with this program. It never has a phone number, a key or a typed text.
type AuditEntry struct {
	At time.Time
	// What names the act, as the subcommand does: "keys api revoke".
	What string
	// Actor is the system's user who ran the program.
	Actor string
	// Subject lists what it was done to: Worker IDs, IDs of keys or jobs.
	Subject string
	Detail  string
	// Outcome is AuditDone or AuditFailed.
	Outcome string
}

// Outcomes of an act.
const (
	AuditDone = "done"
	// AuditFailed says that the act ended with an error. A part of it may be done.
	AuditFailed = "failed"
)

// Auditor stores who did what. The database itself refuses to change or remove an
// entry.
type Auditor interface {
	// AddAudit adds an entry.
	AddAudit(ctx context.Context, e AuditEntry) error
	// Audit lists the newest entries first.
	Audit(ctx context.Context, limit int) ([]AuditEntry, error)
}
