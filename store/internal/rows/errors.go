package rows

import "fmt"

// scanError is a column of a type that the schema does not have there.
type scanError struct{ value any }

// Error names the type, never the value, which may be a caller's.
func (e *scanError) Error() string {
	return fmt.Sprintf("the column holds a %T: not what this schema has there", e.value)
}
