package service

import (
	"errors"
	"fmt"
)

// A UsageError reports what only the user can correct: a setting, a key or a
// menu folder.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e UsageError) Unwrap() error { return e.Err }

func usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// ErrMenus reports that menus have errors. Their diagnostics are printed
// already.
var ErrMenus = errors.New("the menus have errors")
