package stats

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrNotFinite is returned for samples that hold a NaN or an infinity: no rank
// and no median means anything then.
var ErrNotFinite = errors.New("a sample is not a finite number")

// ErrTooFew is returned where there are not even enough samples to try.
var ErrTooFew = errors.New("too few samples")

// Finite reports whether v is an ordinary number.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// check refuses samples that no function here can work on.
func check(least int, samples ...[]float64) error {
	for _, x := range samples {
		if len(x) < least {
			return fmt.Errorf("%w: %d, at least %d needed", ErrTooFew, len(x), least)
		}
		for i, v := range x {
			if !Finite(v) {
				return fmt.Errorf("%w: number %d is %v", ErrNotFinite, i+1, v)
			}
		}
	}
	return nil
}

// Positive reports whether all samples have logarithms.
func Positive(samples ...[]float64) bool {
	for _, x := range samples {
		for _, v := range x {
			if v <= 0 {
				return false
			}
		}
	}
	return true
}

// Constant reports whether all values of x are the same.
func Constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return len(x) > 0
}

// Logs returns the natural logarithms of x, which must be Positive.
func Logs(x []float64) []float64 {
	logs := make([]float64, len(x))
	for i, v := range x {
		logs[i] = math.Log(v)
	}
	return logs
}

func sorted(x []float64) []float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return s
}

// normalTail is the probability that a standard normal variable exceeds z.
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// normalQuantile is the inverse of the standard normal distribution function.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
