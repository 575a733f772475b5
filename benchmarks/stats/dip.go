package stats

import "slices"

// Dip measures how far a sample is from having one peak: the largest distance
// between its distribution function and the nearest one that is convex up to a peak
// and concave from there on (Hartigan & Hartigan, "The dip test of unimodality",
// Annals of Statistics 13, 1985). It lies between 1/2n and 1/4.
func Dip(x []float64) (float64, error) {
	if err := check(1, x); err != nil {
		return 0, err
	}
	return dip(sorted(x)), nil
}

// dip works on ascending values. It narrows the interval in which the peak lies:
// outside of it the distribution function has to follow its greatest convex minorant
// on the left and its least concave majorant on the right, and what it strays from
// them is what the dip is at least. Heights are counted in values, so that the
// distribution function jumps from i to i+1 at the i-th value, counted from 0.
func dip(s []float64) float64 {
	n := len(s)
	low, high, found := 0, n-1, 1.0
	if s[low] == s[high] {
		return 1 / float64(2*n)
	}
	for low < high && s[low] < s[high] {
		minorant, majorant := hull(s, low, high, true), hull(s, low, high, false)
		gap, from, to := widest(s, minorant, majorant)
		if gap <= found {
			break
		}
		found = max(found, strays(s, minorant, low, from, true), strays(s, majorant, to, high, false))
		if from == low && to == high {
			break
		}
		low, high = from, to
	}
	return found / float64(2*n)
}

// hull returns the indexes of the values at which the convex minorant, or the
// concave majorant, of the points (s[i], i) from low to high bends.
func hull(s []float64, low, high int, convex bool) []int {
	knots := []int{low}
	for i := low + 1; i <= high; i++ {
		for len(knots) > 1 {
			a, b := knots[len(knots)-2], knots[len(knots)-1]
			// Compare the slopes of a-b and b-i without dividing: values may be equal.
			first, second := float64(b-a)*(s[i]-s[b]), float64(i-b)*(s[b]-s[a])
			if convex && first < second || !convex && first > second {
				break
			}
			knots = knots[:len(knots)-1]
		}
		knots = append(knots, i)
	}
	return knots
}

// widest finds where majorant and minorant are farthest apart, and the knots of the
// minorant and of the majorant around that place, between which the peak lies.
func widest(s []float64, minorant, majorant []int) (gap float64, from, to int) {
	if len(minorant) == 2 && len(majorant) == 2 {
		return 1, minorant[0], majorant[1] // both are the straight line
	}
	for _, g := range minorant {
		k, _ := slices.BinarySearch(majorant, g)
		if k == 0 {
			k = 1
		}
		if d := line(s, majorant[k-1], majorant[k], s[g]) - float64(g) + 1; d > gap {
			gap, from, to = d, g, majorant[k]
		}
	}
	for _, l := range majorant {
		k, _ := slices.BinarySearch(minorant, l)
		if k == 0 {
			k = 1
		}
		if d := float64(l) - line(s, minorant[k-1], minorant[k], s[l]) + 1; d > gap {
			gap, from, to = d, minorant[k-1], l
		}
	}
	return gap, from, to
}

// line is the height at v of the straight line through two points.
func line(s []float64, a, b int, v float64) float64 {
	if s[b] == s[a] {
		return float64(a)
	}
	return float64(a) + float64(b-a)*(v-s[a])/(s[b]-s[a])
}

// strays is how far the distribution function gets from its hull between two
// values: above the minorant, where it is at its upper corners, or below the
// majorant, at its lower ones.
func strays(s []float64, knots []int, from, to int, above bool) float64 {
	most := 0.0
	for k := 1; k < len(knots); k++ {
		a, b := knots[k-1], knots[k]
		if a < from || b > to || b-a < 2 || s[a] == s[b] {
			continue
		}
		for i := a; i <= b; i++ {
			d := float64(i) - line(s, a, b, s[i])
			if !above {
				d = -d
			}
			most = max(most, d+1)
		}
	}
	return most
}
