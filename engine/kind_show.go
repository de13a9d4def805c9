package engine

// showKind shows a text with only the navigation keys below it.
var showKind = kind{key: "show", role: RoleText, link: func(_ *linker, n *node) { n.paged = true }}
