package syntax

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// dump writes a tree with the place of every text, and nothing that was not
// written.
func dump(f *File) []byte {
	var b bytes.Buffer
	shown := *f
	shown.Sources = nil
	dumpValue(&b, "File", reflect.ValueOf(shown), 0)
	return b.Bytes()
}

func dumpValue(b *bytes.Buffer, name string, v reflect.Value, depth int) {
	if v.IsZero() {
		return
	}
	indent := strings.Repeat("  ", depth)
	switch x := v.Interface().(type) {
	case Text:
		fmt.Fprintf(b, "%s%s %d:%d %q\n", indent, name, x.Pos.Line, x.Pos.Column, x.Value)
		return
	case engine.Pos:
		fmt.Fprintf(b, "%s%s %d:%d\n", indent, name, x.Line, x.Column)
		return
	case engine.Type:
		fmt.Fprintf(b, "%s%s %+v\n", indent, name, x)
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		dumpValue(b, name, v.Elem(), depth)
	case reflect.Slice:
		for i := range v.Len() {
			dumpValue(b, fmt.Sprintf("%s[%d]", name, i), v.Index(i), depth)
		}
	case reflect.Struct:
		fmt.Fprintf(b, "%s%s\n", indent, name)
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				dumpValue(b, field.Name, v.Field(i), depth+1)
			}
		}
	default:
		fmt.Fprintf(b, "%s%s %v\n", indent, name, v.Interface())
	}
}
