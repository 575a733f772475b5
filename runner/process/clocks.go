package process

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// stampSize is that of a struct timespec on a machine of 64 bits.
const stampSize = 16

// stampOf reads the time out of a message with SO_TIMESTAMPNS.
func stampOf(m unix.SocketControlMessage) (wall time.Time, ok bool) {
	if m.Header.Level != unix.SOL_SOCKET || m.Header.Type != unix.SCM_TIMESTAMPNS || len(m.Data) < stampSize {
		return wall, false
	}
	seconds, nanoseconds := binary.NativeEndian.Uint64(m.Data), binary.NativeEndian.Uint64(m.Data[8:])
	return time.Unix(int64(seconds), int64(nanoseconds)), true
}

// closeReadings is how far apart two readings of clocks may be that are taken for one.
const closeReadings = 20 * time.Microsecond

// OnOurClock puts a time of the host's wall clock, which somebody else noted a moment
// ago, on the monotonic clock that all times of ours are on. It is right to
// closeReadings unless the wall clock was set since then.
func OnOurClock(wall time.Time) time.Time {
	var best time.Time
	var width time.Duration
	for try := range 8 { // a thread may lose its CPU between two clocks
		before := time.Now()
		var now unix.Timespec
		_ = unix.ClockGettime(unix.CLOCK_REALTIME, &now) // it cannot fail
		took := time.Since(before)
		if try == 0 || took < width {
			width, best = took, before.Add(-time.Unix(now.Unix()).Sub(wall))
		}
		if width < closeReadings {
			break
		}
	}
	return best
}
