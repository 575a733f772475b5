package qemu

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/runner/boot"
)

// Whoever reads the markers may have to wait long for a CPU. Here it waits until the
// guest has come to its end, and still the phases are those of the guest.
func TestMarkersHaveTheTimeOfTheGuestHoweverLateTheyAreRead(t *testing.T) {
	t.Parallel()
	c := testGuest(t, "pc", "e9=@slipway_boot", "e9=@slipway_app", "flood=8", "say=done", "e9=@slipway_exit_0", "off")
	done := make(chan struct{})
	var first time.Duration
	var heard []byte
	opt := boot.Options{
		Console: func(at time.Duration, p []byte) {
			if first == 0 {
				first = at
			}
			before := bytes.Contains(heard, []byte("done"))
			if heard = append(heard, p...); !before && bytes.Contains(heard, []byte("done")) {
				close(done)
			}
		},
		OnMarker: func(name string, _ time.Duration) {
			if name != boot.MarkBoot {
				return
			}
			select { // the reader reads nothing meanwhile
			case <-done:
			case <-time.After(patience):
			}
		},
	}
	r := wait(t, begin(t, c, opt))
	expect(t, r, boot.Exit, 0, "")
	var toApp time.Duration
	for _, p := range r.Phases {
		if p.Name == "app" {
			break
		}
		toApp += p.Duration
	}
	const slack = time.Millisecond // of two clocks
	if len(r.Phases) != 5 || toApp > first+slack || r.Phases[1].Late+r.Phases[2].Late+r.Phases[3].Late != 0 {
		t.Errorf("the console spoke %v after the spawn, the app is said to have begun after %v: %+v", first, toApp, r.Phases)
	}
}

// A guest that says more on the marker port than the sockets hold waits until it is read,
// and nothing of it is lost.
func TestNothingOfALongTalkOnTheMarkerPortIsLost(t *testing.T) {
	t.Parallel()
	words := []string{"e9=@slipway_boot"}
	long := strings.Repeat("x", 80)
	const calls = 40
	for i := range calls {
		words = append(words, fmt.Sprintf("e9=@slipway_nosys_%d%s", i, long))
	}
	c := testGuest(t, "pc", append(words, "say=done", "e9=@slipway_app", "e9=@slipway_exit_3", "off")...)
	r := wait(t, begin(t, c, boot.Options{}))
	expect(t, r, boot.Exit, 3, "the app returned 3")
	if len(r.NoSys) != calls || r.NoSys[calls-1] != fmt.Sprint(calls-1, long) {
		t.Errorf("%d calls were heard of", len(r.NoSys))
	}
}
