package gateway

import "embed"

// Files has a gateway.yaml in the folder of each gateway that is described by a file.
// Package declared speaks them.
//
//go:embed */gateway.yaml
var Files embed.FS
