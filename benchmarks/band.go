package benchmarks

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Bands are the shares below which a change is called noise, by metric name, with
// its unit behind it where an app's metric has several; the one named "" is that of
// all the others. What is in none has its default: 5 % of
// wall-clock time on a host that others use too, 2 % of anything else. A band of 0
// leaves the judgement to the statistics alone.
type Bands map[string]float64

// of is the band that was chosen for a metric.
func (b Bands) of(i Info) (float64, bool) {
	for _, name := range []string{i.Name + " " + i.Unit, i.Name, ""} {
		if band, ok := b[name]; ok {
			return band, true
		}
	}
	return 0, false
}

// ParseBands reads bands as people write them: "3%" for every metric,
// "boot/total=1%" for one. The percent sign may be left out.
func ParseBands(texts []string) (Bands, error) {
	if len(texts) == 0 {
		return nil, nil //nolint:nilnil // no bands are the default ones
	}
	bands := Bands{}
	for _, text := range texts {
		name, share := "", text
		if at := strings.LastIndexByte(text, '='); at >= 0 {
			name, share = strings.TrimSpace(text[:at]), text[at+1:]
			if name == "" {
				return nil, fmt.Errorf("band %q: name a metric before =, such as boot/total=1%%", text)
			}
		}
		percent, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(share), "%")), 64)
		if err != nil || !(percent >= 0 && percent < 1000) || math.IsInf(percent, 0) {
			return nil, fmt.Errorf("band %q: want a share in percent from 0 on, such as 2%% or boot/total=1%%", text)
		}
		if _, twice := bands[name]; twice {
			return nil, fmt.Errorf("band %q: there is one for the same already", text)
		}
		bands[name] = percent / 100
	}
	return bands, nil
}

// WithBands is the comparison judged by other bands, nil where there is none. Bands
// decide about verdicts alone: estimates, intervals and p values stay what they are.
func (c *Comparison) WithBands(bands Bands) *Comparison {
	if c == nil || len(bands) == 0 {
		return c
	}
	judged := *c
	judged.Cells = slices.Clone(c.Cells)
	for i := range judged.Cells {
		cell := &judged.Cells[i]
		if band, ok := bands.of(cell.Info); ok {
			cell.Band = band
		}
		if cell.Verdict != NotComparable {
			cell.Verdict, cell.RoundsNeeded, cell.Notes = Unclear, nil, slices.Clone(cell.Notes[:cell.noted])
			cell.judge(c.Level)
		}
	}
	judged.Words = judged.words()
	return &judged
}

// percent writes a share as people do: 95 %, 98.75 %.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + " %"
}
