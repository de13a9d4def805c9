package main

// keysCmd is the group of verbs on keys.
type keysCmd struct {
	Rewrap rewrapCmd `cmd:"" help:"Seal every wallet with the current ENCRYPTION_KEY."`
}
