// Package proof proves by tests that deposits and withdrawals make, lose and repeat no
// cent: processes that are killed, with a Safaricom that loses, repeats and breaks what it
// answers, are compared with that Safaricom's own books.
package proof
