package process_test

import (
	"os/exec"
	"testing"

	"slipway/runner/process"
)

// What a child had resident is known after its end, unless it is less than we have:
// then Linux tells our size.
func TestPeakMemoryOfAnEndedChild(t *testing.T) {
	t.Parallel()
	const size = 200_000_000
	large := exec.CommandContext(t.Context(), "sh", "-c", `x=$(head -c 200000000 /dev/zero | tr "\0" a); :`)
	if err := large.Run(); err != nil {
		t.Fatal(err)
	}
	if peak := process.PeakMemoryOf(large.ProcessState); peak < size || peak > 4*size {
		t.Errorf("a shell with %d bytes had %d", size, peak)
	}
	small := exec.CommandContext(t.Context(), "true")
	if err := small.Run(); err != nil {
		t.Fatal(err)
	}
	if peak := process.PeakMemoryOf(small.ProcessState); peak > 16<<20 {
		t.Errorf("true had %d bytes", peak)
	}
}
