package syntax

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/spelling"
)

// open reads one file and makes it the current source. from is the node that names
// the file; it is zero for the menu itself. open returns nil if the file has no
// entries.
func (p *reader) open(name string, from Text) *yaml.Node {
	shown := path.Join(p.dir, name)
	if !from.Written() {
		from = Text{Value: " ", Pos: engine.Pos{File: shown, Line: 1, Column: 1}}
	}
	data, err := p.load(name)
	if err != nil {
		p.find("U003", from, fmt.Sprintf("The file %q cannot be read: %s.", name, cause(err)), "").Suggest(spelling.Nearest(name, p.neighbours()))
		return nil
	}
	p.file.Sources = append(p.file.Sources, Source{Path: shown, Bytes: data})
	src, found := Scan(shown, data)
	p.src = src
	if p.file.docs == nil {
		p.file.docs = map[string]*Document{}
	}
	p.file.docs[shown] = src
	p.out = append(p.out, found...)
	src.findTexts()
	p.suppressions()
	p.suppressionsInTexts()
	if src.clean == nil {
		return nil
	}
	return p.decode(len(found) > 0)
}

// decode makes nodes of the current source. It reports an error of YAML only if the
// scan found nothing that explains it.
func (p *reader) decode(explained bool) *yaml.Node {
	root, err := p.src.Decode()
	switch {
	case errors.Is(err, ErrEmpty):
		p.find("U003", p.top(), "The file has no entries.", "")
		return nil
	case err != nil && explained:
		return nil
	case err != nil:
		line, message := yamlError(err)
		text := p.src.Line(line)
		indent := indentOf(text)
		at := Text{Value: text[indent:], Pos: engine.Pos{File: p.src.path, Line: line, Column: indent + 1}}
		p.find("U001", at, message, "Often a text needs quotes, or a line is one space too far left or right.")
		return nil
	}
	if nodeCount(root) > MaxNodes {
		p.find("U001", p.top(), fmt.Sprintf("The file has more than %d entries.", MaxNodes), "Divide it with include.")
		return nil
	}
	return root
}

func nodeCount(n *yaml.Node) int {
	count := 1
	for _, c := range n.Content {
		count += nodeCount(c)
	}
	return count
}

// load reads a file, but at most one byte more than the limit.
func (p *reader) load(name string) ([]byte, error) {
	if !plainFile(name) {
		return nil, errOutside
	}
	f, err := p.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	return data, errors.Join(err, f.Close())
}

var errOutside = errors.New("only files of the menu's own folder can be included")

// plainFile reports whether a file name has no folder.
func plainFile(name string) bool {
	return name != "." && name != ".." && fs.ValidPath(name) && !strings.ContainsAny(name, `/\:`)
}

// neighbours returns the names of the other menu files of the folder, for suggestions.
func (p *reader) neighbours() []string {
	list, err := fs.ReadDir(p.fsys, ".")
	if err != nil {
		return nil // the diagnostic does without a suggestion
	}
	var names []string
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, e.Name())
		}
	}
	return names
}

// Refused is the reason why a file system does not read a file, as a clause: "it is a
// named pipe, and only regular files are read".
type Refused string

func (r Refused) Error() string { return string(r) }

// reason returns an error without the names that a file system adds.
func reason(err error) string {
	if refused := Refused(""); errors.As(err, &refused) {
		return refused.Error()
	}
	return err.Error()
}

// Cause returns an error of a file system in plain words.
func Cause(err error) string { return cause(err) }

// cause returns an error of a file system in plain words.
func cause(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file in the menu's folder"
	case errors.Is(err, fs.ErrPermission):
		return "it may not be opened"
	case errors.Is(err, errOutside), errors.As(err, new(Refused)):
		return reason(err)
	}
	return "it is not a readable file"
}
