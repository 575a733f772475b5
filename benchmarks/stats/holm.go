package stats

import (
	"cmp"
	"math"
	"slices"
)

// Holm corrects p values for being looked at together, so that the chance of
// even one false alarm among all of them stays below the level (Holm,
// Scandinavian Journal of Statistics 6, 1979). The result is in the order of p.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for k, i := range order {
		highest = math.Max(highest, math.Min(1, float64(len(p)-k)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}
