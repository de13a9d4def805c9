package syntax

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"gopkg.in/yaml.v3"
)

// translations reads NAME.LANG.yaml for each language but the first. The check of
// translations reports a missing file.
func (p *reader) translations() {
	for i, lang := range p.file.Languages {
		name := p.file.Name + "." + lang.Code.Value + ".yaml"
		if i == 0 || !plainFile(name) {
			continue
		}
		if _, err := fs.Stat(p.fsys, name); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if root := p.open(name, lang.Code); root != nil {
			p.translation(lang.Code.Value, root)
		}
	}
}

func (p *reader) translation(lang string, root *yaml.Node) {
	t := &Translation{Lang: lang, Path: p.src.path}
	for _, e := range p.entries(root, "a translation") {
		if e.node.Kind == yaml.MappingNode && e.node.Style&yaml.FlowStyle == 0 {
			p.find("U003", e.key, fmt.Sprintf("A translation has one line for each text, but %q holds a group.", e.key.Value), fmt.Sprintf("Write %q.", e.key.Value+".say: …"))
			continue
		}
		if words, ok := p.words(e); ok {
			of, unreviewed := p.markBeside(e.key.Pos.Line)
			t.Entries = append(t.Entries, Entry{Key: e.key, Text: words, Of: of, Unreviewed: unreviewed})
		}
	}
	p.file.Translations = append(p.file.Translations, t)
}

// MarkComment matches the comment that "lang" writes after a translation: the hash of
// the text that was translated, and "unreviewed" if nobody has compared the two.
var MarkComment = regexp.MustCompile(`^# of ([0-9a-f]{8})\b(?: (stale|unreviewed)\b)?`)

func (p *reader) markBeside(line int) (of string, unreviewed bool) {
	if m := MarkComment.FindStringSubmatch(p.src.Comments[line].Text); m != nil {
		return m[1], m[2] == "unreviewed"
	}
	return "", false
}

// SourceHash returns the mark of a translated text, which stands after its translation
// as "# of 1a2b3c4d". Eight digits distinguish the versions of one text. They protect
// nothing.
func SourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// navKeys returns the navigation keys by the names of their texts.
func navKeys(f *File) map[string]string {
	n := &f.Nav
	return map[string]string{
		"nav.back": n.Back.Key.Value, "nav.home": n.Home.Key.Value, "nav.more": n.More.Key.Value,
		"nav.confirm": n.Confirm.Key.Value, "nav.cancel": n.Cancel.Key.Value,
	}
}

// Message returns the translated text. A translator may repeat the key of the menu, as
// in "nav.back: 0 Rudi"; Message removes it.
func (e Entry) message(keys map[string]string) Text {
	first, words := e.Text.Trim().word()
	if first.Value != "" && first.Value == keys[e.Key.Value] && words.Value != "" {
		return words
	}
	return e.Text
}
