package memory

// SetLimit makes a store that is soon full.
func (s *Sessions) SetLimit(n int) { s.limit = n }
