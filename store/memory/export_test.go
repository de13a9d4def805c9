package memory

// SetLimit is for stores that are soon full.
func (s *Sessions) SetLimit(n int) { s.limit = n }
