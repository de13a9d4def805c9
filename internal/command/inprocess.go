package command

import (
	"context"
	"io"
	"os"
	"slices"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

// lineTo returns the in-process target for all menus of a folder that can be played, and
// its player. bad reports whether there are others.
func lineTo(ctx context.Context, own service.Program, folder *service.Folder, w io.Writer) (local *dialscript.InProcess, player *dialscript.Player, bad bool, err error) {
	built, err := own.Contracts()
	if err != nil {
		return nil, nil, false, err
	}
	all, bad, err := folder.BuildDrafts(built, "", w)
	if err != nil {
		return nil, nil, false, err
	}
	local, player = linesTo(own, service.Programs(all))
	return local, player, bad, nil
}

// defaultMenu is the setting that names the menu for codes of no menu. The phone in the
// terminal and dial scripts heed it as the service does.
const defaultMenu = "DEFAULT_MENU"

// linesTo returns the in-process target for programs, with the default first.
func linesTo(own service.Program, programs []*engine.Program) (*dialscript.InProcess, *dialscript.Player) {
	local := &dialscript.InProcess{
		Menus:      programs,
		NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) },
		NewReal:    realActions(own),

		DefaultMenu: os.Getenv(defaultMenu),
	}
	player := &dialscript.Player{Limits: programs[0].Definition().Limits, Now: time.Now}
	for _, p := range programs {
		for _, code := range p.Codes() {
			player.Codes = append(player.Codes, code.Dial)
		}
	}
	return local, player
}

// registeredActions runs the real actions on an empty database.
type registeredActions struct {
	*actions.Table
	box *service.Sandbox
}

func realActions(own service.Program) func(context.Context, func() time.Time) (dialscript.Registered, error) {
	return func(ctx context.Context, now func() time.Time) (dialscript.Registered, error) {
		box, err := own.NewSandbox(ctx, now, nil)
		if err != nil {
			return nil, err
		}
		return &registeredActions{box.Actions, box}, nil
	}
}

// Messages returns the SMS to be sent, oldest first.
func (r *registeredActions) Messages() []dialscript.Message { return messagesOf(r.box.Store) }

func messagesOf(db store.Store) []dialscript.Message {
	list, err := db.Messages(context.Background(), plentyOfMessages)
	if err != nil {
		return []dialscript.Message{{Text: "messages can't be read: " + err.Error()}}
	}
	out := make([]dialscript.Message, 0, len(list))
	for _, m := range slices.Backward(list) {
		out = append(out, dialscript.Message{To: m.To, Text: m.Text})
	}
	return out
}

// Close drops the database.
func (r *registeredActions) Close() error { return r.box.Store.Close() }

// plentyOfMessages is more than any call sends.
const plentyOfMessages = 1000
