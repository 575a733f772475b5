package main_test

import (
	"strings"
	"syscall"
	"testing"
)

// Where KVM does not work, each boot says so, and its record says why.
func TestAFallbackToEmulationIsSaidAndRecorded(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	var d struct {
		Accelerator string  `json:"accel"`
		Reason      *string `json:"reason"`
	}
	decodeLoosely(t, w.expect(0, nil, "doctor", "--json").out, &d)
	if d.Accelerator != "tcg" {
		t.Skip("KVM works here: nothing falls back")
	}
	const said = "slipway: emulated by tcg, not run by kvm: "
	w.expect(0, []string{said + *d.Reason, "slipway doctor"}, "boot", "-k", "keel", "-a", "hello")
	recorded := func() string {
		t.Helper()
		var list struct {
			Runs []struct {
				ID string `json:"id"`
			} `json:"runs"`
		}
		decodeLoosely(t, w.run("runs", "--json").out, &list)
		return w.expect(0, nil, "run", "show", list.Runs[0].ID).out
	}
	if text := recorded(); !strings.Contains(text, "accelerator         tcg\nwhy                 "+*d.Reason+"\n") {
		t.Errorf("the run does not say why:\n%s", text)
	}
	// What was asked for is no fall-back.
	if s := w.expect(0, nil, "boot", "-k", "keel", "-a", "hello", "--accel", "tcg"); strings.Contains(s.words, said) {
		t.Errorf("it says:\n%s", s.words)
	}
	if text := recorded(); strings.Contains(text, *d.Reason) {
		t.Errorf("the run gives a reason for what was asked for:\n%s", text)
	}
	if s := w.expect(0, nil, "bench", "-k", "keel", "-a", "hello", "-n", "1", "--warmup", "0"); !strings.Contains(strings.Join(strings.Fields(s.out), " "), "Why not KVM: "+strings.TrimSuffix(*d.Reason, ".")) {
		t.Errorf("a bench does not say why not KVM:\n%s", s.out)
	}
	if s := w.expect(0, nil, "boot", "-k", "host", "-a", "hello"); strings.Contains(s.words, said) {
		t.Errorf("without a guest it says:\n%s", s.words)
	}
	x := w.onTerminal(false, "-n", "1")
	x.await("no kernel marked")
	x.await("tcg ▲")
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.end(130)
}
