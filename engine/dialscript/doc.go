// Package dialscript reads dial scripts and plays them. A dial script (.dial)
// shows a call as it looks on the phone: what the caller types, the screens, and
// stage directions from a closed list.
//
//	Parse → *File → Check (diagnostics) → SceneOf (scenes) → Player.Play → Result
//
// A script plays against a Target. InProcess opens targets in this process, which
// see everything. A target for a remote service sees only screens; what it can't
// see is reported as not checked, never as passed.
package dialscript
