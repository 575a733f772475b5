package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
)

// TestDirectionsThatContradictEachOther holds that no side wins by being named first,
// and that a silent side takes the other's word.
func TestDirectionsThatContradictEachOther(t *testing.T) {
	t.Parallel()
	few, many := results("X", "widgets", 1, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06), results("X", "widgets", 2, 2.01, 2.02, 2.03, 2.04, 2.05, 2.06)
	const higher, lower = "Unit widgets better=higher\n", "Unit widgets better=lower\n"
	for _, test := range []struct {
		few, many string
		want      benchmarks.Verdict // of many beside few
		mirrored  benchmarks.Verdict // of few beside many
	}{
		{higher, lower, benchmarks.NotComparable, benchmarks.NotComparable},
		{lower, higher, benchmarks.NotComparable, benchmarks.NotComparable},
		{"", higher, benchmarks.IsBetter, benchmarks.IsWorse},
		{higher, "", benchmarks.IsBetter, benchmarks.IsWorse},
		{"", lower, benchmarks.IsWorse, benchmarks.IsBetter},
		{lower, "", benchmarks.IsWorse, benchmarks.IsBetter},
	} {
		for _, side := range []struct {
			old, fresh string
			want       benchmarks.Verdict
		}{{test.few + few, test.many + many, test.want}, {test.many + many, test.few + few, test.mirrored}} {
			c, _, fresh := compareTexts(t, side.old, side.fresh)
			found := c.Cell(fresh, "X", "")
			notes := strings.Join(found.Notes, "; ")
			if found.Verdict != side.want || strings.Contains(notes, "nobody said") {
				t.Errorf("few %q, many %q: %s, %s; want %s", test.few, test.many, found.Verdict, notes, side.want)
			}
			if side.want == benchmarks.NotComparable && !strings.Contains(notes, "higher is better with") {
				t.Errorf("few %q, many %q: no reason in %q", test.few, test.many, notes)
			}
		}
	}
}
