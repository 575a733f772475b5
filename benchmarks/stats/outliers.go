package stats

import "math"

// outlierScore is the modified z score beyond which Iglewicz and Hoaglin advise
// to label a value.
const outlierScore = 3.5

// Outliers returns the indexes of values that lie far from the rest: modified z
// score (0.6745 times the distance from the median in median absolute deviations)
// beyond 3.5, with the mean absolute deviation where more than half of the values
// are equal (Iglewicz & Hoaglin, "How to Detect and Handle Outliers", 1993). It
// is for saying so: nothing is ever dropped because of it. Fewer than 5 values
// have none.
func Outliers(x []float64) []int {
	if len(x) < 5 || check(1, x) != nil {
		return nil
	}
	centre := Median(x)
	away := make([]float64, len(x))
	mean := 0.0
	for i, v := range x {
		away[i] = math.Abs(v - centre)
		mean += away[i] / float64(len(x))
	}
	unit := Median(away) / 0.6745
	if unit == 0 {
		unit = mean * 1.253314
	}
	// Values that differ by rounding alone are no outliers.
	unit = math.Max(unit, math.Abs(centre)*1e-12)
	if unit == 0 {
		return nil
	}
	var found []int
	for i := range x {
		if away[i]/unit > outlierScore {
			found = append(found, i)
		}
	}
	return found
}
