package benchmarks

import (
	"fmt"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// Order says how the boots of a comparison followed each other.
type Order string

// Orders. Only interleaved boots share the host's moods evenly.
const (
	Interleaved    Order = "interleaved"
	NotInterleaved Order = "not interleaved"
)

// Comparison is the statistics over the samples of targets against a baseline.
// Its JSON form is the contract's `compare --json`. It is a value that nothing
// changes after Compare has returned it.
type Comparison struct {
	Schema   int    `json:"schema"`
	Baseline string `json:"baseline"` // the first one, where there are several: see TargetSummary.Baseline
	Order    Order  `json:"order"`
	Cells    []Cell `json:"metrics"` // by metric, then by target, in the order of a table
	// Level is the corrected p value below which a difference counts; intervals cover
	// what it leaves of 1.
	Level float64 `json:"level"`

	Targets []TargetSummary `json:"targets"`
	Trust   []Fact          `json:"trust"`
	Words   []string        `json:"words"` // the comparison in plain English, a sentence or two for each target
	Notes   []string        `json:"notes"`

	Swept []string `json:"-"` // see Options.Swept

	Series []*Series `json:"-"` // every metric of every target, the baseline's too, in the order of Cells
}

// Cell compares one target with the baseline in one metric. What could not be
// computed is nil, and Notes say why.
type Cell struct {
	Target       string      `json:"target"`
	Name         string      `json:"name"`
	Unit         string      `json:"unit"`
	Better       Better      `json:"better"`
	N            [2]int      `json:"n"`       // boots that yielded a sample: baseline, target
	Medians      [2]*float64 `json:"medians"` // baseline, target
	Estimate     *float64    `json:"estimate"`
	Low          *float64    `json:"low"`
	High         *float64    `json:"high"`
	Confidence   *float64    `json:"confidence"` // of [Low, High]: at least 0.95 unless there are too few samples for that
	P            *float64    `json:"p"`
	PAdjusted    *float64    `json:"p_adjusted"`
	Method       Method      `json:"method"`
	Verdict      Verdict     `json:"verdict"`
	Band         float64     `json:"band"`          // share below which a change is called noise
	RoundsNeeded *int        `json:"rounds_needed"` // further rounds that would settle an unclear verdict; below 6 boots, those up to there
	Difference   *Difference `json:"difference"`    // in the metric's unit, where no ratio exists
	MedianRatio  *Ratio      `json:"median_ratio"`  // of the medians, by the bootstrap, where the estimate does not tell it; see the notes
	Notes        []string    `json:"notes"`

	Info Info    `json:"-"`
	Base *Series `json:"-"`
	Test *Series `json:"-"`

	effect effect
	level  float64
	noted  int // notes before the verdict's own
}

// Difference is target minus baseline, where zeros or negative values leave no
// ratio to speak of.
type Difference struct {
	Estimate float64  `json:"estimate"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

// Method names how a cell was computed.
type Method string

// Methods. The words are for JSON and for experts.
const (
	MethodExact               Method = "exact"                                             // every value of a side is the same by nature
	MethodPaired              Method = "paired signed-rank, Hodges-Lehmann on log ratios"  // interleaved, 12 rounds or more
	MethodUnpaired            Method = "unpaired rank-sum, Hodges-Lehmann on logs"         // fewer rounds, or not interleaved
	MethodNone                Method = "none"                                              // not comparable, or no samples
	methodPairedDifferences   Method = "paired signed-rank, Hodges-Lehmann on differences" // zeros or negative values
	methodUnpairedDifferences Method = "unpaired rank-sum, Hodges-Lehmann on differences"  // the same
)

// Series is the samples of one metric of one target, one for each boot that
// went well, in the order in which they were measured.
type Series struct {
	Target string
	Info   Info
	Values []float64
	Rounds []int    // round of each value, 0 where there was none
	Runs   []string // ID of the run of each value
	Median float64
	Low    float64 // distribution-free interval of the median
	High   float64
	// Confidence of [Low, High]: 0.95 or more, less where there are fewer than 6
	// values, which is then the most that all of them together can give.
	Confidence float64

	boots []*store.Run // of each value
}

// TargetSummary says how the boots of a target went.
type TargetSummary struct {
	ID       string         `json:"id"`
	Baseline string         `json:"baseline"` // ID of the target that it is compared with, "" for one that others are
	Kernel   string         `json:"kernel"`
	App      string         `json:"app"`
	Accel    string         `json:"accel"`
	Boots    int            `json:"boots"`   // without warm-ups and those of Counted
	OK       int            `json:"ok"`      // that yielded samples
	Counted  int            `json:"counted"` // boots that went well and were made for their counts alone, behind the others
	Warmups  int            `json:"warmups"`
	Outcomes map[string]int `json:"outcomes"` // of those that went wrong
}

// Options say how Compare works. The zero value is the default.
type Options struct {
	// Baseline is the label of the target the others are compared with; "" is the
	// first. What its name may be is what Plan.Named takes. Of several apps each has a baseline of
	// its own: that of the same kernel and settings.
	Baseline string
	// Baselines are the labels of those that some targets are compared with, by the
	// targets' labels, where that is another; a baseline's is its own.
	Baselines map[string]string
	// Label names the target a run belongs to; nil is Run.Target.ID. Runs with the
	// same label are samples of the same thing.
	Label func(*store.Run) string
	// Bands are the shares below which a change is noise; nil is each metric's default.
	Bands Bands
	// Level is the corrected p value below which a difference counts, 0 is 0.05. The
	// intervals of verdicts cover 1-Level, those of "same" 1-2*Level. An experiment that
	// looks at its data several times to stop when it is sure chooses stats.LookLevel.
	Level float64
	// Swept are settings and parameters that differ because somebody asked how much they
	// matter, see Plan.Swept.
	Swept []string
}

func (o Options) level() float64 {
	if o.Level > 0 {
		return o.Level
	}
	return Level
}

// Compare computes the comparison of the runs' targets with the baseline. It
// fails only where there is nothing to compare; whatever is wrong with single
// cells is said in them. Warm-ups and boots that went wrong yield no samples and
// are counted.
func Compare(runs []store.Run, o Options) (*Comparison, error) {
	groups, err := collect(runs, o)
	if err != nil {
		return nil, err
	}
	c := groups.compare(o)
	c.Swept = o.Swept
	c.judge()
	groups.timed()
	c.Trust = groups.trust(c)
	c.Words = c.words()
	return c, nil
}

// Cell returns the cell of a target and a metric, nil where there is none.
func (c *Comparison) Cell(target, name, unit string) *Cell {
	for i := range c.Cells {
		if cell := &c.Cells[i]; cell.Target == target && cell.Name == name && (unit == "" || cell.Unit == unit) {
			return cell
		}
	}
	return nil
}

// Find returns the samples of a target's metric, nil where there are none.
func (c *Comparison) Find(target, name, unit string) *Series {
	for _, s := range c.Series {
		if s.Target == target && s.Info.Name == name && (unit == "" || s.Info.Unit == unit) {
			return s
		}
	}
	return nil
}

// number is a pointer to v, or nil where v is no number.
func number(v float64) *float64 {
	if !stats.Finite(v) {
		return nil
	}
	return &v
}

// errNothing is for comparisons without any run.
var errNothing = fmt.Errorf("nothing to compare: no stored run matches; boot something first, such as 'slipway demo'")
