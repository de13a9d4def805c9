package postgres

// AsDigits is held equal to the migration's function.
const AsDigits = asDigits
