package benchmarks

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// host draws what a host makes of boots that all do the same, in the order in which
// they run: logarithms of their times.
type host struct {
	name        string
	independent bool // each boot's time is drawn for itself
	draw        func(r *rand.Rand, boots int) []float64
}

func independent(one func(r *rand.Rand) float64) func(*rand.Rand, int) []float64 {
	return func(r *rand.Rand, boots int) []float64 {
		x := make([]float64, boots)
		for i := range x {
			x[i] = one(r)
		}
		return x
	}
}

var hosts = []host{
	{"normal", true, independent(func(r *rand.Rand) float64 { return math.Log(math.Max(0.5, 1+0.05*r.NormFloat64())) })},
	{"log-normal", true, independent(func(r *rand.Rand) float64 { return 0.2 * r.NormFloat64() })},
	{"spikes", true, independent(func(r *rand.Rand) float64 {
		if r.IntN(10) == 0 { // something else ran
			return 0.02*r.NormFloat64() + 0.3 + r.ExpFloat64()
		}
		return 0.02 * r.NormFloat64()
	})},
	{"two groups", true, independent(func(r *rand.Rand) float64 { return 0.02*r.NormFloat64() + 0.4*float64(r.IntN(10)/7) })},
	{"drift", false, func(r *rand.Rand, boots int) []float64 {
		x := make([]float64, boots)
		for i := range x {
			x[i] = 0.05*r.NormFloat64() + 0.2*float64(i)/float64(boots)
		}
		return x
	}},
	{"AR(1) .9", false, func(r *rand.Rand, boots int) []float64 {
		x := make([]float64, boots)
		mood := 0.05 * r.NormFloat64()
		for i := range x {
			x[i] = mood + 0.02*r.NormFloat64()
			mood = 0.9*mood + 0.05*math.Sqrt(1-0.81)*r.NormFloat64()
		}
		return x
	}},
}

// simulated is an experiment with two targets that are the same.
func (h host) simulated(r *rand.Rand, rounds, metrics int, interleaved bool) []store.Run {
	kernels := [2]string{"one", "other"}
	zero := 0
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	runs := make([]store.Run, 0, 2*rounds)
	for at := range 2 * rounds {
		round, side, experiment := at/2+1, at%2, "x"
		if interleaved {
			if side == 0 && r.IntN(2) == 1 {
				kernels[0], kernels[1] = kernels[1], kernels[0]
			}
		} else { // all of one, then all of the other
			round, side = at%rounds+1, at/rounds
			experiment = kernels[side]
		}
		runs = append(runs, store.Run{
			Experiment: experiment, Round: round, Kind: store.Timed, Outcome: "exit", Exit: &zero,
			Started:     began.Add(time.Duration(at) * time.Second),
			Target:      store.Target{ID: kernels[side], Kernel: kernels[side], App: "app"},
			Environment: store.Environment{Accel: store.TCG, QEMU: "7.2", Arch: "x86_64"},
			Metrics:     map[string]store.Metric{},
		})
	}
	for m := range metrics {
		name := "boot/total"
		if m > 0 {
			name = fmt.Sprintf("Metric%d", m)
		}
		for i, v := range h.draw(r, len(runs)) {
			runs[i].Metrics[name] = store.Metric{Unit: "sec", Better: "lower", Values: []float64{math.Exp(v)}}
		}
	}
	return runs
}

// tally counts what came of simulated experiments.
type tally struct {
	host                                                     string
	rounds                                                   int
	interleaved, independent                                 bool
	method                                                   Method
	experiments, covered, bootstrapped, differs, beyond, saw int
}

// simulate makes experiments in which nothing differs and counts the intervals that
// hold the truth, the verdicts that see a difference at band 0 and at the default
// band, and the drifts that were noticed.
func (h host) simulate(seed uint64, rounds, experiments int, interleaved bool) (tally, error) {
	r := rand.New(rand.NewPCG(seed, uint64(rounds)))
	t := tally{host: h.name, rounds: rounds, interleaved: interleaved, independent: h.independent, experiments: experiments}
	for range experiments {
		c, err := Compare(h.simulated(r, rounds, 1, interleaved), Options{Baseline: "one", Bands: Bands{"": 0}})
		if err != nil {
			return t, err
		}
		cell := &c.Cells[0]
		t.method = cell.Method
		if cell.effect.low <= 0 && cell.effect.high >= 0 {
			t.covered++
		}
		if e, err := stats.MedianRatio(cell.Base.Values, cell.Test.Values, 0.95); err == nil && e.Low <= 1 && e.High >= 1 {
			t.bootstrapped++
		}
		if cell.differs() {
			t.differs++
		}
		cell.Band, cell.Verdict = SharedHostBand, Unclear
		if cell.judge(Level); cell.differs() {
			t.beyond++
		}
		for _, fact := range c.Trust {
			if fact.Name == "drift" && fact.State == Warning {
				t.saw++
			}
		}
	}
	return t, nil
}

func (c *Cell) differs() bool { return c.Verdict == IsBetter || c.Verdict == IsWorse }

// sequence counts what came of experiments that stop when they are sure.
type sequence struct {
	host                               string
	metrics, experiments               int
	alarms, beyond, uncorrected, boots int
}

// untilSure makes experiments in which nothing differs and looks at each of them
// several times: at band 0, at the default band stopping where Sure says so, and at
// band 0 as if every look were the only one.
func (h host) untilSure(seed uint64, metrics, experiments int) (sequence, error) {
	r := rand.New(rand.NewPCG(seed, 99))
	s := sequence{host: h.name, metrics: metrics, experiments: experiments}
	for range experiments {
		last := stats.Looks[len(stats.Looks)-1]
		all := h.simulated(r, last, metrics, true)
		var alarm, beyond, uncorrected, stopped bool
		for look, rounds := range stats.Looks {
			for _, o := range []Options{{Level: stats.LookLevel(look)}, {}} {
				o.Bands = Bands{"": 0}
				c, err := Compare(all[:2*rounds], o)
				if err != nil {
					return s, err
				}
				corrected := o.Level > 0
				for i := range c.Cells {
					alarm = alarm || corrected && c.Cells[i].differs()
					uncorrected = uncorrected || !corrected && c.Cells[i].differs()
				}
				if !corrected || stopped {
					continue
				}
				s.boots += 2 * (rounds - map[int]int{0: 0, 1: stats.Looks[0], 2: stats.Looks[1]}[look])
				for i := range c.Cells {
					cell := &c.Cells[i]
					cell.Band, cell.Verdict = SharedHostBand, Unclear
					cell.judge(c.Level)
					beyond = beyond || cell.differs()
				}
				stopped = c.Sure()
			}
		}
		for _, count := range []struct {
			to *int
			on bool
		}{{&s.alarms, alarm}, {&s.beyond, beyond}, {&s.uncorrected, uncorrected}} {
			if count.on {
				*count.to++
			}
		}
	}
	return s, nil
}

// concurrently does things on all CPUs, whose results come in order.
func concurrently[T any](things []func() (T, error)) ([]T, error) {
	results, errs := make([]T, len(things)), make([]error, len(things))
	var all sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, do := range things {
		all.Go(func() {
			slots <- struct{}{}
			results[i], errs[i] = do()
			<-slots
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// TestSimulation is the short version of `make simulate-stats`, which says by
// SLIPWAY_SIMULATE how many experiments there are in each row.
func TestSimulation(t *testing.T) {
	t.Parallel()
	experiments, sizes, out := 150, []int{6, 12, 20}, io.Discard
	if n, err := strconv.Atoi(os.Getenv("SLIPWAY_SIMULATE")); err == nil {
		experiments, sizes, out = n, []int{6, 10, 12, 20, 40}, os.Stdout
	} else if testing.Short() {
		experiments, sizes = 50, sizes[1:2]
	}
	var rows []func() (tally, error)
	var sequences []func() (sequence, error)
	for k, h := range hosts {
		for _, interleaved := range []bool{true, false} {
			for _, n := range sizes {
				rows = append(rows, func() (tally, error) { return h.simulate(uint64(k), n, experiments, interleaved) })
			}
		}
		if k == 0 || !testing.Short() {
			sequences = append(sequences, func() (sequence, error) { return h.untilSure(uint64(k), 1, experiments) })
		}
	}
	if out != io.Discard {
		sequences = append(sequences, func() (sequence, error) { return hosts[0].untilSure(7, 12, experiments/4) })
	}
	tallies, err := concurrently(rows)
	if err != nil {
		t.Fatal(err)
	}
	looked, err := concurrently(sequences)
	if err != nil {
		t.Fatal(err)
	}
	printTallies(out, tallies)
	printSequences(out, looked)
	// Whether single rows hold is read off the long table; here all independent ones
	// count together, three standard deviations from what is promised.
	var all tally
	for _, row := range tallies {
		if row.independent {
			all.experiments, all.covered, all.differs = all.experiments+row.experiments, all.covered+row.covered, all.differs+row.differs
		}
		if out != io.Discard && row.bad() != "" && (row.independent || row.interleaved) {
			t.Errorf("%s, %d rounds: %s", row.host, row.rounds, row.bad())
		}
	}
	n := float64(all.experiments)
	slack := 3 * math.Sqrt(0.05*0.95*n)
	if float64(all.covered) < 0.95*n-slack || float64(all.differs) > 0.05*n+slack {
		t.Errorf("of %d intervals %d hold the truth; %d verdicts see a difference where there is none", all.experiments, all.covered, all.differs)
	}
	for _, s := range looked {
		if n := float64(s.experiments); float64(s.alarms) > 0.05*n+3*math.Sqrt(0.05*0.95*n) {
			t.Errorf("%s, %d metrics: %d of %d experiments that stop when sure see a difference where there is none", s.host, s.metrics, s.alarms, s.experiments)
		}
	}
}

// bad says which promise a row breaks.
func (t tally) bad() string {
	var broken []string
	if t.covered*100 < 94*t.experiments {
		broken = append(broken, "covers less than 94 %")
	}
	if n := float64(t.experiments); float64(t.differs) > 0.05*n+3*math.Sqrt(0.05*0.95*n) {
		broken = append(broken, "false verdicts above 5 %")
	}
	return strings.Join(broken, ", ")
}

func printTallies(w io.Writer, rows []tally) {
	fmt.Fprintf(w, "\nNothing differs; %d experiments a row. Interleaved: rounds in random order, paired from %d rounds on; else all of one\n", rows[0].experiments, PairedRounds)
	fmt.Fprintf(w, "and then all of the other. Reference: the interval covers 95 %%, false verdicts at most 5 %% at band 0.\n\n")
	const form = "| %-10s | %6s | %-11s | %-8s | %8s | %9s | %7s | %7s | %10s | %s\n"
	fmt.Fprintf(w, form, "host", "rounds", "interleaved", "method", "coverage", "bootstrap", "band 0", "band 5%", "drift seen", "|")
	fmt.Fprintf(w, form, "---", "--:", "---", "---", "--:", "--:", "--:", "--:", "--:", "--- |")
	for _, r := range rows {
		share := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(r.experiments)) }
		method, _, _ := strings.Cut(string(r.method), " ")
		mark := "|"
		if bad := r.bad(); bad != "" {
			mark = "! " + bad + " |"
		}
		fmt.Fprintf(w, form, r.host, strconv.Itoa(r.rounds), map[bool]string{true: "yes", false: "no"}[r.interleaved], method,
			share(r.covered), share(r.bootstrapped), share(r.differs), share(r.beyond), share(r.saw), mark)
	}
}

func printSequences(w io.Writer, rows []sequence) {
	fmt.Fprintf(w, "\nThe same until sure, looking at %v rounds. Reference: false verdicts at most 5 %% of all looks together at band 0.\n\n", stats.Looks)
	const form = "| %-10s | %7s | %11s | %7s | %7s | %23s | %12s |\n"
	fmt.Fprintf(w, form, "host", "metrics", "experiments", "band 0", "band 5%", "band 0, level not split", "rounds spent")
	fmt.Fprintf(w, form, "---", "--:", "--:", "--:", "--:", "--:", "--:")
	for _, r := range rows {
		share := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(r.experiments)) }
		fmt.Fprintf(w, form, r.host, strconv.Itoa(r.metrics), strconv.Itoa(r.experiments), share(r.alarms), share(r.beyond), share(r.uncorrected),
			fmt.Sprintf("%.1f", float64(r.boots)/2/float64(r.experiments)))
	}
}
