package check

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenShow, &kind{pages: always, errors: oneError})
