// Package dialscript reads dial scripts and plays them. A dial script (.dial)
// is a call written down as it looks on the phone: what the caller types, the
// screens, and stage directions from a closed list.
//
//	Parse → *File → Check (findings) → Stage (scenes) → Player.Play → Result
//
// A script plays against a Line. Local is the one in process, which sees
// everything; a line to a service elsewhere sees screens only, and what can't
// be seen is reported as not checked, never as passed.
package dialscript
