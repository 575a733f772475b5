package gdb

import (
	"slices"
	"strings"
	"testing"
)

func TestCommandIsOneAShellUnderstands(t *testing.T) {
	t.Parallel()
	s := Symbols{App: "/a b/app", Main: 0x401030, Word: 0xff, Shared: true, Missing: []string{`no "symbols" of C:\kernel`}}
	line := Command("gdb", "/run/x/gdb", s, false)
	for _, want := range []string{`file /a\ b/app`, "target remote /run/x/gdb", "hbreak *0x401030 if *(unsigned long *)0x401030 == 0xff", `echo no "symbols" of C:\\kernel\n`} {
		if !slices.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
	shell := Shell([]string{"gdb", "", "it's", "a b", "$x"})
	if shell != `gdb '' 'it'\''s' 'a b' '$x'` {
		t.Errorf("for a shell it is %s", shell)
	}
	if line := strings.Join(Command("gdb", "/run/x/gdb", Symbols{}, true), " "); strings.Contains(line, "hbreak") || strings.Contains(line, "to main") {
		t.Errorf("without symbols: %s", line)
	}
}
