package benchmarks

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/perf/benchfmt"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
	"slipway/runner/catalog"
)

// Bounds on what a guest can make us keep.
const (
	maxLine    = 4096   // bytes of a line; a longer one is no result
	maxNames   = 1000   // metrics of one boot
	maxValues  = 10_000 // values of one metric in one boot
	maxUnits   = 200    // lines that describe units
	maxName    = 200    // bytes of a metric's name
	maxRemarks = 20     // notes on one boot's output
)

// ParseOutput reads the metrics of one boot out of its console output: results
// in the Go benchmark format, and what the kernel's and the app's manifests find
// by regular expression. Carriage returns, escape sequences and lines of any
// other kind are no trouble. name is for the notes, which say what could not be
// taken as a metric, by line; they never make the rest worthless.
//
// The key of a metric is the benchmark's name without "Benchmark"; see Key for
// benchmarks with several units. Memory stays bounded whatever the guest prints.
func ParseOutput(r io.Reader, name string, manifests ...[]catalog.Metric) (map[string]store.Metric, []string) {
	p := &output{name: name, metrics: map[string]store.Metric{}, first: map[string]string{}}
	for _, metrics := range manifests {
		for _, m := range metrics {
			p.addPattern(m)
		}
	}
	lines := newLines(r, p.match)
	err := scan(lines, name, p.result, func(e *benchfmt.SyntaxError) error {
		p.remark(e.Error())
		return nil
	})
	if err != nil {
		p.remark(fmt.Sprintf("%s: reading stopped: %v", name, err))
	}
	p.better(lines.units)
	if p.left > 0 {
		p.remark(fmt.Sprintf("%s: %d values beyond the bounds (%d metrics, %d values each) were left out", name, p.left, maxNames, maxValues))
	}
	return p.metrics, p.notes
}

// output collects the metrics of one boot.
type output struct {
	name     string
	patterns []pattern
	metrics  map[string]store.Metric
	first    map[string]string // benchmark to the unit it reported first
	left     int               // values that were too many
	notes    []string
}

type pattern struct {
	catalog.Metric
	re *regexp.Regexp
}

func (p *output) remark(note string) {
	if len(p.notes) < maxRemarks {
		p.notes = append(p.notes, note)
	}
}

func (p *output) addPattern(m catalog.Metric) {
	re, err := regexp.Compile(m.Regexp)
	switch {
	case err != nil:
		p.remark(fmt.Sprintf("metric %s of the manifest: %v", m.Name, err))
	case re.NumSubexp() < 1:
		p.remark(fmt.Sprintf("metric %s of the manifest: its regexp %q has no group (...) around the number", m.Name, m.Regexp))
	case reserved(m.Name):
		p.remark(fmt.Sprintf("metric %s of the manifest: names like this are Slipway's own", m.Name))
	default:
		p.patterns = append(p.patterns, pattern{m, re})
	}
}

// match applies the manifests' patterns to a line.
func (p *output) match(number int, line []byte) {
	for _, pattern := range p.patterns {
		found := pattern.re.FindSubmatch(line)
		if found == nil {
			continue
		}
		value, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil || !stats.Finite(value) {
			p.remark(fmt.Sprintf("%s:%d: metric %s: %q is not a number that can be measured", p.name, number, pattern.Name, found[1]))
			continue
		}
		p.add(pattern.Name, pattern.Unit, pattern.Better, value)
	}
}

// result takes one line of the benchmark format.
func (p *output) result(res *benchfmt.Result) error {
	_, number := res.Pos()
	name := string(res.Name)
	switch {
	case reserved(name):
		p.remark(fmt.Sprintf("%s:%d: a benchmark can't be named %.50q: names like this are Slipway's own", p.name, number, name))
		return nil
	case name == "" || len(name) > maxName:
		p.remark(fmt.Sprintf("%s:%d: a benchmark can't be named %.50q", p.name, number, name))
		return nil
	}
	for _, v := range res.Values {
		value, unit := original(v)
		if !stats.Finite(value) {
			p.remark(fmt.Sprintf("%s:%d: %s %s is %v: refused", p.name, number, name, unit, value))
			continue
		}
		p.add(name, unit, "", value)
	}
	return nil
}

// original is the value as the guest printed it.
func original(v benchfmt.Value) (float64, string) {
	if v.OrigUnit != "" {
		return v.OrigValue, v.OrigUnit
	}
	return v.Value, v.Unit
}

func (p *output) add(name, unit, better string, value float64) {
	if p.first[name] == "" {
		if len(p.first) >= maxNames {
			p.left++
			return
		}
		p.first[name] = unit
	}
	key := Key(name, unit, p.first[name])
	m, known := p.metrics[key]
	if !known && len(p.metrics) >= maxNames || len(m.Values) >= maxValues {
		p.left++
		return
	}
	m.Unit = unit
	if better != "" {
		m.Better = better
	}
	m.Values = append(m.Values, value)
	p.metrics[key] = m
}

// better fills in which way the guest said its units improve.
func (p *output) better(units benchfmt.UnitMetadataMap) {
	for key, m := range p.metrics {
		if m.Better != "" {
			continue
		}
		switch units.GetBetter(m.Unit) {
		case 1:
			m.Better = string(Higher)
		case -1:
			m.Better = string(Lower)
		}
		p.metrics[key] = m
	}
}

// scan reads results of the benchmark format from cleaned lines; those that are malformed
// go to malformed. Both it and take may end it with an error.
func scan(lines *lines, name string, take func(*benchfmt.Result) error, malformed func(*benchfmt.SyntaxError) error) error {
	reader := benchfmt.NewReader(lines, name)
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.Result:
			if err := take(record); err != nil {
				return err
			}
		case *benchfmt.SyntaxError:
			if err := malformed(record); err != nil {
				return err
			}
		}
	}
	lines.units = reader.Units()
	return reader.Err()
}

// lines is a reader that lets through, line for line, what belongs to the
// benchmark format, cleaned of what a console adds. All else becomes an empty
// line, so that line numbers stay those of the input.
type lines struct {
	from      *bufio.Reader
	see       func(number int, line []byte) // every cleaned line; may be nil
	number    int
	unitLines int
	units     benchfmt.UnitMetadataMap
	ready     []byte
	err       error
	// config also lets "key: value" lines through, as files have them.
	config  bool
	tooLong func(number int) // told of lines that are too long to be results; may be nil
}

func newLines(r io.Reader, see func(int, []byte)) *lines {
	return &lines{from: bufio.NewReaderSize(r, maxLine), see: see}
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	for len(l.ready) == 0 {
		if l.err != nil {
			return 0, l.err
		}
		l.ready = append(l.next(), '\n')
	}
	n := copy(p, l.ready)
	l.ready = l.ready[n:]
	return n, nil
}

// next returns the next line as benchfmt may see it, maybe empty.
func (l *lines) next() []byte {
	l.number++
	raw, err := l.from.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull)
	result := long && bytes.HasPrefix(raw, []byte("Benchmark"))
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.from.ReadSlice('\n')
	}
	l.err = err
	if long {
		if result && l.tooLong != nil {
			l.tooLong(l.number)
		}
		return nil
	}
	line := clean(raw)
	if l.see != nil && len(line) > 0 {
		l.see(l.number, line)
	}
	if l.wanted(line) {
		return line
	}
	return nil
}

func (l *lines) wanted(line []byte) bool {
	if rest, ok := bytes.CutPrefix(line, []byte("Benchmark")); ok {
		// "Benchmarking ..." is prose, as for the go command.
		first, _ := utf8.DecodeRune(rest)
		return len(rest) > 0 && !unicode.IsLower(first)
	}
	if bytes.HasPrefix(line, []byte("Unit ")) {
		l.unitLines++
		return l.unitLines <= maxUnits
	}
	return l.config && len(line) > 0 && line[0] >= 'a' && line[0] <= 'z' && bytes.IndexByte(line, ':') > 0
}

// clean takes escape sequences and control characters out of a line and keeps,
// where carriage returns overwrite it, what a terminal would show at the end.
func clean(raw []byte) []byte {
	line := bytes.TrimRight(raw, "\r\n")
	if i := bytes.LastIndexByte(line, '\r'); i >= 0 {
		line = line[i+1:]
	}
	if bytes.IndexByte(line, 0x1b) >= 0 {
		line = []byte(ansi.Strip(string(line)))
	}
	line = bytes.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, line)
	return bytes.TrimSpace(line)
}
