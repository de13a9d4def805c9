package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// flowScan reads a value in { } or [ ], which may take several lines.
type flowScan struct {
	*scanner
	off    int
	parent int    // the lines of the value begin to the right of this column
	frames []bool // open brackets; true after the colon of a key
	round  []byte // the closing brackets that are expected
	text   bool   // the value is a text and not a collection
	lost   bool   // the value never ends
}

// flow reads a value that begins with a bracket. If something follows the closing
// bracket on the same line, the value is a text: "{amount} to pay".
func (s *scanner) flow(off, parent int) {
	found, edited, kept, row := len(s.out), len(s.edits), len(s.texts), s.row
	f := &flowScan{scanner: s, off: off, parent: parent}
	f.run()
	if !f.text && !f.lost && !s.broken {
		if f.off = skipSpaces(s.Lines[s.row], f.off); f.off < len(s.Lines[s.row]) {
			if s.Lines[s.row][f.off] == '#' && s.Lines[s.row][f.off-1] == ' ' {
				s.comment(f.off)
				return
			}
			f.text = true
		}
	}
	if !f.text && !f.lost || s.broken {
		return
	}
	s.out, s.edits, s.texts, s.row = s.out[:found], s.edits[:edited], s.texts[:kept], row
	if f.lost {
		s.refuseOpen(off, len(s.Lines[row]))
	} else {
		s.refuseText(off, len(s.Lines[row]), fmt.Sprintf("YAML takes a %c at the beginning of a text for a collection.", s.Lines[row][off]), 0)
	}
	s.fused(parent)
}

func (f *flowScan) run() {
	for f.next() {
		line := f.Lines[f.row]
		top := len(f.frames) - 1
		switch c := line[f.off]; c {
		case '{', '[':
			f.open(c)
		case '}', ']':
			if f.round[top] != c {
				f.lost = true
				return
			}
			f.frames, f.round = f.frames[:top], f.round[:top]
			if f.off++; top == 0 {
				return
			}
		case ',':
			f.frames[top] = false
			f.off++
		case ':':
			f.frames[top] = true
			f.off++
		case '"', '\'':
			f.quoted()
		default:
			f.token()
		}
		if f.broken || f.text || f.lost {
			return
		}
	}
	f.lost = true
}

func (f *flowScan) open(c byte) {
	f.nodes++
	f.frames = append(f.frames, false)
	f.round = append(f.round, c+2) // '{'+2 is '}', '['+2 is ']'
	if len(f.cols)+len(f.frames) > MaxDepth {
		f.find("U001", f.row, f.off, 1, fmt.Sprintf("The brackets are nested more than %d deep.", MaxDepth), "")
		f.broken = true
	}
	f.off++
}

// next goes to the next character that is neither a space nor a comment.
func (f *flowScan) next() bool {
	for {
		line := f.Lines[f.row]
		f.off = skipSpaces(line, f.off)
		if f.off < len(line) && (line[f.off] != '#' || f.off > 0 && line[f.off-1] != ' ') {
			return true
		}
		if f.off < len(line) {
			f.comment(f.off)
		}
		if !f.nextRow() {
			return false
		}
	}
}

// nextRow goes to the next line if the value can continue there.
func (f *flowScan) nextRow() bool {
	if f.row+1 >= len(f.Lines) {
		return false
	}
	line := f.Lines[f.row+1]
	in := indentOf(line)
	if in < len(line) && (in <= f.parent || line[in] == '\t') {
		return false
	}
	f.row++
	f.noTabs()
	f.off = 0
	return true
}

// quoted skips a key or value in quotes.
func (f *flowScan) quoted() {
	f.nodes++
	line := f.Lines[f.row]
	end := closeQuote(line, f.off)
	if end < 0 {
		end = f.tokenEnd(f.off + 1)
		f.refuseOpen(f.off, end)
		f.off = end
		return
	}
	rest := skipSpaces(line, end)
	if bad := badEscape(line[f.off:end]); bad >= 0 {
		f.refuseText(f.off, end, unknownEscape, bad)
	} else if rest < len(line) && strings.IndexByte(",:]}#", line[rest]) < 0 {
		end = f.tokenEnd(end)
		f.refuseText(f.off, end, "The text goes on behind its closing quote.", 0)
	}
	f.off = end
}

// token reads a key or value without quotes up to where its author meant it to end.
// It reports a text that YAML reads differently.
func (f *flowScan) token() {
	f.nodes++
	line := f.Lines[f.row]
	top := len(f.frames) - 1
	value := f.frames[top] || f.round[top] == ']'
	end, trouble := f.off, ""
	if strings.IndexByte(Specials+"#", line[f.off]) >= 0 || isDash(line, f.off) {
		trouble = fmt.Sprintf("YAML does not read a text that begins with %q as plain text.", line[f.off:f.off+1])
	}
scan:
	for end < len(line) {
		switch c := line[end]; {
		case c == ',' || c == ']' || c == '}':
			break scan
		case c == '{' || c == '[':
			trouble = fmt.Sprintf("YAML takes the %c in this text for a collection.", c)
			end = f.tokenEnd(end)
			continue
		case c == '?':
			trouble = "Inside brackets YAML stops reading a text at its question mark."
		case c == '#' && end > f.off && line[end-1] == ' ':
			if end+1 == len(line) || line[end+1] == ' ' {
				break scan
			}
			trouble = "YAML takes what follows the # in this text for a comment."
		case c == ':' && (end+1 == len(line) || strings.IndexByte(" ,]}", line[end+1]) >= 0):
			if !value {
				break scan
			}
			trouble = "YAML takes this text's colon for the end of a key."
		}
		end++
	}
	from, row := f.off, f.row
	if trouble != "" {
		f.refuseText(from, end, trouble, 0)
	}
	f.off = end
	if f.joined() && trouble == "" {
		p := f.pos(row, from)
		f.texts = append(f.texts, refusal{spot{p.Line, p.Column}, strings.TrimRight(line[from:end], " ")})
	}
}

// tokenEnd returns the end of a text that contains brackets: the first comma or
// bracket outside them.
func (f *flowScan) tokenEnd(i int) int {
	line := f.Lines[f.row]
	depth := 0
	for ; i < len(line); i++ {
		switch line[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// joined reports a text that continues on the next line.
func (f *flowScan) joined() bool {
	if skipSpaces(f.Lines[f.row], f.off) < len(f.Lines[f.row]) {
		return false
	}
	if !f.next() || strings.IndexByte(",:]}", f.Lines[f.row][f.off]) >= 0 {
		return false
	}
	f.find("U004", f.row, f.off, utf8.RuneCountInString(f.Lines[f.row][f.off:]), "YAML would join this line to the text above.", "Put the whole text on one line, in quotes.")
	return true
}
