// Package menus holds the menus that are shipped. They are embedded, so that
// the program runs from an empty folder.
package menus

import "embed"

// FS has the shipped menus, their translations, scripts and people.
//
//go:embed *.yaml *.dial
var FS embed.FS

// Models has the services that "paytrace new" begins with: the folder "starter" with
// one that is small, and the folder "examples". Each folder has menus, their
// translations and scripts, and the actions and people of all of them.
//
//go:embed starter/*.yaml starter/*.dial examples/*.yaml examples/*.dial
var Models embed.FS
