package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

type publishCmd struct {
	Menu     string   `arg:"" help:"The menu's name." placeholder:"NAME"`
	Menus    string   `placeholder:"DIR" help:"The folder of menus; ./menus by default."`
	Note     string   `required:"" placeholder:"TEXT" help:"What is new, for the list of versions."`
	Staging  bool     `xor:"stage" help:"Only testers get it."`
	Testers  []string `name:"tester" placeholder:"PHONE" help:"With --staging: numbers of testers, in place of those before."`
	Share    int      `xor:"stage" placeholder:"PERCENT" help:"Only this share of the callers gets it, always the same ones."`
	Revision int      `placeholder:"N" help:"Refuse if somebody has changed the stages since this revision."`
}

func (publishCmd) Help() string {
	return `Stores the menu as a new version, and puts it into service on all instances within
a second. Calls in progress go on with the version on which they began. From then
on, the service has this menu from the database; its file in the folder is a draft.

Examples:
  paytrace publish wallet --note "New prices" --staging --tester 0711000111
  paytrace publish wallet --note "New prices" --share 10
  paytrace publish wallet --note "New prices"`
}

// Run publishes a menu.
func (v publishCmd) Run(ctx context.Context, std streams) error {
	if len(v.Testers) > 0 && !v.Staging {
		return misuse{errors.New("--tester belongs to --staging")}
	}
	testers, err := phonesOf(v.Testers)
	if err != nil {
		return err
	}
	if v.Share < 0 || v.Share > maxShare {
		return misuse{fmt.Errorf("--share: found %d, expected 1 to %d; without it everybody gets the version", v.Share, maxShare)}
	}
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		source, err := v.compile(std, settings)
		if err != nil {
			return err
		}
		c, err := changing(ctx, db, v.Menu, v.Revision)
		if err != nil {
			return err
		}
		number, err := db.AddVersion(ctx, store.Version{Menu: v.Menu, Program: source, Author: actor(), Note: v.Note, At: time.Now()})
		if err != nil {
			return err
		}
		said := ""
		switch {
		case v.Staging:
			c.Staging = number
			if len(testers) > 0 {
				c.Testers = testers
			}
			if len(c.Testers) == 0 {
				return misuse{errors.New("--staging needs testers: add --tester 0711000111")}
			}
			said = fmt.Sprintf("version %d for %s", number, counted(len(c.Testers), "tester", "testers"))
		case v.Share > 0:
			if c.Live == 0 {
				return misuse{fmt.Errorf("no version of %s is live, so there is nothing beside which a share could get this one; publish it without --share", v.Menu)}
			}
			c.Next, c.Share = number, v.Share
			said = fmt.Sprintf("version %d for %d %% of the callers", number, v.Share)
		default:
			said = c.goLive(number)
		}
		return c.store(ctx, db, std.out, act{what: "publish", subject: v.Menu, detail: said})
	})
}

// compile compiles the menu, which must be as it could be served.
func (v publishCmd) compile(std streams, settings service.Settings) (store.Program, error) {
	folder, err := std.own.OpenFolder(v.Menus)
	if err != nil {
		return store.Program{}, err
	}
	defer folder.Close()
	built, err := std.own.Contracts()
	if err != nil {
		return store.Program{}, err
	}
	all, err := folder.Build(built, settings.DefaultLanguage, std.err)
	if err != nil {
		return store.Program{}, err
	}
	i := slices.IndexFunc(all, func(b menu.Built) bool { return b.Program.Name() == v.Menu })
	if i < 0 {
		return store.Program{}, misuse{fmt.Errorf("the folder %s has no menu %q", folder.Shown, v.Menu)}
	}
	return service.SourceOf(all[i], settings.DefaultLanguage), nil
}

type stageCmd struct {
	Menu     string   `arg:"" optional:"" help:"The menu's name; all menus by default." placeholder:"NAME"`
	Live     int      `placeholder:"N" help:"Make this version live."`
	Staging  int      `default:"-1" placeholder:"N" help:"Give this version to the testers; 0 for none."`
	Testers  []string `name:"tester" placeholder:"PHONE" help:"Numbers of testers, in place of those before."`
	Next     int      `default:"-1" placeholder:"N" help:"Give this version to a share of the callers; 0 ends that."`
	Share    int      `placeholder:"PERCENT" help:"The share of the callers for --next, or for the version that has one."`
	Revision int      `placeholder:"N" help:"Refuse if somebody has changed the stages since this revision."`
}

func (stageCmd) Help() string {
	return `Shows which versions of menus answer, and the versions that there are; or changes
which answer whom.

Example:
  paytrace stage`
}

// listedVersions is how many versions are listed.
const listedVersions = 20

// Run shows or changes stages.
func (v stageCmd) Run(ctx context.Context, std streams) error {
	changes := v.Live > 0 || v.Staging >= 0 || v.Next >= 0 || v.Share > 0 || len(v.Testers) > 0
	if changes && v.Menu == "" {
		return misuse{errors.New("name the menu whose stages change")}
	}
	testers, err := phonesOf(v.Testers)
	if err != nil {
		return err
	}
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		if !changes {
			return v.list(ctx, db, std.out)
		}
		c, err := changing(ctx, db, v.Menu, v.Revision)
		if err != nil {
			return err
		}
		said, err := v.change(ctx, db, c, testers)
		if err != nil {
			return err
		}
		return c.store(ctx, db, std.out, act{what: "stage", subject: v.Menu, detail: said})
	})
}

func (v stageCmd) change(ctx context.Context, db store.Store, c *change, testers []string) (string, error) {
	for _, number := range []int{v.Live, v.Staging, v.Next} {
		if number <= 0 {
			continue
		}
		if _, err := db.Version(ctx, v.Menu, number); errors.Is(err, store.ErrNotFound) {
			return "", misuse{fmt.Errorf("there is no version %d of %s; see: paytrace stage %s", number, v.Menu, v.Menu)}
		} else if err != nil {
			return "", err
		}
	}
	var said []string
	if len(testers) > 0 {
		c.Testers = testers
		said = append(said, counted(len(testers), "tester", "testers"))
	}
	if v.Staging >= 0 {
		c.Staging = v.Staging
		said = append(said, fmt.Sprintf("version %d for testers", v.Staging))
	}
	if v.Next >= 0 {
		c.Next = v.Next
	}
	if v.Share > 0 {
		c.Share = v.Share
	}
	if c.Next == 0 {
		c.Share = 0
	}
	if v.Next >= 0 || v.Share > 0 {
		if c.Next > 0 && (c.Share < 1 || c.Share > maxShare) {
			return "", misuse{fmt.Errorf("--share: found %d, expected 1 to %d", c.Share, maxShare)}
		}
		said = append(said, fmt.Sprintf("version %d for %d %% of the callers", c.Next, c.Share))
	}
	if v.Live > 0 {
		said = append(said, c.goLive(v.Live))
	}
	return strings.Join(said, ", "), nil
}

func (v stageCmd) list(ctx context.Context, db store.Store, out io.Writer) error {
	all, err := db.Stages(ctx)
	if err != nil {
		return err
	}
	shown := 0
	for _, s := range all {
		if v.Menu != "" && s.Menu != v.Menu {
			continue
		}
		shown++
		fmt.Fprintf(out, "%s, revision %d\n", s.Menu, s.Revision)
		if s.Paused {
			fmt.Fprintf(out, "  paused: new calls get %s\n", orText(s.Text))
		}
		for _, tester := range s.Testers {
			fmt.Fprintf(out, "  tester %s\n", msisdn.Mask(tester))
		}
		versions, err := db.ListVersions(ctx, s.Menu, listedVersions)
		if err != nil {
			return err
		}
		for _, one := range versions {
			fmt.Fprintf(out, "  version %d  %s  %s  %s  %s%s\n", one.Number, one.At.Local().Format(time.DateTime), one.Program.Hash[:min(len(one.Program.Hash), shownMenu)], one.Author, one.Note, whom(s, one.Number))
		}
	}
	if shown == 0 {
		fmt.Fprintln(out, "No menu was published. The service has its menus from the folder.")
	}
	return nil
}

func orText(text string) string {
	if text == "" {
		return "the menu's own text"
	}
	return fmt.Sprintf("%q", text)
}

// whom says whom a version answers.
func whom(s store.Stages, number int) string {
	var to []string
	if number == s.Live {
		to = append(to, "live")
	}
	if number == s.Staging {
		to = append(to, "for testers")
	}
	if number == s.Next {
		to = append(to, fmt.Sprintf("for %d %% of the callers", s.Share))
	}
	if len(to) == 0 {
		return ""
	}
	return "  <- " + strings.Join(to, ", ")
}

type rollbackCmd struct {
	Menu     string `arg:"" help:"The menu's name." placeholder:"NAME"`
	Revision int    `placeholder:"N" help:"Refuse if somebody has changed the stages since this revision."`
}

func (rollbackCmd) Help() string {
	return `Puts the version into service again that was live before, and ends a share of the
callers on a next version. A second rollback undoes the first.

Example:
  paytrace rollback wallet`
}

// Run rolls back.
func (v rollbackCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		c, err := changing(ctx, db, v.Menu, v.Revision)
		if err != nil {
			return err
		}
		said := ""
		switch {
		case c.Next > 0:
			said = fmt.Sprintf("version %d for everybody, version %d for nobody", c.Live, c.Next)
			c.Next, c.Share = 0, 0
		case c.Before == 0:
			return misuse{fmt.Errorf("there is no version of %s that was live before; see: paytrace stage %s", v.Menu, v.Menu)}
		default:
			said = c.goLive(c.Before)
		}
		return c.store(ctx, db, std.out, act{what: "rollback", subject: v.Menu, detail: said})
	})
}

type pauseCmd struct {
	Menu     string `arg:"" help:"The menu's name." placeholder:"NAME"`
	Text     string `xor:"pause" placeholder:"TEXT" help:"What new calls get. The menu's text for a busy service by default."`
	End      bool   `xor:"pause" help:"Let calls begin again."`
	Revision int    `placeholder:"N" help:"Refuse if somebody has changed the stages since this revision."`
}

func (pauseCmd) Help() string {
	return `Answers every new call of a published menu with a text, and ends it. Calls in
progress go on, and testers get the version that is for them.

Examples:
  paytrace pause wallet --text "We are back at 14:00."
  paytrace pause wallet --end`
}

// fitsScreen returns an error for a text that a phone can't show whole.
func fitsScreen(text string) error {
	if _, r, ok := gsm7.FirstOutside(text); ok {
		return fmt.Errorf("--text: not every phone has the character %q; write it in another way", r)
	}
	if !gsm7.Fits(text, maxPauseText, 0) {
		return fmt.Errorf("--text: found more than %d characters; expected a text for one screen", maxPauseText)
	}
	return nil
}

// maxPauseText is what fits on one screen of every network.
const maxPauseText = 160

// Run pauses a menu, or ends that.
func (v pauseCmd) Run(ctx context.Context, std streams) error {
	if err := fitsScreen(v.Text); err != nil {
		return misuse{err}
	}
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		c, err := changing(ctx, db, v.Menu, v.Revision)
		if err != nil {
			return err
		}
		if c.Live == 0 && !v.End {
			return misuse{fmt.Errorf("no version of %s is live, so there are no calls to pause; publish it first", v.Menu)}
		}
		c.Paused, c.Text = !v.End, v.Text
		said := "calls begin again"
		if c.Paused {
			said = "new calls get " + orText(c.Text)
		}
		return c.store(ctx, db, std.out, act{what: "pause", subject: v.Menu, detail: said})
	})
}

// maxShare is the greatest share of callers on a next version: all of them is live.
const maxShare = 99

// A change is the stages of a menu as they shall be.
type change struct{ store.Stages }

// changing reads the stages of a menu to change them. If revision is not 0, it must be the
// stored one.
func changing(ctx context.Context, db store.Store, menu string, revision int) (*change, error) {
	all, err := db.Stages(ctx)
	if err != nil {
		return nil, err
	}
	c := &change{store.Stages{Menu: menu}}
	for _, s := range all {
		if s.Menu == menu {
			c.Stages = s
		}
	}
	if revision != 0 && revision != c.Revision {
		return nil, outdated(menu)
	}
	return c, nil
}

func outdated(menu string) error {
	return misuse{fmt.Errorf("somebody else has changed the stages of %s meanwhile, so nothing was changed; see: paytrace stage %s and paytrace audit", menu, menu)}
}

// goLive makes a version live and says so. It remembers the one before for a rollback.
func (c *change) goLive(number int) string {
	said := fmt.Sprintf("version %d for everybody", number)
	if c.Live != number {
		if c.Live > 0 {
			said += fmt.Sprintf(", version %d for nobody", c.Live)
		}
		c.Before, c.Live = c.Live, number
	}
	if c.Next == number {
		c.Next, c.Share = 0, 0
	}
	if c.Staging == number {
		c.Staging = 0
	}
	return said
}

// store stores the change, with who made it.
func (c *change) store(ctx context.Context, db store.Store, out io.Writer, a act) error {
	err := db.SetStages(ctx, c.Stages, store.AuditEntry{At: time.Now(), What: a.what, Actor: actor(), Subject: a.subject, Detail: a.detail, Outcome: store.AuditDone})
	if errors.Is(err, store.ErrOutdated) {
		return outdated(c.Menu)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s (revision %d)\n", c.Menu, a.detail, c.Revision+1)
	return nil
}

// phonesOf reads numbers of testers.
func phonesOf(args []string) ([]string, error) {
	var list []string
	for _, arg := range args {
		phone, err := phoneOf(arg)
		if err != nil {
			return nil, err
		}
		list = append(list, phone)
	}
	return list, nil
}
