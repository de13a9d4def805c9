package engine

// endKind shows the last text of a call.
var endKind = kind{ends: true}
