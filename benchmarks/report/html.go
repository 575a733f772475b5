package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// HTML writes a document as one page that needs nothing else: no script, no font, no
// picture from elsewhere, and nothing that could fetch one. Every text in it may come
// from a guest or from a file name, and is escaped.
func HTML(w io.Writer, d *Document) error {
	page, err := template.New("page").Funcs(template.FuncMap{"t": safe, "lines": safeLines}).Parse(pageText)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, d.page()); err != nil {
		return err
	}
	// What a browser, an editor or a terminal might act upon was taken out of each
	// text; this is for the one that was forgotten.
	_, err = w.Write(bytes.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\ufffe' || r == '\uffff') {
			return -1
		}
		return r
	}, b.Bytes()))
	return err
}

// safeLines is safe for a text of several lines.
func safeLines(list []string) string {
	clean := make([]string, len(list))
	for i, line := range list {
		clean[i] = safe(line)
	}
	return strings.Join(clean, "\n")
}

// page is what the template fills in.
type page struct {
	Style           template.CSS
	Title, Made, By string
	Emulated        string
	Order           benchmarks.Order
	Experiments     []store.Experiment
	Words           []string
	Targets         []pageTarget
	Blocks          []pageBlock
	Single          []pageSingle
	Metrics         []pageMetric
	Ledger          ledger
	Bars            template.HTML
	Remarks         []string
	Trust           []benchmarks.Fact
	Environment     []property
	Failures        []pageFailure
	Failed          int
	Repetition      repetition
}

type pageTarget struct{ ID, Colour, Boots string }

// pageBlock is the table of one target against the baseline.
type pageBlock struct {
	Target, Baseline string
	Interval         string // what its intervals cover
	Rows             []pageRow
	Forest           template.HTML
}

type pageRow struct {
	*benchmarks.Cell
	Title, Base, Test, P, PAdjusted, Verdict, Rounds string
}

// pageSingle is a row where there is nothing to compare with.
type pageSingle struct {
	Title, Median, Interval string
	Confidence              string
	N                       int
}

type pageMetric struct {
	Title, About                string
	Strips, Cumulative, InOrder template.HTML
	Values                      []pageValues
}

type pageValues struct{ Target, Unit, Text string }

type pageFailure struct {
	Run, Target, Outcome, Reason string
	Lines                        []string
}

// mostFailures bounds the failed boots that a page tells of one by one.
const mostFailures = 50

func (d *Document) page() page {
	c := d.Comparison
	p := page{
		Style: template.CSS(pageStyle), Title: d.heading(), By: d.By, Emulated: d.emulated(), Order: c.Order, Experiments: d.Experiments, //nolint:gosec // our own style sheet
		Words: c.Words, Remarks: remarks(c), Trust: c.Trust, Environment: d.environment(), Repetition: d.repetition(), Ledger: d.ledger(),
	}
	if !d.Made.IsZero() {
		p.Made = d.Made.Format(time.RFC3339)
	}
	p.Bars = p.Ledger.bars()
	index := map[string]int{}
	for i, t := range c.Targets {
		index[t.ID] = i
		p.Targets = append(p.Targets, pageTarget{ID: t.ID, Colour: colour(i), Boots: bootWords(t)})
		if i > 0 {
			p.Blocks = append(p.Blocks, d.block(t.ID))
		}
	}
	if len(c.Targets) < 2 {
		for _, s := range c.Series {
			p.Single = append(p.Single, pageSingle{
				Title: label(s.Info.Name, s.Info.Unit), N: len(s.Values), Median: benchmarks.FormatTabled(s.Median, s.Info.Unit),
				Interval:   "[" + benchmarks.FormatTabled(s.Low, s.Info.Unit) + ", " + benchmarks.FormatTabled(s.High, s.Info.Unit) + "]",
				Confidence: strconv.FormatFloat(100*s.Confidence, 'f', 1, 64) + " %",
			})
		}
	}
	p.Metrics = d.metrics(index)
	d.failures(&p)
	return p
}

func (d *Document) block(target string) pageBlock {
	b := pageBlock{Target: target, Baseline: d.Comparison.BaselineOf(target), Interval: d.Comparison.IntervalTitle()}
	var cells []*benchmarks.Cell
	for i := range d.Comparison.Cells {
		cell := &d.Comparison.Cells[i]
		if cell.Target != target {
			continue
		}
		cells = append(cells, cell)
		row := pageRow{Cell: cell, Title: label(cell.Name, cell.Unit), Base: value(cell, 0), Test: value(cell, 1), Verdict: verdict(cell)}
		if cell.P != nil {
			row.P = benchmarks.FormatP(*cell.P)
		}
		if cell.PAdjusted != nil {
			row.PAdjusted = benchmarks.FormatP(*cell.PAdjusted)
		}
		if cell.RoundsNeeded != nil {
			row.Rounds = strconv.Itoa(*cell.RoundsNeeded)
		}
		b.Rows = append(b.Rows, row)
	}
	b.Forest = forest(cells, b)
	return b
}

// metrics draws every metric with the samples of all targets that have it.
func (d *Document) metrics(index map[string]int) []pageMetric {
	position := map[string]int{}
	for i := range d.Runs {
		if run := &d.Runs[i]; !run.Warmup && run.ID != "" {
			position[run.ID] = len(position)
		}
	}
	var list []pageMetric
	series := d.Comparison.Series
	for from := 0; from < len(series); {
		info := series[from].Info
		var samples []sample
		m := pageMetric{Title: info.Title, About: info.About}
		for ; from < len(series) && series[from].Info.Name == info.Name && series[from].Info.Unit == info.Unit; from++ {
			s := series[from]
			if len(s.Values) == 0 {
				continue
			}
			samples = append(samples, sample{s, index[s.Target]})
			m.Values = append(m.Values, pageValues{Target: s.Target, Unit: info.Unit, Text: listValues(s.Values)})
		}
		if len(samples) == 0 {
			continue
		}
		m.Strips, m.Cumulative, m.InOrder = strips(samples, info), cumulative(samples, info), inOrder(samples, info, position)
		list = append(list, m)
	}
	return list
}

func listValues(values []float64) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	}
	return b.String()
}

// failures tells of the boots that went wrong: they yield no sample, and must not be
// forgotten.
func (d *Document) failures(p *page) {
	for i := range d.Runs {
		run := &d.Runs[i]
		if run.OK() {
			continue
		}
		if p.Failed++; p.Failed > mostFailures {
			continue
		}
		outcome := run.Outcome
		if run.Exit != nil {
			outcome += " " + strconv.Itoa(*run.Exit)
		}
		p.Failures = append(p.Failures, pageFailure{Run: run.ID, Target: d.Labelled(run), Outcome: outcome, Reason: run.Reason, Lines: run.LastLines})
	}
}
