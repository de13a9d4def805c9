package dialscript

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// trigger makes the screen of the step appear.
func (g *play) trigger(s *Step) bool {
	if s.Redial != nil {
		g.hangUp(s.Pos)
		if !g.wait(*s.Redial) {
			return false
		}
		return g.dial(s, g.dialled)
	}
	typed, err := s.Input.fill(g.captures)
	if err != nil {
		if g.base != nil {
			g.stop(fmt.Sprintf("%s, so what is typed in line %d is not known", err, s.Pos.Line))
			return false
		}
		g.fatal(s.Pos, "%s, because the screen that shows it differs", err)
		return false
	}
	code, dials := Dialled(typed)
	switch {
	case g.open:
		return g.answer(s, typed)
	case dials:
		return g.dial(s, code)
	case g.session == 0:
		g.fatal(s.Pos, "a call begins with the dialled code, as *384*8481#; found %q", typed)
	default:
		g.fatal(s.Pos, "the session is over, so nothing receives %q; dial again", typed)
	}
	return false
}

// dial begins a session.
func (g *play) dial(s *Step, code string) bool {
	g.session++
	g.dialled = code
	service, rest := SplitDial(g.Codes, code)
	g.service, g.inputs, g.sent, g.program = service, nil, nil, ""
	if rest != "" {
		g.inputs = strings.Split(rest, "*")
	}
	g.keys = append(g.keys, code)
	return g.send(s, rest)
}

// answer continues the session. It sends the input as it is, asterisks included.
func (g *play) answer(s *Step, typed string) bool {
	g.inputs = append(g.inputs, typed)
	g.keys = append(g.keys, typed)
	return g.send(s, typed)
}

// send sends the callback of the step, twice at once if the step says so.
func (g *play) send(s *Step, last string) bool {
	cb := Callback{
		Gateway: g.gateway(), Session: g.sessionID(), Phone: g.scene.Caller.Phone,
		Dialled: g.dialled, Service: g.service, Text: strings.Join(g.inputs, "*"), Last: last,
		First: len(g.sent) == 0, Number: len(g.sent) + 1,
	}
	g.sent = append(g.sent, cb)
	var err error
	if d := find(s.Directions, SentAtOnce); d != nil {
		err = g.both(*d, cb)
	} else {
		g.screen, err = g.target.Type(g.ctx, cb)
	}
	if err != nil {
		g.open = false
		g.noAnswer(s.Pos, err)
		return false
	}
	g.open = !g.screen.End
	g.fits(s.Pos, g.screen)
	g.stays(s.Pos)
	return true
}

// stays checks that a session keeps the version of the menu that it began with,
// whether or not the script asks for it.
func (g *play) stays(pos engine.Pos) {
	if g.program != "" && g.screen.Program != g.program {
		g.fail(pos, "the session began with version %s of the menu and is now on %s", g.program, g.screen.Program)
	}
	g.program = g.screen.Program
}

func (g *play) noAnswer(pos engine.Pos, err error) {
	if errors.Is(err, ErrCannotSet) {
		g.stop(err.Error())
		return
	}
	g.fatal(pos, "the service gave no screen: %v", err)
}

func find(list []Direction, k Kind) *Direction {
	for i := range list {
		if list[i].Kind == k {
			return &list[i]
		}
	}
	return nil
}

func (g *play) gateway() string {
	for _, name := range []string{g.scene.Gateway, g.Player.Gateway} {
		if name != "" {
			return name
		}
	}
	return DefaultGateway
}

// sessionID returns an ID that is the same in every run of the script, unless
// Player.Run differs. It has letters only, so nobody finds a PIN in it.
func (g *play) sessionID() string {
	h := sha256.New()
	for _, part := range []string{g.Run, g.call.Pos.File, g.call.Title, strconv.Itoa(g.session)} {
		_, _ = io.WriteString(h, part+"\x00")
	}
	id := []byte("dial-")
	for _, b := range h.Sum(nil)[:sessionIDBytes] {
		id = append(id, 'a'+b>>4, 'a'+b&15)
	}
	return string(id)
}

// sessionIDBytes is large enough that no two sessions of a run share an ID.
const sessionIDBytes = 12
