package benchmarks

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"
)

// FormatValue writes a value with its unit for people, with three significant
// digits or more: 89.5 ms, 24.6 MiB, 1.83 ms/op, 2.41 G insns. Sizes are in powers of 1024,
// speeds in powers of 1000, as their units say: 100 MB/s.
func FormatValue(value float64, unit string) string {
	tidy, base := benchunit.Tidy(value, unit)
	quantity, per, ratio := strings.Cut(base, "/")
	suffix := ""
	if ratio {
		suffix = "/" + per
	}
	switch quantity {
	case "sec":
		return span(tidy) + suffix
	case "B":
		if IsSpeed(base) {
			return scaled(tidy, benchunit.Decimal) + "B" + suffix
		}
		return scaled(tidy, benchunit.Binary) + "B" + suffix
	}
	number := scaled(tidy, benchunit.Decimal)
	if quantity == "insns" && !strings.HasSuffix(number, " ") {
		number += " " // no unit of a physicist's: Minsns would be no word
	}
	return strings.TrimSpace(number + base)
}

// IsSpeed reports whether a unit is bytes for each second.
func IsSpeed(unit string) bool {
	quantity, per, _ := strings.Cut(unit, "/")
	return (quantity == "B" || quantity == "MB") && (per == "s" || per == "sec")
}

// FormatTabled is FormatValue for a table whose label names the unit already: a time
// and a size keep theirs, and a speed does, since they choose it by what fits; any other is
// a number.
func FormatTabled(value float64, unit string) string {
	tidy, base := benchunit.Tidy(value, unit)
	switch quantity, _, _ := strings.Cut(base, "/"); quantity {
	case "sec", "B":
		if IsSpeed(base) {
			return FormatValue(value, unit)
		}
		text, _, _ := strings.Cut(FormatValue(value, unit), "/")
		return text
	}
	if size := math.Abs(tidy); size < 1000 && size >= 1e-6 {
		return digits(tidy)
	}
	return strings.TrimSpace(scaled(tidy, benchunit.Decimal))
}

// scaled puts the space between number and prefix: "24.6 Mi". Where the prefixes
// end, an exponent keeps a guest's number from running out of its column.
func scaled(v float64, class benchunit.Class) string {
	switch size := math.Abs(v); {
	case v == 0:
		return "0 "
	case size >= 1e15 || size < 1e-9:
		return strconv.FormatFloat(v, 'g', 3, 64) + " "
	}
	text := benchunit.Scale(v, class)
	end := strings.LastIndexAny(text, "0123456789") + 1
	return text[:end] + " " + text[end:]
}

// span writes seconds with the unit that fits.
func span(seconds float64) string {
	size := math.Abs(seconds)
	for _, u := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}} {
		if size >= u.size*0.9995 || u.size == 1e-9 {
			return digits(seconds/u.size) + " " + u.name
		}
	}
	return ""
}

// digits writes three significant digits, and all of those before the point as
// long as a person can count them.
func digits(v float64) string {
	switch size := math.Abs(v); {
	case size == 0:
		return "0"
	case size >= 1e9:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case size >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case size >= 0.9995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// FormatChange writes a ratio of target to baseline as a person says it: a share
// up to a factor of two, a factor beyond: "+1.9 %", "÷4.60", "x2.31".
func FormatChange(ratio float64) string {
	switch {
	case !(ratio > 0) || math.IsInf(ratio, 0):
		return "n/a"
	case ratio >= 2:
		return "x" + digits(ratio)
	case ratio <= 0.5:
		return "÷" + digits(1/ratio)
	}
	percent := (ratio - 1) * 100
	text := strconv.FormatFloat(percent, 'f', 1, 64)
	if text == "-0.0" || text == "0.0" {
		if percent == 0 {
			return "0 %"
		}
		text = "0.0"
	}
	if percent > 0 {
		text = "+" + text
	}
	return text + " %"
}

// FormatP writes a p value: .41, .003, 3e-10.
func FormatP(p float64) string {
	switch {
	case p >= 0.995:
		return "1"
	case p >= 0.0995:
		return strings.TrimPrefix(strconv.FormatFloat(p, 'f', 2, 64), "0")
	case p >= 0.00095:
		return strings.TrimPrefix(strconv.FormatFloat(p, 'f', 3, 64), "0")
	}
	return strconv.FormatFloat(p, 'e', 0, 64)
}

// plural is "1 boot" or "3 boots".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
