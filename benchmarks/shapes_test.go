package benchmarks_test

import (
	"math"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

func TestTwoGroupsAreSaidAndNothingIsDropped(t *testing.T) {
	t.Parallel()
	b := newBoots(5)
	b.rounds(20, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
		if r.Target.Kernel == "keel" && r.Round%2 == 0 {
			r.Metrics["boot/total"] = sec(2 * r.Metrics["boot/total"].Values[0])
		}
	})
	found := cell(t, compared(t, b, benchmarks.Options{}), "keel/app", "boot/total")
	notes := strings.Join(found.Notes, "; ")
	if !strings.Contains(notes, "keel/app: two groups, 10 boots near ") || !strings.Contains(notes, "(bootstrap)") || found.N != [2]int{20, 20} {
		t.Errorf("%v boots, notes %q", found.N, found.Notes)
	}
	if r := found.MedianRatio; r == nil || r.Low > 0.55 || r.High < 0.9 || r.Estimate < r.Low || r.Estimate > r.High {
		t.Errorf("the medians' ratio is %+v", r)
	}
	// Groups that are closer than what is called noise are nobody's concern.
	b = newBoots(5)
	b.rounds(20, 0.0001, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
		r.Metrics["boot/total"] = sec((1 + float64(r.Round%2)/100) * r.Metrics["boot/total"].Values[0])
	})
	if notes := cell(t, compared(t, b, benchmarks.Options{}), "keel/app", "boot/total").Notes; strings.Contains(strings.Join(notes, "; "), "two groups") {
		t.Errorf("two groups within 1 %%: %q", notes)
	}
}

// Whoever asks the other way round gets the mirrored answer: estimates, intervals, p,
// verdicts and rounds needed.
func TestComparingTheOtherWayRoundMirrorsAll(t *testing.T) {
	t.Parallel()
	opposite := map[benchmarks.Verdict]benchmarks.Verdict{
		benchmarks.IsBetter: benchmarks.IsWorse, benchmarks.IsWorse: benchmarks.IsBetter, benchmarks.Same: benchmarks.Same,
		benchmarks.Unclear: benchmarks.Unclear, benchmarks.NotComparable: benchmarks.NotComparable,
	}
	seen := map[benchmarks.Verdict]int{}
	for seed := range uint64(60) {
		b := newBoots(seed)
		rounds := []int{5, 8, 12, 20}[seed%4]
		b.rounds(rounds, []float64{0.005, 0.1}[seed%2], map[string]float64{"linux": 1, "keel": 1 + (float64(seed%5)-2)/20}, func(r *store.Run) {
			r.Metrics["Drops"] = store.Metric{Unit: "packets", Better: "lower", Values: []float64{float64(b.random.IntN(4))}}
			r.Metrics["Gain"] = store.Metric{Unit: "points", Better: "higher", Values: []float64{float64(len(r.Target.Kernel))*float64(seed%2) - 10 + b.random.Float64()}}
			if seed%3 == 0 && r.Target.Kernel == "keel" { // later, alone
				r.Experiment = "y"
			}
		})
		there := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
		back := compared(t, b, benchmarks.Options{Baseline: "keel/app"})
		for i := range there.Cells {
			one := &there.Cells[i]
			other := cell(t, back, "linux/app", one.Name)
			seen[one.Verdict]++
			if other.Verdict != opposite[one.Verdict] || *one.P != *other.P || *one.PAdjusted != *other.PAdjusted || one.Method != other.Method {
				t.Errorf("seed %d, %s: %s p %v and %s p %v", seed, one.Name, one.Verdict, *one.P, other.Verdict, *other.P)
			}
			if a, b := one.RoundsNeeded, other.RoundsNeeded; (a == nil) != (b == nil) || a != nil && *a != *b {
				t.Errorf("seed %d, %s: rounds needed %v and %v", seed, one.Name, a, b)
			}
			for _, pair := range [][2]*float64{{one.Estimate, other.Estimate}, {one.Low, other.High}, {one.High, other.Low}} {
				if (pair[0] == nil) != (pair[1] == nil) || pair[0] != nil && math.Abs(*pair[0]**pair[1]-1) > 1e-12 {
					t.Errorf("seed %d, %s: %s %s and %s %s", seed, one.Name, one.ChangeText(), one.IntervalText(), other.ChangeText(), other.IntervalText())
				}
			}
			if d, e := one.Difference, other.Difference; d != nil && (d.Estimate != -e.Estimate || *d.Low != -*e.High || *d.High != -*e.Low) {
				t.Errorf("seed %d, %s: %+v and %+v", seed, one.Name, d, e)
			}
			if d, e := one.MedianRatio, other.MedianRatio; (d == nil) != (e == nil) || d != nil && (math.Abs(d.Low*e.High-1) > 1e-12 || math.Abs(d.High*e.Low-1) > 1e-12) {
				t.Errorf("seed %d, %s: %+v and %+v", seed, one.Name, d, e)
			}
		}
	}
	for _, v := range []benchmarks.Verdict{benchmarks.IsBetter, benchmarks.IsWorse, benchmarks.Same, benchmarks.Unclear} {
		if seen[v] == 0 {
			t.Errorf("nothing was %s: %v", v, seen)
		}
	}
}

// pairsOf are rounds of both kernels with these times.
func pairsOf(linux, keel []float64) *boots {
	b := newBoots(1)
	for i := range max(len(linux), len(keel)) {
		for kernel, values := range map[string][]float64{"linux": linux, "keel": keel} {
			if i < len(values) {
				b.add(kernel, "app", i+1, func(r *store.Run) { r.Metrics["boot/total"] = sec(values[i]) })
			}
		}
	}
	return b
}

// The medians stand beside the change: where it is not theirs a remark says so, and only
// there.
func TestAChangeThatIsNotTheMediansIsExplained(t *testing.T) {
	t.Parallel()
	const typical, shape = "the ratio of the two medians shown is", "the two differ in shape: the medians' ratio is"
	for name, c := range map[string]struct {
		linux, keel []float64
		says        string
	}{
		"alike":              {[]float64{1, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06}, []float64{1.2, 1.21, 1.22, 1.23, 1.24, 1.25, 1.26}, ""},
		"few, the other way": {[]float64{1, 1.3, 2.2}, []float64{1.1, 1.2, 6}, typical},
		"few, alike":         {[]float64{1, 1.1}, []float64{2, 2.2}, ""},
		"beyond the band":    {[]float64{1, 1.1, 1.2, 2, 2.1, 2.2, 2.3}, []float64{1, 1.01, 1.1, 1.2, 1.9, 2.1, 2.2}, typical},
		"other shape, same":  {[]float64{1, 1.001, 1.002, 1.003, 1.004, 1.005, 1.006}, []float64{0.9, 0.95, 0.99, 1.003, 1.01, 1.06, 1.1}, ""},
		"other shape": {
			[]float64{1, 1.001, 1.002, 1.003, 1.004, 1.005, 1.006, 1.007, 1.008, 1.009, 1.01, 1.011},
			[]float64{0.5, 1.1, 0.51, 1.11, 0.52, 1.12, 0.53, 1.13, 0.54, 1.14, 1.15, 1.16},
			shape,
		},
	} {
		found := cell(t, compared(t, pairsOf(c.linux, c.keel), benchmarks.Options{Baseline: "linux/app"}), "keel/app", "boot/total")
		notes := strings.Join(found.Notes, "; ")
		if c.says != "" && !strings.Contains(notes, c.says) || c.says == "" && strings.Contains(notes, "ratio") {
			t.Errorf("%s: %s, notes %q, want %q", name, found.ChangeText(), found.Notes, c.says)
		}
	}
}

// One boot far off is an outlier.
func TestAFewBootsAreNoGroup(t *testing.T) {
	t.Parallel()
	values := func(far int) []float64 {
		var v []float64
		for i := range 31 - far {
			v = append(v, 1.57+0.0001*float64(i%7))
		}
		for i := range far {
			v = append(v, 2.59+0.0001*float64(i%3))
		}
		return v
	}
	for far, group := range map[int]bool{1: false, 3: false, 12: true} {
		found := cell(t, compared(t, pairsOf(values(0), values(far)), benchmarks.Options{Baseline: "linux/app"}), "keel/app", "boot/total")
		notes := strings.Join(found.Notes, "; ")
		if strings.Contains(notes, "keel/app: two groups") != group || !group && !strings.Contains(notes, "far from the rest") {
			t.Errorf("%d of 31 boots far off: %q", far, found.Notes)
		}
	}
}
