package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// everyVerb visits all commands of ours, the root among them.
func everyVerb(visit func(*cobra.Command)) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		visit(cmd)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
}

func TestEveryVerbIsExplainedByExamplesThatWork(t *testing.T) {
	t.Parallel()
	examples := 0
	everyVerb(func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || cmd.Args == nil || cmd.RunE == nil {
			t.Errorf("%s: its summary is %q", path, cmd.Short)
		}
		for line := range strings.Lines(cmd.Long) {
			if len(line) > 132 {
				t.Errorf("%s: a line of its help has %d characters: %s", path, len(line), line)
			}
		}
		if cmd.Example == "" && path != "slipway cache clean" {
			t.Errorf("%s has no example", path)
		}
		for line := range strings.Lines(cmd.Example) {
			examples++
			tryExample(t, strings.TrimSuffix(line, "\n"))
		}
	})
	if examples < 20 {
		t.Errorf("only %d examples were found", examples)
	}
}

// tryExample holds that the first slipway of a shell line is a command line that
// Slipway takes.
func tryExample(t *testing.T, line string) {
	t.Helper()
	if !strings.HasPrefix(line, "  ") {
		t.Errorf("the example is not indented as cobra expects: %q", line)
	}
	for part := range strings.SplitSeq(line, "|") {
		words := strings.Fields(part)
		if len(words) == 0 || words[0] != "slipway" {
			continue
		}
		for i, word := range words {
			if word == ">" {
				words = words[:i]
				break
			}
		}
		cmd, rest, err := newRoot().Find(words[1:])
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.Args(cmd, cmd.Flags().Args())
		}
		if err != nil {
			t.Errorf("the example %q: %v", line, err)
		}
		return
	}
	t.Errorf("the example %q shows nothing of ours", line)
}

// fang writes the first word of a text with a capital and the rest of it small:
// Qemu, Key=Value.
func TestHelpBeginsWithWordsThatFangLeavesAlone(t *testing.T) {
	t.Parallel()
	check := func(where, text string) {
		first, _, _ := strings.Cut(strings.ReplaceAll(text, "`", ""), " ")
		for i, r := range first {
			if i > 0 && unicode.IsUpper(r) && first != "NAMES" && first != "NUMBER" && first != "TARGET" && first != "FILE" {
				t.Errorf("%s: %q would be written in other letters", where, first)
			}
		}
	}
	everyVerb(func(cmd *cobra.Command) {
		check(cmd.CommandPath(), cmd.Short)
		cmd.Flags().VisitAll(func(f *pflag.Flag) { check(cmd.CommandPath()+" --"+f.Name, f.Usage) })
	})
}
