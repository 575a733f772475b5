package stats

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestWhatRSays compares every statistic with R's, on cases that testdata/cases.R
// made; the file's first line names the versions. `make check-stats` has R make
// thousands of new ones.
func TestWhatRSays(t *testing.T) {
	t.Parallel()
	path := cmp.Or(os.Getenv("SLIPWAY_R_CASES"), "testdata/cases.txt")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen, wrong := map[string]int{}, 0
	lines := bufio.NewScanner(f)
	for number := 1; lines.Scan(); number++ {
		kind, rest, _ := strings.Cut(lines.Text(), "\t")
		if strings.HasPrefix(kind, "#") {
			t.Log(lines.Text())
			continue
		}
		c := rCase{t: t, fields: strings.Split(rest, "\t")}
		check, known := rChecks[kind]
		if !known {
			t.Fatalf("%s:%d: unknown kind %q", path, number, kind)
		}
		check(&c)
		seen[kind]++
		if c.wrong != "" {
			t.Errorf("%s:%d: %s:%s", path, number, kind, c.wrong)
			if wrong++; wrong > 10 {
				t.Fatal("and so on")
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for kind := range rChecks {
		if seen[kind] < 10 {
			t.Errorf("%d cases of %s", seen[kind], kind)
		}
	}
	t.Log(seen)
}

// rCase is one line: samples, then what R computed of them.
type rCase struct {
	t      *testing.T
	fields []string
	at     int
	wrong  string
}

// next reads the next field.
func (c *rCase) next() []float64 {
	c.t.Helper()
	if c.at >= len(c.fields) {
		c.t.Fatalf("a case of %d fields is too short", len(c.fields))
	}
	var x []float64
	for _, word := range strings.Fields(c.fields[c.at]) {
		v, err := strconv.ParseFloat(word, 64)
		if word == "NA" {
			v, err = math.NaN(), nil
		}
		if err != nil {
			c.t.Fatal(err)
		}
		x = append(x, v)
	}
	c.at++
	return x
}

// is compares the next field with what we compute.
func (c *rCase) is(what string, got ...float64) {
	c.t.Helper()
	want := c.next()
	if len(want) != len(got) {
		c.t.Fatalf("%s: %d numbers, R has %d", what, len(got), len(want))
	}
	for i := range got {
		if !math.IsNaN(want[i]) && !(math.Abs(got[i]-want[i]) <= 1e-9*math.Max(1, math.Abs(want[i]))) {
			c.wrong += fmt.Sprintf(" %s %.12g, R says %.12g;", what, got[i], want[i])
		}
	}
}

func (c *rCase) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// estimate compares p, interval, point and confidence.
func (c *rCase) estimate(test Test, e Estimate) {
	c.t.Helper()
	if !test.Exact || !e.Exact {
		c.t.Fatal("not exact")
	}
	c.is("p", test.P)
	c.is("interval", e.Low, e.High)
	c.is("estimate", e.Point)
	c.is("confidence", e.Confidence)
}

var rChecks = map[string]func(*rCase){
	"ranksum": func(c *rCase) {
		x, y, confidence := c.next(), c.next(), c.next()[0]
		test, err := MannWhitney(x, y)
		c.must(err)
		e, err := HodgesLehmann(x, y, confidence)
		c.must(err)
		c.estimate(test, e)
	},
	"ranksum-ties": func(c *rCase) {
		test, err := MannWhitney(c.next(), c.next())
		c.must(err)
		c.is("p (exactRankTests)", test.P)
		c.is("p (coin)", test.P)
	},
	"signedrank": func(c *rCase) {
		d, confidence := c.next(), c.next()[0]
		test, err := SignedRank(d)
		c.must(err)
		e, err := Pseudomedian(d, confidence)
		c.must(err)
		c.estimate(test, e)
	},
	"signedrank-ties": func(c *rCase) {
		test, err := SignedRank(c.next())
		c.must(err)
		c.is("p", test.P)
	},
	"kendall": func(c *rCase) {
		d, err := MannKendall(c.next())
		c.must(err)
		c.is("tau", d.Tau)
		c.is("p", d.P)
	},
	"kendall-ties": func(c *rCase) {
		d, err := MannKendall(c.next())
		c.must(err)
		c.is("p", d.P)
	},
	"dip": func(c *rCase) {
		d, err := Dip(c.next())
		c.must(err)
		c.is("dip", d)
	},
	"median": func(c *rCase) {
		x := c.next()
		c.is("quantiles", Quantile(x, 0.05), Quantile(x, 0.25), Median(x), Quantile(x, 0.75), Quantile(x, 0.95))
		interval, err := MedianInterval(x, 0.95)
		c.must(err)
		c.is("interval", interval.Low, interval.High)
		c.is("confidence", interval.Confidence)
	},
	"holm": func(c *rCase) { c.is("adjusted p", Holm(c.next())...) },
}
