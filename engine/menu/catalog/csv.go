package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/spelling"
)

// The columns of a CSV file. Reading needs columnKey, columnText and columnWords. It
// ignores all others but columnState.
const (
	columnKey   = "key"
	columnText  = "text"
	columnWords = "translation"
	columnState = "state"
)

// columns lists the columns in the order in which they are written.
var columns = []string{columnKey, "context", "note", columnText, columnWords, columnState, "length", "limit", "screen"}

// WriteCSV returns a catalog as a CSV file with commas and one header line.
func WriteCSV(c *Catalog) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{columns}
	for _, e := range c.Entries {
		rows = append(rows, []string{e.Key, e.Context, e.Note, e.Text, e.Words, string(e.State), strconv.Itoa(e.Length), number(e.Limit, e.Whole), number(e.Whole, e.Whole)})
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

// number returns a number, "" where a text has no limit.
func number(n, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// ReadCSV reads a CSV file with commas, semicolons or tabs, as spreadsheets of
// different countries write it. Its first line has the names of the columns. path names
// the file in diagnostics.
func ReadCSV(path string, data []byte) (Read, diag.List) {
	r := &csvReader{path: path, seen: map[string]int{}}
	if message, help := unreadable(data); message != "" {
		r.find(1, 1, 1, message, help)
		return r.out, r.found
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	r.lines = strings.Split(text, "\n")
	r.csv = csv.NewReader(strings.NewReader(text))
	r.csv.Comma, r.csv.FieldsPerRecord = separator(r.lines[0]), -1
	if r.header() {
		r.rows()
	}
	return r.out, r.found
}

// separator returns the sign between the columns of a header line.
func separator(header string) rune {
	best, most := ',', 0
	for _, sign := range []rune{',', ';', '\t'} {
		if n := strings.Count(header, string(sign)); n > most {
			best, most = sign, n
		}
	}
	return best
}

type csvReader struct {
	path  string
	lines []string
	csv   *csv.Reader
	at    map[string]int // the index of each column
	out   Read
	found diag.List
	seen  map[string]int // the line of each key
}

func (r *csvReader) find(line, column, length int, message, help string) {
	r.found = append(r.found, wrong(codeFile, diag.Error, engine.Pos{File: r.path, Line: line, Column: column}, length, message, help))
}

// header reads the names of the columns.
func (r *csvReader) header() bool {
	names, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		r.find(1, 1, 1, "The file is empty.", r.wanted())
		return false
	}
	if err != nil {
		r.broken(err)
		return false
	}
	r.at = map[string]int{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := r.at[name]; !twice {
			r.at[name] = i
		}
	}
	for _, need := range []string{columnKey, columnText, columnWords} {
		if _, ok := r.at[need]; !ok {
			r.find(1, 1, utf8.RuneCountInString(strings.TrimSuffix(r.lines[0], "\r")), fmt.Sprintf("The first line has no column %q.", need), r.wanted())
			return false
		}
	}
	return true
}

func (r *csvReader) wanted() string {
	return fmt.Sprintf("The first line names the columns: at least %q, %q and %q.", columnKey, columnText, columnWords)
}

// rows reads the texts below the header.
func (r *csvReader) rows() {
	for len(r.found) < maxFound {
		row, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			r.broken(err)
			return
		}
		r.row(row)
	}
}

func (r *csvReader) row(row []string) {
	if strings.Join(row, "") == "" {
		return
	}
	t := Translation{Key: r.field(row, columnKey), Text: r.field(row, columnText), Words: r.field(row, columnWords)}
	if t.Key.Value == "" {
		r.find(t.Key.Pos.Line, t.Key.Pos.Column, 1, "This row has no key, so its text is not known.", "Write the key of the text, as main.1, or delete the row.")
		return
	}
	if r.at[columnWords] >= len(row) {
		r.find(t.Key.Pos.Line, t.Key.Pos.Column, utf8.RuneCountInString(t.Key.Value), fmt.Sprintf("The row of %q has %d columns and none for its translation.", t.Key.Value, len(row)), "Give every row the columns of the first line.")
		return
	}
	if _, has := r.at[columnState]; has && !r.state(row, &t) {
		return
	}
	if d, twice := sameKey(r.seen, t); twice {
		r.found = append(r.found, d)
		return
	}
	r.out.Entries = append(r.out.Entries, t)
}

// state reads what a row says of its words.
func (r *csvReader) state(row []string, t *Translation) bool {
	cell := r.field(row, columnState)
	t.State = State(strings.ToLower(strings.TrimSpace(cell.Value)))
	states := []string{string(Missing), string(Stale), string(Unreviewed)}
	if t.State == Done || slices.Contains(states, string(t.State)) {
		return true
	}
	help := spelling.DidYouMean(cell.Value, states)
	if help == "" {
		help = `A state is "missing", "stale", "unreviewed" or empty.`
	}
	r.find(cell.Pos.Line, cell.Pos.Column, utf8.RuneCountInString(cell.Value), fmt.Sprintf("There is no state %q.", cell.Value), help)
	return false
}

// field returns a cell with its place. A missing cell is empty, and stands at the
// beginning of its row.
func (r *csvReader) field(row []string, column string) Words {
	i := r.at[column]
	if i >= len(row) {
		line, _ := r.csv.FieldPos(0)
		return Words{Pos: engine.Pos{File: r.path, Line: line, Column: 1}}
	}
	line, offset := r.csv.FieldPos(i)
	raw := ""
	if line >= 1 && line <= len(r.lines) {
		raw = r.lines[line-1]
	}
	offset = min(offset-1, len(raw))
	w := Words{Value: row[i], Pos: engine.Pos{File: r.path, Line: line, Column: utf8.RuneCountInString(raw[:offset]) + 1}}
	if strings.HasPrefix(raw[offset:], `"`) {
		w.Pos.Column++
		w.quoted()
	}
	return w
}

// quoted notes where the characters of a cell in quotes stand: a quote is written
// twice, and each line begins in the first column.
func (w *Words) quoted() {
	line, column := w.Pos.Line, w.Pos.Column
	for i, c := range w.Value {
		column++
		switch c {
		case '\n':
			line, column = line+1, 1
		case '"':
			column++
		default:
			continue
		}
		w.starts = append(w.starts, start{i + 1, line, column})
	}
}

// broken reports a row that can't be divided into columns. What follows can't be
// understood.
func (r *csvReader) broken(err error) {
	line, column := 1, 1
	var at *csv.ParseError
	if errors.As(err, &at) {
		line, err = at.Line, at.Err
		if at.StartLine < at.Line {
			line, at.Column = at.StartLine, 1 // a quote is missing in the first line of the row
		}
		if line >= 1 && line <= len(r.lines) {
			text := r.lines[line-1]
			column = utf8.RuneCountInString(text[:max(0, min(at.Column-1, len(text)))]) + 1
		}
	}
	message, help := fmt.Sprintf("This row can't be read: %v.", err), "Save the file again as CSV."
	if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) {
		message, help = "The quotes of this row don't fit.", `A cell with a quote, a comma or a new line stands between quotes, and a quote inside it is written twice: "".`
	}
	r.find(line, column, 1, message, help)
}
