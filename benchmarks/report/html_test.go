package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

// Elements and attributes that a page of ours has. None of them runs or fetches
// anything.
var (
	harmlessElements = strings.Fields(`html head meta title style body main header section h1 h2 h3 p strong span time table thead tbody tr th td
		div figure figcaption ul li dl dt dd details summary pre svg desc text line rect path`)
	harmlessAttributes = strings.Fields(`lang charset name content http-equiv class role datetime scope colspan tabindex aria-label viewBox
		x y x1 y1 x2 y2 width height d`)
)

// outline parses a page as XML, which is stricter than any browser, and gives back its
// elements with their classes, and the text of its headings, one a line.
func outline(t *testing.T, page []byte) (lines []string, text string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	var all strings.Builder
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			line := strings.Repeat("  ", len(open)) + e.Name.Local
			if !slices.Contains(harmlessElements, e.Name.Local) {
				t.Errorf("the page has an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if !slices.Contains(harmlessAttributes, a.Name.Local) {
					t.Errorf("%s has an attribute %s", e.Name.Local, a.Name.Local)
				}
				if a.Name.Local == "class" {
					line += "." + strings.ReplaceAll(a.Value, " ", ".")
				}
			}
			open = append(open, e.Name.Local)
			if !slices.Contains(lines, line) || strings.HasPrefix(e.Name.Local, "h") {
				lines = append(lines, line)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 && open[len(open)-1] != "style" {
				all.Write(e)
				all.WriteByte('\n')
			}
			if len(open) > 0 && slices.Contains([]string{"h1", "h2", "h3"}, open[len(open)-1]) {
				lines[len(lines)-1] += " " + string(e)
			}
		}
	}
	return lines, all.String()
}

func TestThePageIsWellFormedAndWhole(t *testing.T) {
	t.Parallel()
	d := document(t, parted(measured()))
	var b bytes.Buffer
	if err := report.HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	lines, text := outline(t, b.Bytes())
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/page-outline.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != got {
		t.Errorf("the outline differs (%v); if it should, go test ./benchmarks/report -update\n--- got\n%s", err, got)
	}
	// Every number of the table, the reasons, and what repeats it.
	var want []string
	for i := range d.Comparison.Cells {
		c := &d.Comparison.Cells[i]
		want = append(want, c.ChangeText(), c.IntervalText(), c.VerdictText())
	}
	for _, f := range d.Comparison.Trust {
		want = append(want, f.Short, f.Long)
	}
	want = append(want, d.Comparison.Words...)
	want = append(want, "Emulated.", "there is no /dev/kvm", "slipway bench --plan plan.toml", `settings = { "machine" = "microvm", "steps" = "2000" }`,
		"slipway boot -k keel -a nbody", "slipway rerun 000000000002", `qemu-system-x86_64 -append 'quiet it'\''s <b>' -M pc`, "devbox", "7.2.0", "seed 7", "firmware+kernel: @slipway app")
	for _, w := range want {
		if !strings.Contains(text, w) && w != "n/c" {
			t.Errorf("the page does not say %q", w)
		}
	}
	if at, first := strings.Index(text, "Emulated."), strings.Index(text, "spawn to exit"); at > first {
		t.Error("that guests were emulated is not said at the top")
	}
	page := b.String()
	for _, d := range d.Comparison.Series {
		if n := strings.Count(page, "h0"); n < len(d.Values) {
			t.Errorf("%s: %d points for %d boots", d.Info.Name, n, len(d.Values))
		}
	}
	if !strings.Contains(page, "prefers-color-scheme: dark") || !strings.Contains(page, "@media print") {
		t.Error("the page is for one kind of screen alone")
	}
}

// hostile is a text that tries all ways out at once.
func hostile(i string) string {
	return `</title></style></svg></pre>"'><script>alert(` + i + `)</script><img src=x onerror=alert(1)>]]>&lt;{{.}}` + "\x1b]52;c;eA==\a\x00\u202e\u2066`|"
}

func TestNothingHostileGetsIntoAPage(t *testing.T) {
	t.Parallel()
	runs := parted(measured())
	for i := range runs {
		run := &runs[i]
		run.Target.ID += hostile("id")
		run.Target.Kernel, run.Target.App, run.Save = hostile("kernel"), hostile("app"), hostile("save")
		run.Target.Settings = map[string]string{hostile("key"): hostile("value")}
		run.Metrics[hostile("metric")] = store.Metric{Unit: hostile("unit"), Better: "lower", Values: []float64{float64(i)}}
		run.Args = []string{hostile("arg")}
		run.Phases[2].Marker = hostile("marker")
		e := &run.Environment
		e.Host, e.CPU, e.QEMU, e.Machine, e.AccelReason, e.Commit, e.Governor = hostile("host"), hostile("cpu"), hostile("qemu"), hostile("machine"), hostile("why"), hostile("commit"), hostile("governor")
		run.Notes = []string{hostile("note")}
		run.Kind = store.Imported
		if i > 14 {
			run.Outcome, run.Exit, run.Reason, run.LastLines = hostile("outcome"), nil, hostile("reason"), []string{hostile("line 1"), hostile("line 2")}
		}
	}
	d := document(t, runs)
	x := &d.Experiments[0]
	x.ID, x.Title, x.State, x.Baseline = hostile("experiment"), hostile("title"), store.State(hostile("state")), hostile("baseline")
	for i := range x.Targets {
		x.Targets[i] = runs[i].Target
	}
	d.By = hostile("by")
	var b bytes.Buffer
	if err := report.HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	_, text := outline(t, b.Bytes())
	for _, what := range []string{"id", "kernel", "app", "metric", "unit", "arg", "marker", "host", "cpu", "qemu", "why", "note", "reason", "line 1", "title"} {
		if !strings.Contains(text, "<script>alert("+what+")</script>") {
			t.Errorf("the %s is not there as it is", what)
		}
	}
	for name, write := range map[string]func(io.Writer, *report.Document) error{
		"html": report.HTML, "markdown": report.Markdown,
		"csv":       func(w io.Writer, d *report.Document) error { return report.CSV(w, d.Evidence) },
		"benchfmt":  func(w io.Writer, d *report.Document) error { return report.Benchfmt(w, d.Evidence) },
		"hyperfine": func(w io.Writer, d *report.Document) error { return report.Hyperfine(w, d.Evidence) },
		"table":     func(w io.Writer, d *report.Document) error { return report.Table(w, d.Comparison, report.Options{}) },
	} {
		b.Reset()
		if err := write(&b, d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range b.String() {
			if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%s has a %U", name, r)
				break
			}
		}
		if name == "markdown" && (strings.Contains(withoutCode(b.String()), "<script") || strings.Contains(withoutCode(b.String()), "<img")) {
			t.Errorf("the Markdown has elements:\n%s", b.String())
		}
	}
}

// withoutCode leaves out the lines that Markdown takes for code.
func withoutCode(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "    ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Numbers of every size must come out as a picture.
func TestOddNumbersMakeAPage(t *testing.T) {
	t.Parallel()
	for _, values := range [][]float64{
		{0, 0, 0}, {-1, 1, 0}, {1e308, -1e308}, {5e-324, 5e-324}, {1e-300, 1e300}, {1, 1 + 1e-15}, {7},
	} {
		runs := measured()[:2+2*len(values)]
		for i := range runs {
			runs[i].Metrics = map[string]store.Metric{"Odd": {Unit: "things", Values: []float64{values[i/2%len(values)]}}}
		}
		var b bytes.Buffer
		if err := report.HTML(&b, document(t, runs)); err != nil {
			t.Fatal(err)
		}
		outline(t, b.Bytes())
		for _, bad := range []string{"NaN", "Inf"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("%v: the page has a %s", values, bad)
			}
		}
	}
}
