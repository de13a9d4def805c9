package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
)

// notice returns the licences of all linked modules. Modules with the same text share
// it.
func notice(linked []module) []byte {
	var b bytes.Buffer
	b.WriteString("PayTrace contains the modules below. Their licences follow, each behind the modules\n" +
		"that have it. PayTrace itself comes under the licence in the file LICENSE.\n" +
		"This file is made by \"make notice\".\n")
	var order []string
	users := map[string][]string{}
	for _, m := range linked {
		if m.Main {
			continue
		}
		name := strings.TrimSpace(m.Path + " " + m.Version)
		if m.Path == standardLibrary {
			name = "the standard library of Go"
		}
		for _, t := range m.Texts {
			if users[t.Text] == nil {
				order = append(order, t.Text)
			}
			users[t.Text] = append(users[t.Text], name+" ("+t.Name+")")
		}
	}
	for _, text := range order {
		b.WriteString("\n" + strings.Repeat("=", 80) + "\n")
		for _, name := range users[text] {
			fmt.Fprintf(&b, "%s\n", name)
		}
		b.WriteString("\n" + text)
	}
	return b.Bytes()
}

// errStale says that the file with the licences is not current.
var errStale = errors.New(noticeFile + " is not what the linked modules say; run: make notice")

func checkNotice(linked []module) error {
	stored, err := os.ReadFile(noticeFile)
	if err != nil {
		return err
	}
	if !bytes.Equal(stored, notice(linked)) {
		return errStale
	}
	return nil
}
