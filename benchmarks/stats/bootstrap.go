package stats

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// resamples of a bootstrap. The ends of a 95 % interval are then good to about
// two percentiles of a percent, enough for a second opinion.
const resamples = 2000

// BootstrapRatio estimates median(b)/median(a) with the percentile interval of
// the bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", chapter
// 13): both samples are drawn again with replacement, each for itself. Equal
// seeds give equal results. All values must be positive.
//
// Unlike HodgesLehmann it says something about medians even where the two
// samples have different shapes; it is not exact, and too narrow for few values.
func BootstrapRatio(a, b []float64, confidence float64, seed uint64) (Estimate, error) {
	if err := check(2, a, b); err != nil {
		return Estimate{}, err
	}
	if !Positive(a, b) {
		return Estimate{}, fmt.Errorf("a ratio of medians needs values above zero")
	}
	x, y := sorted(a), sorted(b)
	random := rand.New(rand.NewPCG(seed, 0x5eed))
	drawn := make([]float64, max(len(x), len(y)))
	again := func(s []float64) float64 {
		d := drawn[:len(s)]
		for i := range d {
			d[i] = s[random.IntN(len(s))]
		}
		slices.Sort(d)
		return quantileSorted(d, 0.5)
	}
	ratios := make([]float64, resamples)
	for i := range ratios {
		base := again(x)
		ratios[i] = again(y) / base
	}
	slices.Sort(ratios)
	return Estimate{
		Point: quantileSorted(y, 0.5) / quantileSorted(x, 0.5),
		Interval: Interval{
			Low:        quantileSorted(ratios, (1-confidence)/2),
			High:       quantileSorted(ratios, (1+confidence)/2),
			Confidence: confidence,
		},
	}, nil
}
