package engine

// endKind shows the last text of a call.
var endKind = kind{key: "end", role: RoleEnd, ends: true}
