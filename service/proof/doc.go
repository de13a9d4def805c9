// Package proof has no code. Its tests run the service as processes, kill them
// and the servers that they need, and check what the service promises: every
// effect happens once, every answer stays the same, and no secret is stored in
// plain text. Each proof has a control that breaks the promise.
package proof
