package main_test

import (
	"slices"
	"strings"
	"testing"
)

// What is left of a guest that hangs is in its record: where it was, what it said
// last, and its registers.
func TestAHangIsKeptWithItsLastLinesAndRegisters(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	const source = "#include <stdio.h>\nint main(void) { puts(\"going down\"); fflush(stdout); for (;;); }\n"
	w.app("mute", source, "hang = \"600ms\"\n")
	w.app("slow", source, "")
	type output struct {
		Run struct {
			ID, Outcome, Reason string
			LastLines           []string `json:"last_lines"`
			Registers           *string
		}
	}
	for _, args := range [][]string{
		{"-k", "keel", "-a", "mute"},
		{"-k", "keel", "-a", "slow", "--set", "hang=600ms"},
		{"-k", "host", "-a", "slow", "--set", "hang=600ms"},
	} {
		var o output
		decodeLoosely(t, w.expect(126, nil, append([]string{"boot", "--json"}, args...)...).out, &o)
		r := o.Run
		if r.Outcome != "hang" || !strings.Contains(r.Reason, "not a word for 600ms: ") || !slices.Equal(r.LastLines, []string{"going down"}) {
			t.Errorf("%q: %+v", args, r)
		}
		if guest := args[1] != "host"; (r.Registers != nil) != guest || guest && !strings.Contains(*r.Registers, "RIP=") {
			t.Errorf("%q: registers %v", args, r.Registers)
		}
		text := w.expect(0, nil, "run", "show", r.ID).out
		if !strings.Contains(text, "\nlast lines\n  going down\n") || strings.Contains(text, "\nregisters\n") != (r.Registers != nil) {
			t.Errorf("the run does not show what is left:\n%s", text)
		}
	}
	w.expect(126, []string{"hang: not a word for 600ms", "'slipway run show' has its registers"}, "boot", "-k", "keel", "-a", "mute", "--plain")
	w.expect(124, []string{"timeout: not done within 300ms"}, "boot", "-k", "keel", "-a", "mute", "--plain", "--timeout", "300ms")
	w.expect(125, []string{"hang=soon", "duration"}, "boot", "-k", "keel", "-a", "mute", "--set", "hang=soon")
}
