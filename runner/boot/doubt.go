package boot

import (
	"fmt"
	"strings"
	"time"
)

// A marker may be seen so much too late, and what it parts is still measured. Below the
// first a busy host is as good as an idle one.
const (
	lateAlways = time.Millisecond
	lateShare  = 20 // of the time that is measured: 5 %
)

// Doubtful reports whether a time that ends with a marker which was seen late says
// little of what it measures.
func Doubtful(took, late time.Duration) bool { return late > max(lateAlways, took/lateShare) }

// inDoubt joins the phases between which nobody knows where the one ended and the other
// began, the worst first, and says so.
func inDoubt(phases []Phase) (_ []Phase, doubts []string) {
	for {
		worst := -1
		for i := range len(phases) - 1 {
			shorter := min(phases[i].Duration, phases[i+1].Duration)
			if Doubtful(shorter, phases[i].Late) && (worst < 0 || phases[i].Late > phases[worst].Late) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		one, two := phases[worst], phases[worst+1]
		doubts = append(doubts, fmt.Sprintf("the end of the %s was seen up to %s late, since Slipway waited for a CPU: %s and %s are taken together",
			one.lastStage(), rounded(one.Late), one.Name, two.Name))
		phases = append(phases[:worst], phases[worst+1:]...)
		phases[worst] = Phase{Name: one.Name + "+" + two.Name, Duration: one.Duration + two.Duration, Marker: two.Marker, Late: two.Late}
	}
	if last := phases[len(phases)-1]; Doubtful(last.Duration, last.Late) {
		doubts = append(doubts, fmt.Sprintf("the end of the process was seen up to %s late, since Slipway waited for a CPU: what ends with it is no measurement where that is much", rounded(last.Late)))
	}
	return phases, doubts
}

func (p Phase) lastStage() string { return p.Name[strings.LastIndexByte(p.Name, '+')+1:] }

// rounded is a time for a sentence.
func rounded(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
