package session_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

func TestSettingsHoldForAllGuestsOfTheWorkbench(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, line := range []string{"cpus", "cpus=0", "net=bridge", `qemu="`} {
		if err := s.ConfigureText(line); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
	s.Mark("keel", true)
	s.SelectApp("hello")
	await(t, s, time.Minute, "end of the first boot", ended)
	const line = `accel=tcg cpus=2 machine=pc numa=2 'qemu=-name "a b"'`
	if err := s.ConfigureText(line); err != nil {
		t.Fatal(err)
	}
	numa := func(st *session.State) bool { return ended(st) && slices.Contains(st.Guests[0].QEMU, "a b") }
	st := await(t, s, time.Minute, "boot with two nodes", numa)
	if g := st.Guests[0]; st.Settings != line || g.Outcome != "exit" || g.Status != 0 || !slices.Contains(g.QEMU, "-numa") ||
		g.Command != `slipway boot -k keel -a hello --set accel=tcg --set cpus=2 --set machine=pc --set numa=2 --set 'qemu=-name "a b"'` {
		t.Errorf("settings %s; %s %d: %q; command %s", st.Settings, g.Outcome, g.Status, g.QEMU, g.Command)
	}
	timed := func(st *session.State) bool {
		return st.Experiment != nil && !st.Experiment.Running && st.Experiment.Round > 0
	}
	st = await(t, s, time.Minute, "end of the timed rounds", timed)
	if e := st.Experiment; e.Error != "" || e.Failed > 0 || !strings.HasSuffix(e.Command, `--set numa=2 --set 'qemu=-name "a b"'`) {
		t.Errorf("timed: %+v", e)
	}
	// Parameters are an app's own: this one has none, and the next does not have them.
	if err := s.ConfigureText("steps=5"); err == nil || s.State().Settings != line {
		t.Errorf("a parameter that the app does not have: %v; settings %s", err, s.State().Settings)
	}
	s.SelectApp("nbody")
	if err := s.ConfigureText("accel=tcg steps=5"); err != nil {
		t.Fatal(err)
	}
	s.SelectApp("syscalls")
	if st := s.State(); st.Settings != "accel=tcg" {
		t.Errorf("the next app has the settings %s", st.Settings)
	}
}
