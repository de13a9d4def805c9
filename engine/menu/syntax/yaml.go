package syntax

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Decode reads the cleaned source as one YAML document. It recovers from panics of the
// library, because a menu may come from anyone.
func (d *Document) Decode() (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(d.clean, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, ErrEmpty
	}
	return doc.Content[0], nil
}

var ErrEmpty = errors.New("the file is empty")

// yamlError returns the line, from 1, and the plain text of an error of yaml.v3. The
// library does not name the line if it is the first.
func yamlError(err error) (line int, message string) {
	theirs := strings.TrimPrefix(err.Error(), "yaml: ")
	line = 1
	if m := yamlLine.FindStringSubmatch(theirs); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, by the pattern
		theirs = m[2]
	}
	for _, w := range yamlWords {
		if strings.Contains(theirs, w.theirs) {
			return line, w.ours
		}
	}
	return line, "From here on this is not YAML: " + theirs + "."
}

var yamlLine = regexp.MustCompile(`^line (\d+): (.*)$`)

var yamlWords = []struct{ theirs, ours string }{
	{"mapping values are not allowed", "Here is one colon too many, or this line is too far right."},
	{"did not find expected key", `Near this line an entry does not line up with the others, or lacks its "key: ".`},
	{"did not find expected '-' indicator", `Near this line a list has an entry without its "- ".`},
	{"could not find expected ':'", `Near this line an entry lacks its colon.`},
	{"unexpected end of stream", "A quote or a bracket that opens here is never closed."},
	{"block sequence entries are not allowed", `Here is a "- " where no list can begin.`},
}
