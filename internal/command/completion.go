package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/paytrace/paytrace/docs/diagnostics"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

func (completionCmd) Help() string {
	return `Prints a script that completes subcommands, flags, their values and the codes of
diagnostics. Other arguments are files. Load it where your shell starts:

    bash   source <(paytrace completion bash)              in ~/.bashrc
    zsh    source <(paytrace completion zsh)               in ~/.zshrc, below compinit
    fish   paytrace completion fish | source               in ~/.config/fish/config.fish

Example:
  paytrace completion bash`
}

// Run prints the script of a shell.
func (v completionCmd) Run(std streams) error {
	parser, err := newParser(std)
	if err != nil {
		return err
	}
	root := completed(parser.Model.Node, "")
	write := map[string]func(io.Writer, completions) error{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	var script strings.Builder
	if err := write[v.Shell](&script, root); err != nil {
		return err
	}
	_, err = io.WriteString(std.out, strings.ReplaceAll(script.String(), "paytrace", std.own.Called()))
	return err
}

// completions says what can follow a subcommand.
type completions struct {
	// path is the subcommand with those above it, as "keys api"; "" is the program.
	path  string
	help  string
	subs  []completions
	flags []completedFlag
	// words are what an argument can be, where it is no file.
	words []string
}

type completedFlag struct {
	name, help string
	value      bool     // it takes a value
	values     []string // that it can have; nil where any
}

// completed reads what can follow a subcommand from the parser.
func completed(n *kong.Node, path string) completions {
	c := completions{path: path, help: n.Help}
	for _, f := range n.Flags {
		flag := completedFlag{name: f.Name, help: firstSentence(f.Help), value: !f.IsBool() && !f.IsCounter()}
		if f.Enum != "" {
			flag.values = f.EnumSlice()
		}
		c.flags = append(c.flags, flag)
	}
	for _, arg := range n.Positional {
		if arg.Enum != "" {
			c.words = append(c.words, arg.EnumSlice()...)
		}
	}
	if path == "explain" || path == "fix" {
		c.words = diagnostics.Codes()
	}
	for _, child := range n.Children {
		if !child.Hidden {
			c.subs = append(c.subs, completed(child, strings.TrimSpace(path+" "+child.Name)))
		}
	}
	return c
}

// name returns the last word of a subcommand.
func (c completions) name() string { return c.path[strings.LastIndexByte(c.path, ' ')+1:] }

// all returns a subcommand and everything below it.
func (c completions) all() []completions {
	list := []completions{c}
	for _, s := range c.subs {
		list = append(list, s.all()...)
	}
	return list
}

// firstSentence returns the beginning of a help text, which is all that a list has room
// for.
func firstSentence(help string) string {
	first, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(first, ".")
}

// quoted returns a text in the single quotes of a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// arguments returns the words that can follow a subcommand, but no flags.
func (c completions) arguments() []string {
	words := append([]string(nil), c.words...)
	for _, s := range c.subs {
		words = append(words, s.name())
	}
	return words
}

// subcommandPattern returns a pattern of all subcommands for "case" in bash and zsh.
func (c completions) subcommandPattern() string {
	var paths []string
	for _, s := range c.all()[1:] {
		paths = append(paths, quoted(s.path))
	}
	return strings.Join(paths, "|")
}

const bashHead = `# Completion of paytrace for bash. Load it with: source <(paytrace completion bash)
_paytrace() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${cmd:+$cmd }${COMP_WORDS[i]}" in
      %s) cmd="${cmd:+$cmd }${COMP_WORDS[i]}" ;;
    esac
  done
  case "$cmd $prev" in
`

func bashCompletion(w io.Writer, root completions) error {
	var b strings.Builder
	fmt.Fprintf(&b, bashHead, root.subcommandPattern())
	for _, c := range root.all() {
		for _, f := range c.flags {
			switch {
			case len(f.values) > 0:
				fmt.Fprintf(&b, "    %s) words=%s ;;\n", quoted(c.path+" --"+f.name), quoted(strings.Join(f.values, " ")))
			case f.value:
				fmt.Fprintf(&b, "    %s) return ;;\n", quoted(c.path+" --"+f.name))
			}
		}
	}
	b.WriteString("    *)\n      case \"$cmd:$cur\" in\n")
	for _, c := range root.all() {
		var flags []string
		for _, f := range c.flags {
			flags = append(flags, "--"+f.name)
		}
		fmt.Fprintf(&b, "        %s-*) words=%s ;;\n", quoted(c.path+":"), quoted(strings.Join(flags, " ")))
		fmt.Fprintf(&b, "        %s*) words=%s ;;\n", quoted(c.path+":"), quoted(strings.Join(c.arguments(), " ")))
	}
	b.WriteString("      esac ;;\n  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n# Files are completed where nothing else fits.\ncomplete -o default -F _paytrace paytrace\n")
	_, err := io.WriteString(w, b.String())
	return err
}

const zshHead = `#compdef paytrace
# Completion of paytrace for zsh. Load it with: source <(paytrace completion zsh)
_paytrace() {
  local cmd= i
  local -a list
  for ((i = 2; i < CURRENT; i++)); do
    case "${cmd:+$cmd }${words[i]}" in
      (%s) cmd="${cmd:+$cmd }${words[i]}" ;;
    esac
  done
  case "$cmd ${words[CURRENT-1]}" in
`

func zshCompletion(w io.Writer, root completions) error {
	var b strings.Builder
	fmt.Fprintf(&b, zshHead, root.subcommandPattern())
	for _, c := range root.all() {
		for _, f := range c.flags {
			switch {
			case len(f.values) > 0:
				fmt.Fprintf(&b, "    (%s) compadd -- %s; return ;;\n", quoted(c.path+" --"+f.name), strings.Join(f.values, " "))
			case f.value:
				fmt.Fprintf(&b, "    (%s) _files; return ;;\n", quoted(c.path+" --"+f.name))
			}
		}
	}
	b.WriteString("  esac\n  case \"$cmd:${words[CURRENT]}\" in\n")
	for _, c := range root.all() {
		var flags, subs []string
		for _, f := range c.flags {
			flags = append(flags, quoted("--"+f.name+":"+f.help))
		}
		for _, s := range c.subs {
			subs = append(subs, quoted(s.name()+":"+s.help))
		}
		for _, word := range c.words {
			subs = append(subs, quoted(word))
		}
		fmt.Fprintf(&b, "    (%s-*) list=(%s) ;;\n", quoted(c.path+":"), strings.Join(flags, " "))
		fmt.Fprintf(&b, "    (%s*) list=(%s) ;;\n", quoted(c.path+":"), strings.Join(subs, " "))
	}
	b.WriteString("  esac\n  if (( $#list )); then _describe paytrace list || _files; else _files; fi\n}\ncompdef _paytrace paytrace\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func fishCompletion(w io.Writer, root completions) error {
	var b strings.Builder
	b.WriteString("# Completion of paytrace for fish. Load it with: paytrace completion fish | source\n")
	b.WriteString("complete -c paytrace -n __fish_use_subcommand -f\n")
	for _, c := range root.all() {
		at := c.fishCondition()
		for _, s := range c.subs {
			fmt.Fprintf(&b, "complete -c paytrace -n %s -a %s -d %s\n", quoted(at), s.name(), fishQuoted(s.help))
		}
		for _, word := range c.words {
			fmt.Fprintf(&b, "complete -c paytrace -n %s -a %s\n", quoted(at), word)
		}
		for _, f := range c.flags {
			value := ""
			switch {
			case len(f.values) > 0:
				value = " -x -a " + fishQuoted(strings.Join(f.values, " "))
			case f.value:
				value = " -r"
			}
			fmt.Fprintf(&b, "complete -c paytrace -n %s -l %s%s -d %s\n", quoted(at), f.name, value, fishQuoted(f.help))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fishCondition holds where a subcommand is the last one that was typed.
func (c completions) fishCondition() string {
	if c.path == "" {
		return "__fish_use_subcommand"
	}
	var parts []string
	for _, name := range strings.Fields(c.path) {
		parts = append(parts, "__fish_seen_subcommand_from "+name)
	}
	for _, s := range c.subs {
		parts = append(parts, "not __fish_seen_subcommand_from "+s.name())
	}
	return strings.Join(parts, "; and ")
}

// fishQuoted returns a text in the single quotes of fish, which escape with a backslash.
func fishQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
