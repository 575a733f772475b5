package runner_test

import (
	"strings"
	"testing"

	"slipway/runner/boot"
)

func TestKeelReadsLinesThatArePutTogetherByHand(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.converse(t, y.plan(t, "keel", "musl-static", "do=lines"),
		"ready", "hellp\x7fo\r", // a mistake, taken back
		"read 6 [hello|]", "x\x04", // the end of input ends a line first
		"read 1 [x]", strings.Repeat("y", 100)+"\r", // longer than the program's buffer
		"read 38 [", "\x04")
	v.mustPass(t)
	for _, want := range []string{"hellp\b \bo\n", "read 63 [" + strings.Repeat("y", 63) + "]", "end of input"} {
		if !strings.Contains(v.console, want) {
			t.Errorf("%q is missing:\n%q", want, v.console)
		}
	}
}

func TestKeelReadsKeysInRawMode(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.converse(t, y.plan(t, "keel", "musl-static", "do=raw"), "ready", "A\x1b[A", "key 65\nkey 27\nkey 91\nkey 65\n", "q")
	v.mustPass(t)
	if !strings.Contains(v.console, "key 65\nkey 27\nkey 91\nkey 65\nkey 113\n") {
		t.Errorf("keys or their order are wrong:\n%q", v.console)
	}
}

func TestKeelPollsForWholeLines(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.converse(t, y.plan(t, "keel", "musl-static", "do=half-a-line"), "ready", "one ", "one waiting", "two\r")
	v.mustPass(t)
	if !strings.Contains(v.console, "whole line: one two\n") {
		t.Errorf("%q", v.console)
	}
}

func TestControlCEndsAnAppThatReads(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.converse(t, y.plan(t, "keel", "musl-static", "do=lines"), "ready", "abc\x03")
	if v.Outcome != boot.Exit || v.Status != 130 || !strings.Contains(v.console, "^C") {
		t.Errorf("%s %d, want 130 as a shell has it: %q", v.Outcome, v.Status, v.console)
	}
}
