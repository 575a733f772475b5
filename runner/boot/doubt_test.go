package boot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestPhasesBetweenWhichAMarkerWasSeenTooLateAreTakenTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		app, exit, end moment
		ran            time.Duration
		want           string
		doubts         []string
	}{
		"in time":     {moment{130 * ms, ms}, moment{190 * ms, 0}, moment{200 * ms, 0}, 0, "vmm 100, firmware 10, kernel 20, app 60, shutdown 10", nil},
		"5 % of long": {moment{600 * ms, 4 * ms}, moment{690 * ms, 0}, moment{700 * ms, 0}, 0, "vmm 100, firmware 10, kernel 490, app 90, shutdown 10, app late 4", nil},
		"the app's beginning": {
			moment{180 * ms, 18 * ms},
			moment{190 * ms, 0},
			moment{200 * ms, 0},
			0, "vmm 100, firmware 10, kernel+app 80, shutdown 10",
			[]string{"the end of the kernel was seen up to 18ms late, since Slipway waited for a CPU: kernel and app are taken together"},
		},
		"both of the app's": {
			moment{180 * ms, 18 * ms},
			moment{190 * ms, 25 * ms},
			moment{200 * ms, 0},
			0, "vmm 100, firmware 10, kernel+app+shutdown 90",
			[]string{"the end of the app was seen up to 25ms late", "app and shutdown are taken together", "kernel and app+shutdown are taken together"},
		},
		"the end": {
			moment{130 * ms, 0},
			moment{190 * ms, 0},
			moment{200 * ms, 9 * ms},
			0, "vmm 100, firmware 10, kernel 20, app 60, shutdown 10",
			[]string{"the end of the process was seen up to 9ms late"},
		},
		"let go before we heard of it": {moment{130 * ms, 0}, moment{190 * ms, 0}, moment{200 * ms, 0}, 60 * ms, "vmm 60, firmware 50, kernel 20, app 60, shutdown 10", nil},
	} {
		line := timeline{vm: true, released: true, release: 100 * ms, ran: c.ran, marks: map[string]mark{
			MarkBoot: {moment: moment{at: 110 * ms}}, MarkApp: {moment: c.app}, MarkExit: {moment: c.exit},
		}}
		phases, doubts := line.phases(c.end, "exit")
		var got []string
		var sum time.Duration
		for _, p := range phases {
			got = append(got, fmt.Sprintf("%s %d", p.Name, p.Duration.Milliseconds()))
			sum += p.Duration
		}
		if late := phases[2].Late; late > ms {
			got = append(got, fmt.Sprintf("app late %d", late.Milliseconds()))
		}
		if strings.Join(got, ", ") != c.want || sum != c.end.at {
			t.Errorf("%s: %s, together %v; want %s", name, strings.Join(got, ", "), sum, c.want)
		}
		said := strings.Join(doubts, "; ")
		if len(c.doubts) == 0 && said != "" {
			t.Errorf("%s: %s", name, said)
		}
		for _, want := range c.doubts {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q does not say %q", name, said, want)
			}
		}
	}
}
