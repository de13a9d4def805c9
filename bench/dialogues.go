package main

// noAction is a call on the shipped menu that runs no action: three answers that
// are no phone number.
var noAction = dialogue{
	name: "no-action", code: "*384*8481#", callers: 100_000,
	texts: []string{"", "2", "2*1", "2*1*2", "2*1*2*3"},
	screens: []string{
		"CON Welcome to PayTrace\n1. Create account\n2. Sign in\n3. Exit",
		"CON Enter your phone number",
		"CON Invalid phone number. Use format 254712345678.\nEnter your phone number",
		"CON Invalid phone number. Use format 254712345678.\nEnter your phone number",
		"END Invalid phone number. Use format 254712345678.",
	},
}

// lookup is a call that signs its caller in: the last of its three callbacks
// runs lookup_worker.
var lookup = dialogue{
	name: "lookup", code: "*384*8481#", callers: workers,
	texts: []string{"", "2", "2*{caller}"},
	screens: []string{
		"CON Welcome to PayTrace\n1. Create account\n2. Sign in\n3. Exit",
		"CON Enter your phone number",
		"END Signed in. Worker ID: {worker}",
	},
}

// workers are in the database of a measurement.
const workers = 10_000

// chained is a call through a menu that engineCmd makes.
var chained = dialogue{
	name: "screens", code: "*384*1#", callers: 100_000,
	texts: []string{"", "1", "1*2", "1*2*3", "1*2*3*7"},
	screens: []string{
		"CON Screen 0" + chainOptions, "CON Screen 1" + chainOptions, "CON Screen 3" + chainOptions,
		"CON Screen 6" + chainOptions, "CON Invalid option. Try again.\nScreen 6" + chainOptions,
	},
}

const chainOptions = "\n1. Option 1\n2. Option 2\n3. Option 3\n4. Option 4\n5. Option 5"
