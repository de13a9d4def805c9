package syntax

import "github.com/paytrace/paytrace/engine"

// Ask holds one question.
type Ask struct {
	Var     Text
	To      Target
	Retries Int
	GiveUp  Text
	Offers  []*Offer
	Accept  []*Accept
	Repeat  Text
	Pos     engine.Pos
}

// Offer is "1: caller" (a value) or "9: Skip -> next" (a way on).
type Offer struct {
	Key   Text
	Value Value
	Label Text
	To    Target
}

// Accept is a condition on an answer and what is said if it fails: Error above the
// question, Again in its place.
type Accept struct {
	If           *Cond
	Error, Again Text
	Pos          engine.Pos
}

// Confirm is an explicit Yes and No; labels are zero for the nav's own.
type Confirm struct {
	Yes, No           Target
	YesLabel, NoLabel Text
	Pos               engine.Pos
}

// List is "list: items as item -> next".
type List struct {
	Items Value
	As    Text
	To    Target
	Each  Text
	Empty Text
	Pos   engine.Pos
}

// Option holds one line of a menu, short or long form.
type Option struct {
	Key  Text // zero in list form
	Say  Text
	Note Text
	If   *Cond
	Set  []Assign
	To   Target
	Pos  engine.Pos
}

// SMS is a message sent once a call.
type SMS struct {
	To  Value
	Say Text
	Pos engine.Pos
}
