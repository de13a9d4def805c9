package store

import "time"

// Message is an SMS to send, with what became of it.
type Message struct {
	ID   string // the action that caused it, and its position there; unique
	To   string // MSISDN
	Text string
	// Status is "queued", "sent", "failed", "logged" where no provider is set, or
	// "unknown" where a message that must not go out twice may have gone.
	Status     string
	ProviderID string // the provider's ID of the message
	Error      string // the provider's last answer, without the text
	CreatedAt  time.Time
	SentAt     time.Time
	// Once says that the program never sends it a second time by itself, as a
	// one-time code must not be.
	Once bool
	// ExpiresAt is when sending it becomes useless; zero for never.
	ExpiresAt time.Time
	// Delivery is the furthest state that the provider reported; zero for none.
	Delivery Delivery
}

// Delivery is what an SMS provider reported on a message it had accepted.
type Delivery struct {
	// ProviderID is the provider's ID of the message.
	ProviderID string
	// State is the reported state; see package sms.
	State string
	// Rank orders the states; a stored rank only rises.
	Rank int
	// Reason is why the message was not delivered, in the provider's words, or "".
	Reason string
	// Network is the operator's code, or "".
	Network string
	// Retries counts the operator's attempts to deliver the message.
	Retries int
	// At is when the report arrived.
	At time.Time
}
