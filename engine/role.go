package engine

// A Role says what the screens of a kind are to a call. Drawings and coverage ask for
// the role, so that a new kind changes neither.
type Role uint8

// These are the roles.
const (
	RoleText     Role = iota + 1 // the caller reads a text
	RoleChoice                   // the caller chooses a row
	RoleQuestion                 // the caller answers
	RoleConsent                  // the caller agrees or declines
	RoleEnd                      // the call ends with a text
	RoleAction                   // an action runs
	RoleStep                     // values are set, or an SMS is sent
	RoleDecision                 // a condition decides how the call goes on
)

// Answered reports whether callers answer such a screen, so that its labels and those of
// the navigation can be answers.
func (k ScreenKind) Answered() bool { return !k.Silent() && !k.Ends() }

// AsksAgain reports whether Nav.Again replaces the text of such a screen after a wrong
// answer. It never replaces that of a confirm: a Yes answers what stands on the screen.
func (k ScreenKind) AsksAgain() bool {
	return k.Role() == RoleChoice || k.Role() == RoleQuestion
}

// Role returns the kind's role, or 0 for an unknown kind.
func (k ScreenKind) Role() Role { return kindOf(k).role }
