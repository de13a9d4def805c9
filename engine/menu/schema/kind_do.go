package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenDo, func() []key {
	return []key{
		{"do", "An action with its values; nothing is shown. Where its outcomes lead stands in when.", formed(`^\s*`+nameForm+`\([\s\S]*\)\s*$`, "An action with its values is expected, as create_account(phone)", "create_account(phone)")},
	}
})
