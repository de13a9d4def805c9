package engine

// Program is a compiled menu: immutable, content-hashed, safe for concurrent
// use.
type Program struct {
	def  Definition
	hash string
}
