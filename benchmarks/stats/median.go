package stats

import "math"

// Median returns the middle of x, or the mean of the two middle values; NaN for
// no values.
func Median(x []float64) float64 { return Quantile(x, 0.5) }

// Quantile returns the p-quantile of x by linear interpolation between order
// statistics (type 7 of Hyndman & Fan, "Sample quantiles in statistical
// packages", The American Statistician 50, 1996: R's and Python's default). It
// is NaN for no values.
func Quantile(x []float64, p float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	return quantileSorted(sorted(x), p)
}

func quantileSorted(s []float64, p float64) float64 {
	at := min(max(p, 0), 1) * float64(len(s)-1)
	i := int(at)
	if i+1 >= len(s) {
		return s[len(s)-1]
	}
	part := at - float64(i)
	switch part {
	case 0:
		return s[i]
	case 0.5: // exact for medians, and without overflow
		return s[i]/2 + s[i+1]/2
	}
	return s[i] + part*(s[i+1]-s[i])
}

// Interval is a range that holds the true value with at least Confidence.
type Interval struct{ Low, High, Confidence float64 }

// MedianInterval returns the distribution-free interval of the median from order
// statistics, narrowest with at least the wanted confidence (Hollander, Wolfe &
// Chicken, "Nonparametric Statistical Methods", 3rd edition, section 3.6; the
// sign test turned round). Fewer than 6 values can't give 95 %: then it is the
// whole range, with the confidence that this has.
func MedianInterval(x []float64, confidence float64) (Interval, error) {
	if err := check(1, x); err != nil {
		return Interval{}, err
	}
	s, n := sorted(x), len(x)
	k, tail := binomialCritical(n, (1-confidence)/2)
	return Interval{Low: s[k-1], High: s[n-k], Confidence: 1 - 2*tail}, nil
}

// binomialCritical returns the largest k >= 1 with P(B <= k-1) <= alpha for B
// binomial (n, 1/2), and that probability. k is 1 even where its tail is larger.
func binomialCritical(n int, alpha float64) (int, float64) {
	logOf := func(k int) float64 { // logarithm of P(B = k)
		return lgamma(n+1) - lgamma(k+1) - lgamma(n-k+1) - float64(n)*math.Ln2
	}
	tail := math.Exp(logOf(0))
	k := 1
	for k <= n/2 {
		next := tail + math.Exp(logOf(k))
		if next > alpha*(1+1e-12) {
			break
		}
		tail = next
		k++
	}
	return k, tail
}
