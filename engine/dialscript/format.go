package dialscript

import "strings"

// Format writes a script in its standard form: blank lines between calls and
// scenes, one space after the marks. It moves nothing else.
func Format(f *File) []byte {
	var b strings.Builder
	writeComments(&b, f.Head)
	if len(f.Head) > 0 && len(f.Calls) > 0 {
		b.WriteByte('\n')
	}
	for i := range f.Calls {
		if i > 0 {
			b.WriteByte('\n')
		}
		writeCall(&b, &f.Calls[i])
	}
	if len(f.Tail) > 0 && b.Len() > 0 {
		b.WriteByte('\n')
	}
	writeComments(&b, f.Tail)
	return []byte(b.String())
}

func writeComments(b *strings.Builder, comments []string) {
	for _, c := range comments {
		b.WriteString(strings.TrimRight("# "+c, " \t") + "\n")
	}
}

func writeCall(b *strings.Builder, c *Call) {
	writeComments(b, c.Comments)
	b.WriteString("=== " + c.Title + "\n")
	writeDirections(b, c.Given)
	if len(c.Steps) > 0 {
		b.WriteByte('\n')
	}
	for _, s := range c.Steps {
		writeComments(b, s.Comments)
		b.WriteString(s.Line() + "\n")
		for _, line := range s.Shown {
			writeComments(b, line.Comments)
			b.WriteString(line.String() + "\n")
		}
		writeDirections(b, s.Directions)
	}
}

// Line returns the line that makes the step's screen appear.
func (s *Step) Line() string {
	if s.Redial != nil {
		return "(" + s.Redial.Text + ")"
	}
	return strings.TrimRight("> "+s.Input.String(), " ")
}

func writeDirections(b *strings.Builder, list []Direction) {
	for _, d := range list {
		writeComments(b, d.Comments)
		b.WriteString("(" + d.Text + ")\n")
	}
}
