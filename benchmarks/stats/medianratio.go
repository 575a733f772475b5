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
// have different shapes; it is too narrow for fewer than six values.
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
			return below >= p
		})
	}
	// A probability that is the wanted one but for rounding counts as that one, on the
	// same side of both ends: with a and b exchanged the interval is turned round.
	const rounding = 1e-12
	return Estimate{
		Point:    Median(b) / Median(a),
		Interval: Interval{Low: at((1-confidence)/2 - rounding), High: at((1+confidence)/2 + rounding), Confidence: confidence},
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
		draws := newDraws(n)
		before := 0.0
		for i, v := range s {
			upTo := draws.atLeast((n+1)/2, float64(i+1)/float64(n))
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
	draws := newDraws(n)
	before := 0.0
	for i, v := range s {
		upTo := draws.atLeast(half, float64(i+1)/float64(n))
		both := upTo - before
		before = upTo
		if both < negligible {
			continue
		}
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

// draws are so many independent trials.
type draws struct {
	n        int
	logOfAll []float64 // [k]: logarithm of the number of ways to choose k of them
}

func newDraws(n int) draws {
	d := draws{n: n, logOfAll: make([]float64, n+1)}
	for k := range d.logOfAll {
		d.logOfAll[k] = lgamma(n+1) - lgamma(k+1) - lgamma(n-k+1)
	}
	return d
}

// atLeast is the probability of at least k successes, of probability p each. Terms
// are added from k away from the middle, as long as they matter.
func (d draws) atLeast(k int, p float64) float64 {
	if p >= 1 {
		return 1
	}
	log, logNot := math.Log(p), math.Log1p(-p)
	sum := 0.0
	add := func(i int) bool {
		term := math.Exp(d.logOfAll[i] + float64(i)*log + float64(d.n-i)*logNot)
		sum += term
		return term >= negligible*1e-3
	}
	if float64(k) > float64(d.n)*p {
		for i := k; i <= d.n && add(i); i++ {
		}
		return math.Min(1, sum)
	}
	for i := k - 1; i >= 0 && add(i); i-- {
	}
	return math.Max(0, 1-sum)
}

func lgamma(n int) float64 {
	v, _ := math.Lgamma(float64(n))
	return v
}
