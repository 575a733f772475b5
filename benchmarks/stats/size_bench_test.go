package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// BenchmarkByNumberOfValues: what a cell of a comparison costs, by the number of
// boots of each side.
func BenchmarkByNumberOfValues(b *testing.B) {
	for _, n := range []int{20, 30, 40, 50, 100, 1000, 10000} {
		r := rand.New(rand.NewPCG(17, 18))
		x, y, d := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = math.Exp(r.NormFloat64()), math.Exp(r.NormFloat64())
			d[i] = math.Log(y[i] / x[i])
		}
		for _, f := range []struct {
			name string
			do   func() error
		}{
			{"MannWhitney", func() error { _, err := MannWhitney(x, y); return err }},
			{"HodgesLehmann", func() error { _, err := HodgesLehmann(x, y, 0.95); return err }},
			{"SignedRank", func() error { _, err := SignedRank(d); return err }},
			{"Pseudomedian", func() error { _, err := Pseudomedian(d, 0.95); return err }},
			{"MedianRatio", func() error { _, err := MedianRatio(x, y, 0.95); return err }},
			{"MannKendall", func() error { _, err := MannKendall(x); return err }},
		} {
			b.Run(fmt.Sprintf("%s/%d", f.name, n), func(b *testing.B) {
				for b.Loop() {
					if err := f.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
