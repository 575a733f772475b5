package benchmarks_test

import (
	"bytes"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
)

// Whatever a file holds, what is read from it can be compared: it has names, and
// numbers that are some.
func FuzzReadResults(f *testing.F) {
	for _, seed := range []string{
		"BenchmarkA-8 1 2 ns/op 3 B/op\n", "Unit x better=higher\nBenchmarkA 1 2 x\n", "target: a\nBenchmarkA 1 1 ns/op\ntarget: b\nBenchmarkA 1 1e308 MB/s\n",
		"run: r\nround: 3\nBenchmarkA 1 1 ms/op\nBenchmarkA 1 0x1p5 ns/op\n", "\ufeffpkg: x\r\nBenchmarkA 1 5e-324 ns/op\r\n", "\x1f\x8b\x08", "BenchmarkÄ/b=c-4 1 -0 µs/op\n",
		"BenchmarkBoot/total 1 2 sec\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := benchmarks.ReadResults(bytes.NewReader(data), "fuzzed", "")
		if err != nil {
			return
		}
		for _, run := range read.Runs {
			if run.Target.ID == "" {
				t.Error("a run of no target")
			}
			for name, m := range run.Metrics {
				for _, v := range m.Values {
					if !stats.Finite(v) {
						t.Errorf("%s is %v", name, v)
					}
				}
			}
		}
		if _, err := benchmarks.Compare(read.Runs, benchmarks.Options{}); err != nil {
			t.Error(err)
		}
	})
}
