package rest

import "time"

// SetBudget changes the time that a request may take.
func (a *API) SetBudget(d time.Duration) { a.budget = d }
