package benchmarks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// disturbed says what disturbed the host during the boots, as far as it was seen, or
// that several of them ran at once; "" where nothing did.
func (gs *groups) disturbed() (short, long string) {
	boots, busy, parallel := 0, 0, 0
	reasons := map[string]int{}
	for _, g := range gs.list {
		for _, run := range g.boots {
			boots++
			parallel = max(parallel, run.Environment.Parallel)
			if len(run.Environment.Busy) > 0 {
				busy++
			}
			for _, reason := range run.Environment.Busy {
				reasons[reasonKind(reason)]++
			}
		}
	}
	var shorts, longs []string
	if parallel > 1 {
		shorts = append(shorts, fmt.Sprintf("%d boots at once", parallel))
		longs = append(longs, fmt.Sprintf("%d boots ran at once, as was asked for: they slowed each other down, and are only compared with each other.", parallel))
	}
	if busy > 0 {
		shorts = append(shorts, fmt.Sprintf("disturbed in %d of %s", busy, plural(boots, "boot")))
		var parts []string
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			parts = append(parts, fmt.Sprintf("%s (%s)", reason, plural(reasons[reason], "boot")))
		}
		longs = append(longs, "Seen just before boots: "+strings.Join(parts, "; ")+". Intervals are wider than they need be.")
	}
	return strings.Join(shorts, ", "), strings.Join(longs, " ")
}

// reasonKind is a reason without the figures that differ from boot to boot.
func reasonKind(reason string) string {
	kind, _, _ := strings.Cut(reason, ":")
	return kind
}
