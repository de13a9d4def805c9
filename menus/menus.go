// Package menus holds the menus that are shipped. They are embedded, so that
// the program runs from an empty folder.
package menus

import "embed"

// FS has the shipped menus, their translations, scripts and people.
//
//go:embed *.yaml *.dial
var FS embed.FS
