package rest

import "time"

// SetBudget shortens what a request may take.
func (a *API) SetBudget(d time.Duration) { a.budget = d }
