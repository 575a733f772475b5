package stats

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// MedianRatio estimates median(b)/median(a) with the percentile interval of the
// bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", chapter 13):
// what the ratio would be if both samples were drawn again with replacement, each
// for itself. Nothing is drawn, though: the distribution of a median drawn again
// is computed exactly (Efron, Annals of Statistics 7, 1979, section 3; for even
// sizes from the joint distribution of the two middle values), so that equal
// samples give equal results. All values must be positive.
//
// Unlike HodgesLehmann it says something about medians even where the two samples
// have different shapes; it is too narrow for few values.
func MedianRatio(a, b []float64, confidence float64) (Estimate, error) {
	if err := check(2, a, b); err != nil {
		return Estimate{}, err
	}
	if !Positive(a, b) {
		return Estimate{}, errors.New("a ratio of medians needs values above zero")
	}
	x, y := redrawnMedian(a), redrawnMedian(b)
	at := func(p float64) float64 {
		return smallest(y[0].value/x[len(x)-1].value, y[len(y)-1].value/x[0].value, func(ratio float64) bool {
			below, within, j := 0.0, 0.0, 0
			for _, base := range x { // as the base grows, more of y stay within the ratio
				for j < len(y) && y[j].value/base.value <= ratio {
					within += y[j].p
					j++
				}
				below += base.p * within
			}
			return below >= p-1e-12
		})
	}
	return Estimate{
		Point:    Median(b) / Median(a),
		Interval: Interval{Low: at((1 - confidence) / 2), High: at((1 + confidence) / 2), Confidence: confidence},
	}, nil
}

// atom is a value that a random variable takes, and how probably.
type atom struct{ value, p float64 }

// negligible is a probability that no end of an interval depends on.
const negligible = 1e-16

// redrawnMedian is the distribution of the median of len(x) values drawn from x
// with replacement, in ascending order.
func redrawnMedian(x []float64) []atom {
	s, n := sorted(x), len(x)
	var atoms []atom
	if n%2 == 1 {
		before := 0.0
		for i, v := range s {
			upTo := binomialAtLeast(n, (n+1)/2, float64(i+1)/float64(n))
			atoms = append(atoms, atom{v, upTo - before})
			before = upTo
		}
	} else {
		atoms = redrawnMiddles(s)
	}
	atoms = slices.DeleteFunc(atoms, func(a atom) bool { return a.p < negligible })
	slices.SortFunc(atoms, func(a, b atom) int { return cmp.Compare(a.value, b.value) })
	return atoms
}

// redrawnMiddles is redrawnMedian of an even number of values. The two middle
// ones are the i-th and a later one, the j-th, where half of the draws are at most
// the i-th and reach it, and the other half at least the j-th and reach that.
func redrawnMiddles(s []float64) []atom {
	n, half := len(s), len(s)/2
	deals := lgamma(n+1) - 2*lgamma(half+1) - float64(n)*math.Log(float64(n))
	reaching := make([]float64, n+1) // [k]: ways in which half of the draws are among k values and reach the last, as a logarithm
	for k := 1; k <= n; k++ {
		reaching[k] = float64(half)*math.Log(float64(k)) + math.Log1p(-math.Pow(float64(k-1)/float64(k), float64(half)))
	}
	var atoms []atom
	before := 0.0
	for i, v := range s {
		upTo := binomialAtLeast(n, half, float64(i+1)/float64(n))
		both := upTo - before
		before = upTo
		for j := i + 1; j < n; j++ {
			p := math.Exp(deals + reaching[i+1] + reaching[n-j])
			if p < negligible {
				break // and less for every later one
			}
			both -= p
			atoms = append(atoms, atom{v/2 + s[j]/2, p})
		}
		atoms = append(atoms, atom{v, both})
	}
	return atoms
}

// binomialAtLeast is the probability of at least k successes in n trials.
func binomialAtLeast(n, k int, p float64) float64 {
	if p >= 1 {
		return 1
	}
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(lgamma(n+1) - lgamma(i+1) - lgamma(n-i+1) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return math.Min(1, sum)
}

func lgamma(n int) float64 {
	v, _ := math.Lgamma(float64(n))
	return v
}
