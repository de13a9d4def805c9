package engine

// PutRecent and LenRecent let a test see that the memory is bounded.
func PutRecent(r *Recent, session string) { r.put(&saved{session: Session{ID: session}}) }

// LenRecent is how many records are remembered.
func LenRecent(r *Recent) int { return len(r.young) + len(r.old) }
