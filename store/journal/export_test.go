package journal

// The limits that tests fill.
const (
	Queue = queue
	Batch = batch
)
