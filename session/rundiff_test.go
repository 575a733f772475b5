package session_test

import (
	"strings"
	"testing"

	"slipway/benchmarks/store"
	"slipway/session"
)

// Of two long command lines only the words that differ are shown.
func TestDiffTextShowsTheWordsThatDiffer(t *testing.T) {
	t.Parallel()
	long := func(memory string) []string {
		return strings.Fields("qemu-system-x86_64 -no-user-config -nodefaults -display none -M pc -m " + memory + " -kernel /somewhere/keel.elf -append app")
	}
	a := store.Run{ID: "one", Outcome: "exit", Args: long("64M"), Target: store.Target{Kernel: "keel", App: "hello"}}
	b := store.Run{ID: "two", Outcome: "exit", Args: long("128M"), Target: store.Target{Kernel: "keel", App: "nbody"}}
	text := session.DiffText(a, b)
	for _, want := range []string{"app\n  one  hello\n  two  nbody\n", "one  … 64M …\n", "two  … 128M …\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if same := session.DiffText(a, a); same != "" {
		t.Errorf("a run differs from itself:\n%s", same)
	}
}
