package record

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/engine/terminal"
)

// ReplayText writes the verdicts on recorded sessions, the worst first, and a
// last line with counts.
func ReplayText(w io.Writer, list []Replayed) error {
	var b strings.Builder
	for i := len(Verdicts) - 1; i >= 0; i-- {
		for _, r := range list {
			if r.Verdict == Verdicts[i] && r.Verdict != Same {
				b.WriteString(r.text())
			}
		}
	}
	b.WriteString(ReplaySummary(list) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// FirstText writes the first session with a screen that differs, and a last line with
// counts. list ends with it; all counts the sessions of the recording.
func FirstText(w io.Writer, list []Replayed, all int) error {
	var b strings.Builder
	unchecked := 0
	for i := range list {
		switch r := &list[i]; {
		case r.Differs():
			fmt.Fprintf(&b, "the first difference is in session %d of %d\n\n%s", i+1, all, r.text())
		case r.Verdict == NoScreens:
			unchecked++
		}
	}
	if n := len(list); n == 0 || !list[n-1].Differs() {
		fmt.Fprintf(&b, "%s: every screen is as recorded", report.Count(all-unchecked, "session"))
	} else {
		fmt.Fprintf(&b, "%s before it: every screen is as recorded; %d not played", report.Count(n-1-unchecked, "session"), all-n)
	}
	if unchecked > 0 {
		fmt.Fprintf(&b, "; %d not checked, because they have no screens", unchecked)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Replayed) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n   %s\n", r.Verdict, terminal.Visible(r.Call.Title), terminal.Visible(r.Why))
	if r.Step >= 0 {
		fmt.Fprintf(&b, "   keys so far: %s\n", report.Keys(r.Keys))
		if at := report.Place(r.Screen); at != "" {
			fmt.Fprintf(&b, "   %s\n", at)
		}
	}
	if r.Was != nil && r.Is != nil {
		b.WriteByte('\n')
		drawn := terminal.Compare([2]string{"recorded", "now"}, r.Was, r.Is, dialscript.FirstDifference(r.Was, r.Is))
		for _, row := range drawn {
			b.WriteString("   " + row + "\n")
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// ReplaySummary counts: "12 sessions: 8 same, 2 other words, 1 other way, 1
// broken".
func ReplaySummary(list []Replayed) string {
	n := map[Verdict]int{}
	for _, r := range list {
		n[r.Verdict]++
	}
	parts := make([]string, 0, len(Verdicts))
	for _, v := range Verdicts {
		if n[v] > 0 || v != NoScreens {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	return report.Count(len(list), "session") + ": " + strings.Join(parts, ", ")
}

// replayedJSON is the JSON form of a Replayed.
type replayedJSON struct {
	Title    string             `json:"title"`
	Verdict  string             `json:"verdict"`
	Why      string             `json:"why,omitempty"`
	Keys     []string           `json:"keys"`
	Recorded []string           `json:"recorded,omitempty"`
	Now      []string           `json:"now,omitempty"`
	Screen   *report.ScreenJSON `json:"screen,omitempty"`
}

// ReplayJSON writes the verdicts as JSON.
func ReplayJSON(w io.Writer, list []Replayed) error {
	out := struct {
		Version  int            `json:"version"`
		Counts   map[string]int `json:"counts"`
		Sessions []replayedJSON `json:"sessions"`
	}{report.ReportVersion, map[string]int{}, make([]replayedJSON, 0, len(list))}
	word := func(v Verdict) string { return strings.ReplaceAll(string(v), " ", "_") }
	for _, v := range Verdicts {
		out.Counts[word(v)] = 0
	}
	for _, r := range list {
		out.Counts[word(r.Verdict)]++
		out.Sessions = append(out.Sessions, replayedJSON{r.Call.Title, word(r.Verdict), r.Why, append([]string{}, r.Keys...), r.Was, r.Is, report.ScreenOf(r.Screen)})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
