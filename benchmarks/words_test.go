package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

func says(t *testing.T, b *boots, want ...string) {
	t.Helper()
	words := strings.Join(compared(t, b, benchmarks.Options{Baseline: "linux/app"}).Words, " ")
	for _, text := range want {
		if !strings.Contains(words, text) {
			t.Errorf("words %q: want %q", words, text)
		}
	}
}

// What an experiment was made for is its headline, however clear anything else is.
func TestTheHeadlineIsTheMainMetric(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(12, 0.8, map[string]float64{"linux": 1, "keel": 1.1}, func(r *store.Run) {
		r.Metrics["cpu/qemu"] = sec(1 + 0.001*b.random.Float64())
		r.Metrics["virt/total"] = store.Metric{Unit: "insns", Better: "lower", Values: []float64{1000}}
	})
	says(t, b, "keel/app: spawn to exit can't be told from linux/app yet", "Of the other metrics 2 are same")
	for i := range b.runs {
		m := b.runs[i].Metrics
		m["Nbody"] = store.Metric{Unit: "ns/op", Better: "lower", Values: m["boot/total"].Values}
		delete(m, "boot/total")
		delete(m, "virt/total")
	}
	says(t, b, "keel/app: Nbody ns/op can't be told from linux/app yet")
}

// Six boots are the least that have a verdict: nobody may think that they settle it.
func TestTooFewBootsAreSaidToBeTooFew(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(5, 0.3, map[string]float64{"linux": 1, "keel": 1.1}, nil)
	says(t, b, "it needs 1 more boot of each for a verdict.")
	b.rounds(1, 0.3, map[string]float64{"keel": 1.1}, func(r *store.Run) { r.Round = 6 })
	if words := compared(t, b, benchmarks.Options{}).Words[0]; strings.Contains(words, "settle") {
		t.Errorf("words %q promise that one more boot settles it", words)
	}
}

// What can't be compared is named.
func TestWordsSayWhatCannotBeCompared(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(8, 0.01, map[string]float64{"linux": 1, "keel": 1.1}, func(r *store.Run) {
		if r.Target.Kernel == "linux" {
			r.Metrics["Bar"] = store.Metric{Unit: "ns/op", Better: "lower", Values: []float64{1}}
			r.Metrics["Bar B/op"] = store.Metric{Unit: "B/op", Better: "lower", Values: []float64{1}}
		} else {
			r.Metrics["Foo"] = store.Metric{Unit: "ns/op", Better: "lower", Values: []float64{1}}
		}
	})
	says(t, b, "Bar B/op and Bar ns/op can't be compared: keel/app reported none. Nor can 1 other metric.")
	if title := benchmarks.Describe("Bar B/op", "B/op", benchmarks.Lower).Title; title != "Bar B/op" {
		t.Errorf("title %q", title)
	}
}

func TestRemarksUseWordsOfTables(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(14, 0.01, map[string]float64{"linux": 1, "keel": 1.1}, func(r *store.Run) {
		if r.Round == 14 && r.Target.Kernel == "keel" {
			r.Outcome = "hang"
		}
	})
	c := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
	if notes := strings.Join(cell(t, c, "keel/app", "boot/total").Notes, "; "); !strings.Contains(notes, "1 boot lacks its partner and counts in the medians only") {
		t.Errorf("notes %q", notes)
	}
	for i := range b.runs {
		if b.runs[i].Target.Kernel == "keel" {
			b.runs[i].Kind = store.Interactive
		}
	}
	c = compared(t, b, benchmarks.Options{Baseline: "linux/app"})
	if notes := strings.Join(cell(t, c, "keel/app", "boot/total").Notes, "; "); !strings.Contains(notes, "timed with linux/app, watched with keel/app") {
		t.Errorf("notes %q", notes)
	}
}
