package benchmarks_test

import (
	"testing"

	"slipway/benchmarks"
)

func TestValuesKeepTheirUnits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value         float64
		unit          string
		whole, tabled string
	}{
		{100.5, "MB/s", "100.5 MB/s", "100.5 MB/s"},
		{100.5e6, "B/s", "100.5 MB/s", "100.5 MB/s"},
		{2500, "MB/s", "2.500 GB/s", "2.500 GB/s"},
		{1 << 20, "B", "1.000 MiB", "1.000 MiB"},
		{2048, "B/op", "2.000 KiB/op", "2.000 KiB"},
		{1834512, "ns/op", "1.83 ms/op", "1.83 ms"},
		{41000, "requests/s", "41.00 krequests/s", "41.00 k"},
	} {
		if whole, tabled := benchmarks.FormatValue(test.value, test.unit), benchmarks.FormatTabled(test.value, test.unit); whole != test.whole || tabled != test.tabled {
			t.Errorf("%v %s is %q and in a table %q, want %q and %q", test.value, test.unit, whole, tabled, test.whole, test.tabled)
		}
	}
}
