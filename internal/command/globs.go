package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// maxMatches bounds how many files one pattern stands for: a service has a handful.
const maxMatches = 1000

// matching replaces each pattern, as menus/*.dial, by the files that it matches. Most
// shells do that themselves, but not between quotes, nor on Windows. A name that has the
// signs of a pattern and exists stays as it is.
func matching(named []string) ([]string, error) {
	var files []string
	for _, name := range named {
		if _, err := os.Stat(name); err == nil || !strings.ContainsAny(name, "*?[") {
			files = append(files, name) // errors are reported where it is read
			continue
		}
		found, err := filepath.Glob(name)
		switch {
		case err != nil:
			return nil, misuse{fmt.Errorf("the pattern %q can't be read: %w; * stands for any letters, ? for one", name, err)}
		case len(found) == 0:
			return nil, misuse{fmt.Errorf("no file matches %q", name)}
		case len(found) > maxMatches:
			return nil, misuse{fmt.Errorf("%d files match %q, more than %d; name fewer", len(found), name, maxMatches)}
		}
		files = append(files, found...)
	}
	return files, nil
}

// filesNamed returns the files that match, with the menus of a folder in its place. The
// name "" stands for the default folder.
func filesNamed(named []string, menusOf func(folder string) ([]string, error)) ([]string, error) {
	matched, err := matching(named)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range matched {
		if name != "" && !folderNamed(name) {
			files = append(files, name)
			continue
		}
		menus, err := menusOf(name)
		if err != nil {
			return nil, err
		}
		files = append(files, menus...)
	}
	return files, nil
}
