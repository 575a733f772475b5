package stats

import "math"

// What is here stands in for the exact distributions of rank statistics where those
// would take too long: the Edgeworth series up to the fourth cumulant, as Fix &
// Hodges, Annals of Mathematical Statistics 26, 1955, have it for the rank sum. The
// normal approximation alone is off by 10 % and more of a p value near .002, which is
// where Holm's correction puts the limit in a table of two dozen cells.

// shape is what the approximation needs of a distribution.
type shape struct{ mean, deviation, skewness, kurtosis float64 }

// below is P(X <= z) of a variable with mean 0 and deviation 1, for z < 0; above is
// its mirror image.
func (s shape) below(z float64) float64 {
	normal := normalTail(-z)
	z2 := z * z
	density := math.Exp(-z2/2) / math.Sqrt(2*math.Pi)
	series := s.skewness/6*(z2-1) + s.kurtosis/24*z*(z2-3) + s.skewness*s.skewness/72*z*(z2*z2-10*z2+15)
	// Far out the series oscillates. The truth is below the normal tail there: ranks
	// have bounds. Half of it errs on the side of caution.
	return math.Min(1, math.Max(normal/2, normal-density*series))
}

// twoSided is the p value of a sum; step is half the distance between two sums.
func (s shape) twoSided(sum, step float64) float64 {
	if s.deviation == 0 {
		return 1
	}
	mirrored := s
	mirrored.skewness = -s.skewness
	low, high := (sum+step-s.mean)/s.deviation, (s.mean-sum+step)/s.deviation
	return math.Min(1, 2*math.Min(s.below(low), mirrored.below(high)))
}

// place is the order statistic that ends an interval with the tail alpha: the
// quantile by the series turned round (Cornish & Fisher, Revue de l'Institut
// International de Statistique 5, 1938), rounded towards the wider interval.
func (s shape) place(alpha float64) int {
	z := normalQuantile(alpha)
	z += s.kurtosis / 24 * z * (z*z - 3)
	return int(math.Max(1, math.Floor(s.mean+z*s.deviation)))
}

// rankSumShape is that of the sum of n of the ranks, drawn without replacement. The
// moments are those of sums from a finite population.
func rankSumShape(ranks []int, n int) shape {
	total := float64(len(ranks))
	mean := 0.0
	for _, r := range ranks {
		mean += float64(r) / total
	}
	var second, third, fourth float64 // sums of powers of what is left without the mean
	for _, r := range ranks {
		c := float64(r) - mean
		second, third, fourth = second+c*c, third+c*c*c, fourth+c*c*c*c
	}
	var p [5]float64 // p[k]: probability that k given ranks are all drawn
	p[0] = 1
	for k := 1; k < len(p); k++ {
		p[k] = p[k-1] * math.Max(0, float64(n-k+1)) / math.Max(1, total-float64(k-1))
	}
	variance := second * (p[1] - p[2])
	if variance <= 0 {
		return shape{mean: float64(n) * mean}
	}
	cubed := third * (p[1] - 3*p[2] + 2*p[3])
	toTheFourth := fourth*(p[1]-7*p[2]+12*p[3]-6*p[4]) + 3*second*second*(p[2]-2*p[3]+p[4])
	return shape{
		mean: float64(n) * mean, deviation: math.Sqrt(variance),
		skewness: cubed / math.Pow(variance, 1.5), kurtosis: toTheFourth/(variance*variance) - 3,
	}
}

// signedRankShape is that of the sum of those ranks that a coin chooses.
func signedRankShape(ranks []int) shape {
	var s shape
	var variance, fourth float64
	for _, r := range ranks {
		v := float64(r)
		s.mean += v / 2
		variance += v * v / 4
		fourth -= v * v * v * v / 8
	}
	s.deviation, s.kurtosis = math.Sqrt(variance), fourth/(variance*variance)
	return s
}

// differenceShape is that of the Mann-Whitney count without ties, which the interval
// is read off.
func differenceShape(n, m int) shape {
	x, y := float64(n), float64(m)
	return shape{
		mean: x * y / 2, deviation: math.Sqrt(x * y * (x + y + 1) / 12),
		kurtosis: -1.2 * (x*x + y*y + x*y + x + y) / (x * y * (x + y + 1)),
	}
}

// walshShape is that of the sum of positive ranks without ties.
func walshShape(n int) shape {
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	return signedRankShape(ranks)
}
