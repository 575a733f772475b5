package benchmarks

import (
	"strings"

	"golang.org/x/perf/benchunit"
)

// perSecond is how many of a unit of time make a second. Divided by it, 1500 ms is the very
// number that 1.5 s is; multiplied by 0.001 it need not be.
var perSecond = map[string]float64{"ms": 1e3, "us": 1e6, "µs": 1e6, "μs": 1e6, "s": 1}

// tidied is a value in its unit without a prefix: what one side reports in ms/op and the
// other in ns/op are both seconds. benchunit knows ns and MB alone.
func tidied(value float64, unit string) (float64, string) {
	quantity, per, ratio := strings.Cut(unit, "/")
	n, known := perSecond[quantity]
	if !known {
		return benchunit.Tidy(value, unit)
	}
	if !ratio {
		return value / n, "sec"
	}
	return value / n, "sec/" + per
}
