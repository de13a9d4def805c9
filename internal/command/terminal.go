package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/terminal"
)

func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// typedLines sends the lines of an input until it or ctx ends. A read of a
// terminal can't be interrupted, but the caller must be able to leave.
func typedLines(ctx context.Context, r io.Reader) <-chan string {
	read, typed := make(chan string), make(chan string)
	go func() {
		defer close(read)
		for in := bufio.NewScanner(r); in.Scan(); {
			read <- in.Text()
		}
	}()
	go func() {
		defer close(typed)
		for {
			select {
			case <-ctx.Done():
				return
			case line, ok := <-read:
				if !ok {
					return
				}
				select {
				case typed <- line:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return typed
}

// drawScreen draws a screen with its length and its name.
func drawScreen(w io.Writer, s dialscript.Screen, limits engine.Limits) {
	size, most, end := gsm7.Measure(s.Text), limits.Septets, ""
	if size.UCS2 {
		most = limits.Units
	}
	if s.End {
		end = " · end"
	}
	drawn := strings.Join(terminal.Frame(strings.Split(s.Text, "\n"), terminal.Widest), "\n")
	fmt.Fprintf(w, "%s %d of %d characters · %s%s\n", drawn, size.Units, most, s.Name, end)
}
