package command

// keysCmd groups the subcommands on keys.
type keysCmd struct {
	API    keysAPICmd `cmd:"" name:"api" help:"Make, list and revoke keys to the API for programs."`
	Rewrap rewrapCmd  `cmd:"" help:"Seal every wallet with the current ENCRYPTION_KEY."`
}

func (keysCmd) Help() string { return "Example:\n  paytrace keys api list" }
