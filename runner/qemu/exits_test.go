package qemu

import (
	"errors"
	"testing"

	"slipway/runner/boot"
)

// TestExitsAreReadAsQEMUTellsThem takes answers as QEMU's schema of query-stats has
// them (qapi/stats.json: StatsResult, whose values are numbers, truth values or lists).
func TestExitsAreReadAsQEMUTellsThem(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int64{
		`[{"provider":"kvm","qom-path":"/machine/unattached/device[0]","stats":[{"name":"exits","value":1234}]}]`: 1234,
		`[{"provider":"kvm","qom-path":"/machine/unattached/device[0]","stats":[{"name":"guest_mode","value":true},{"name":"exits","value":40}]},
		  {"provider":"kvm","qom-path":"/machine/unattached/device[1]","stats":[{"name":"exits","value":2},{"name":"halt_poll_success_hist","value":[0,1,2]}]}]`: 42,
	} {
		if got, err := sumExits([]byte(answer)); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", answer, got, err, want)
		}
	}
	for _, none := range []string{`[]`, `[{"provider":"cryptodev","stats":[{"name":"exits","value":1}]}]`, `[{"provider":"kvm","stats":[]}]`} {
		if got, err := sumExits([]byte(none)); !errors.Is(err, ErrNoExits) {
			t.Errorf("%s: %d, %v", none, got, err)
		}
	}
	if _, err := sumExits([]byte(`{}`)); err == nil {
		t.Error("an object is taken for a list")
	}
}

// TestAMachineIsAskedForItsExitsBeforeItEnds holds, under TCG, which has none, that the
// machine stands at its end until QEMU has answered and that the guest's status is kept.
func TestAMachineIsAskedForItsExitsBeforeItEnds(t *testing.T) {
	t.Parallel()
	for _, accel := range []Accel{TCG, KVM} {
		if accel == KVM {
			a, err := Probe(t.Context(), spawner(t), testQEMU, t.TempDir(), "auto")
			if err != nil || a.Name != KVM {
				t.Logf("KVM does not work here, so its exits are not read: %s %v", a.Reason, err)
				continue
			}
		}
		c := testGuest(t, "pc", "e9=@slipway_app e9=@slipway_exit_7 reset")
		c.Accel, c.CountExits = accel, true
		b := begin(t, c, boot.Options{Timeout: patience})
		r := wait(t, b)
		expect(t, r, boot.Exit, 7, "returned 7")
		m, ok := b.Controller().(*machine)
		if !ok {
			t.Fatal("no machine")
		}
		m.mu.Lock()
		exits, err := m.exits, m.exitsErr
		m.mu.Unlock()
		if accel == KVM && (err != nil || exits <= 0 || r.Exits != exits) {
			t.Errorf("KVM: %d exits, %v", exits, err)
		}
		if accel == TCG && (!errors.Is(err, ErrNoExits) || r.Exits != 0) {
			t.Errorf("TCG: %d exits, %v", exits, err)
		}
	}
}
