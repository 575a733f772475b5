package chart

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestScaleKeepsItsEnds(t *testing.T) {
	t.Parallel()
	s := Scale{10, 20, 11}
	for v, want := range map[float64]int{10: 0, 15: 5, 20: 10, 9: 0, 99: 10} {
		if got := s.Column(v); got != want {
			t.Errorf("column of %v: %d, want %d", v, got, want)
		}
	}
	if got := s.Value(5); got != 15 {
		t.Errorf("value %v", got)
	}
	if s := NewScale(3, 3, 5); s.Column(3) != 2 || s.Low >= 3 || s.High <= 3 {
		t.Errorf("one value is in the middle: %+v", s)
	}
	if s := NewScale(0.01, 10, 5); s.Low != 0 {
		t.Errorf("a time below zero: %+v", s)
	}
	if got := (Scale{}).Column(7); got != 0 {
		t.Errorf("an empty scale: %d", got)
	}
	if s := FromZero(math.NaN(), 5); s.Column(1) != 4 || s.Column(math.NaN()) < 0 {
		t.Errorf("no number: %+v", s)
	}
}

// An axis of times that are all positive does not begin below 0.
func TestAxesBeginAtZeroAtTheLeast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		low, high float64
		negative  bool
	}{{0.001, 1.5, false}, {1, 2, false}, {0, 0, true}, {-1, 1, true}} {
		s := NewScale(c.low, c.high, 40)
		if (s.Value(0) < 0) != c.negative || s.Column(c.low) < 0 || s.Column(c.high) > 39 {
			t.Errorf("from %g to %g the axis begins at %g", c.low, c.high, s.Value(0))
		}
	}
}

func TestTicksAreRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    Scale
		n    int
		step float64
		want []float64
	}{
		{Scale{0.588, 1.98, 60}, 5, 1, []float64{1, 1.5}},
		{Scale{0, 10, 60}, 5, 1, []float64{0, 2, 4, 6, 8, 10}},
		{Scale{0, 100 * 1024, 60}, 5, 1024, []float64{0, 20 * 1024, 40 * 1024, 60 * 1024, 80 * 1024, 100 * 1024}},
		{Scale{-1, 1, 60}, 4, 1, []float64{-1, -0.5, 0, 0.5, 1}},
		{Scale{5, 5, 60}, 4, 1, nil},
	} {
		got := c.s.Ticks(c.n, c.step)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(math.Abs(b), 1) }) {
			t.Errorf("%+v: %v, want %v", c.s, got, c.want)
		}
	}
}

func TestRatioTicksHoldNoChange(t *testing.T) {
	t.Parallel()
	for _, s := range []Scale{{-0.05, 0.03, 60}, {-1.2, 0.1, 60}, {-6.2, 0.3, 60}, {-20, 3, 60}} {
		ticks := s.RatioTicks(6)
		if len(ticks) < 2 || len(ticks) > 7 || !slices.ContainsFunc(ticks, func(v float64) bool { return math.Abs(v) < 1e-9 }) || !slices.IsSorted(ticks) {
			t.Errorf("%+v: %v", s, ticks)
		}
	}
}

func TestStrip(t *testing.T) {
	t.Parallel()
	var values []float64
	for v := range 21 {
		values = append(values, float64(v))
	}
	if got := Strip(append(values, 40), Scale{0, 40, 41}); !strings.HasPrefix(got, "∘─") || !strings.HasSuffix(got, "∘") || strings.Count(got, "┃") != 1 {
		t.Errorf("got %q", got)
	}
	if got := Strip([]float64{1, 2, 9}, Scale{0, 10, 11}); got != " ∘┃      ∘ " {
		t.Errorf("few values: %q", got)
	}
	if got := Strip(nil, Scale{0, 10, 3}); got != "   " {
		t.Errorf("none: %q", got)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	if got := Order([]float64{1, 2, 3, 8}, 10, 1)[0]; got != "▁▂▃█" {
		t.Errorf("one row: %q", got)
	}
	if got := Order([]float64{0, 15}, 2, 2); got[0] != " █" || got[1] != "▁█" {
		t.Errorf("two rows: %q", got)
	}
	if got := Order([]float64{5, 5, 5}, 2, 1)[0]; got != "▁▁" {
		t.Errorf("folded: %q", got)
	}
	if got := Order([]float64{1, 2}, 0, 5); got != nil {
		t.Errorf("no room: %q", got)
	}
}

func TestSharesRiseFromTheFirstValueToTheLast(t *testing.T) {
	t.Parallel()
	d := NewDots(2, 1)
	d.Shares([]float64{0, 1, 2, 3}, Scale{0, 3, 2}, 7)
	var text string
	for x := range 2 {
		cell, owner, ok := d.Cell(x, 0)
		if !ok || owner != 7 {
			t.Fatalf("cell %d: %v %d", x, ok, owner)
		}
		text += cell
	}
	// Dots per column, from the bottom: 1; 1-2; 2-3; 3-4, as rows meet where they step.
	if text != "⣠⠞" {
		t.Errorf("got %q", text)
	}
	d = NewDots(3, 2)
	d.Shares([]float64{5}, Scale{0, 10, 3}, 1)
	for y := range 2 {
		if _, _, ok := d.Cell(1, y); !ok {
			t.Errorf("one value is one step from floor to top: row %d is empty", y)
		}
	}
	NewDots(0, 0).Shares([]float64{1}, Scale{0, 1, 0}, 1)
	if _, _, ok := d.Cell(-1, 9); ok {
		t.Error("there is a cell outside")
	}
}

func TestStacksEndWhereTheyShould(t *testing.T) {
	t.Parallel()
	s := FromZero(10, 20)
	parts := Stack([]float64{0.2, 0.2, 0.2, 0.2, 9.2}, s)
	if last := parts[len(parts)-1]; last.To != 20 {
		t.Errorf("the bar ends at %d: %v", last.To, parts)
	}
	for i := 1; i < len(parts); i++ {
		if parts[i].From != parts[i-1].To || parts[i].To < parts[i].From {
			t.Errorf("parts are not end to end: %v", parts)
		}
	}
	if got := Stack([]float64{-1, 20}, s); got[0] != (Part{0, 0}) || got[1] != (Part{0, 20}) {
		t.Errorf("what lies outside: %v", got)
	}
}

// Whatever is measured, and however little room there is, something is drawn in that room.
func TestExtremesStayInTheirRoom(t *testing.T) {
	t.Parallel()
	extremes := []float64{0, 1, -1, 1e-300, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.NaN(), 1e15, 1e15 + 1}
	r := rand.New(rand.NewPCG(5, 7))
	for range 1_000 {
		values := make([]float64, 1+r.IntN(9))
		for i := range values {
			values[i] = extremes[r.IntN(len(extremes))]
		}
		w, h := r.IntN(5), r.IntN(4)
		low, high, _ := Range(values)
		s := NewScale(low, high, w)
		if at := s.Column(values[0]); at < 0 || at >= max(w, 1) {
			t.Fatalf("%v at %d of %+v", values[0], at, s)
		}
		if n := len(s.Ticks(4, 1)); n > 5 {
			t.Fatalf("%d ticks on %+v", n, s)
		}
		_ = Scale{math.Log(max(low, 1e-300)), math.Log(max(high, 1e-300)), w}.RatioTicks(4)
		if got := len([]rune(Strip(values, s))); got != s.W {
			t.Fatalf("a strip of %d columns on %+v", got, s)
		}
		for _, line := range Order(values, w, h) {
			if len([]rune(line)) > w {
				t.Fatalf("%q is wider than %d", line, w)
			}
		}
		d := NewDots(w, h)
		d.Shares(slices.Sorted(slices.Values(values)), s, 0)
		for _, p := range Stack(values, FromZero(high, w)) {
			if p.From < 0 || p.To < p.From || p.To > max(w, 1) {
				t.Fatalf("%v: %v", values, p)
			}
		}
	}
}
