package store

import (
	"context"
	"errors"
	"time"
)

// ErrOutdated means that somebody else has changed the stages of the menu meanwhile.
var ErrOutdated = errors.New("somebody else has changed the stages meanwhile")

// Version is a menu as somebody published it. It never changes.
type Version struct {
	// Menu is the menu's name. Versions of a menu are numbered from 1.
	Menu   string
	Number int
	// Program is the compiled menu's source.
	Program Program
	// Author is the system's user who published it, with a Note.
	Author, Note string
	At           time.Time
}

// Stages say which versions of a menu are in force, for whom.
type Stages struct {
	Menu string `json:"-"`
	// Revision counts the changes. A change names the one it is based on.
	Revision int `json:"-"`
	// Live answers everybody; 0 before the first one is live. Before is the version that
	// was live before it; 0 for none.
	Live   int `json:"live,omitempty"`
	Before int `json:"before,omitempty"`
	// Staging answers the Testers, which are MSISDNs; 0 for none.
	Staging int      `json:"staging,omitempty"`
	Testers []string `json:"testers,omitempty"`
	// Next answers a Share of the callers, in percent; 0 for none.
	Next  int `json:"next,omitempty"`
	Share int `json:"share,omitempty"`
	// Paused says that new calls get the Text instead; "" is the menu's own text.
	Paused bool   `json:"paused,omitempty"`
	Text   string `json:"text,omitempty"`
}

// Versions stores the published versions of menus.
type Versions interface {
	// AddVersion stores a version under the next number, and returns it. A version whose
	// program is the newest version's changes nothing: it returns that one's number.
	AddVersion(ctx context.Context, v Version) (number int, err error)
	// Version reads one: ErrNotFound if there is none.
	Version(ctx context.Context, menu string, number int) (Version, error)
	// ListVersions lists the newest versions of a menu first, without their sources.
	ListVersions(ctx context.Context, menu string, limit int) ([]Version, error)
	// Stages reads those of all menus, by name.
	Stages(ctx context.Context) ([]Stages, error)
	// SetStages stores the stages of a menu and an entry in the audit, in one transaction,
	// and adds one to the revision. ErrOutdated if the stored revision is another one than
	// s.Revision, 0 for none.
	SetStages(ctx context.Context, s Stages, e AuditEntry) error
	// StagesRevision returns the sum of all revisions: it grows with every change.
	StagesRevision(ctx context.Context) (int, error)
}
