package tui

import (
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
)

// drawTop draws what is compared and, at the right, how far that has come. Where there is
// no room for both, words are left out on both sides, and none is cut.
func (c *compare) drawTop(cv *cells.Canvas, r cells.Rect, now *benchmarks.Comparison) {
	titles, p := c.titles(now), c.progress()
	title, text := fitting(titles, p.texts, r.W-3)
	x := drawSpans(cv, r, 0, 0, c.theme, title)
	right := cells.Rect{X: r.X + x + 2, Y: r.Y, W: max(r.W-x-3, 0), H: 1}
	text = cells.Clip(text, right.W)
	if p.total > 0 {
		w := min(24, right.W-cells.Width(text)-1)
		filled, rest := bar(p.done, p.total, w)
		drawSpans(cv, right, max(right.W-w-1-cells.Width(text), 0), 0, c.theme, []span{{filled, themes.Accent}, {rest, themes.Border}})
	}
	cv.Right(right, 0, text, c.style(p.token))
}

// fitting are the longest title and text that go together into w cells. What of the rounds
// is left to be done is worth a shorter title.
func fitting(titles [][]span, texts []string, w int) ([]span, string) {
	for _, worth := range []int{3, len(texts)} {
		for _, title := range titles {
			used := 0
			for _, s := range title {
				used += cells.Width(s.text)
			}
			for _, text := range texts[:min(worth, len(texts))] {
				if used+cells.Width(text) <= w {
					return title, text
				}
			}
		}
	}
	return titles[len(titles)-1], texts[len(texts)-1]
}

// titles say what is compared, the longest first.
func (c *compare) titles(now *benchmarks.Comparison) [][]span {
	switch {
	case now == nil && c.bySaves():
		return [][]span{{{" This save against the last", themes.Title}}}
	case now == nil:
		return [][]span{{{" Comparison", themes.Title}}}
	case c.bySaves():
		kernel := now.Targets[0].Kernel
		full := []span{{" This save against the last", themes.Title}, {"  " + kernel + " · " + now.Targets[0].App, themes.Text}}
		brief := []span{{" Save against last", themes.Title}, {"  " + kernel, themes.Text}}
		if n := len(c.comparisons()); n > 1 {
			which := span{fmt.Sprintf("  ←→ %d of %d", min(c.target, n-1)+1, n), themes.Muted}
			return [][]span{append(full, which), append(slices.Clone(brief), which), brief}
		}
		return [][]span{full, brief}
	}
	what := []span{{" " + c.shared(now), themes.Text}, {" against ", themes.Muted}, {c.baseName(now), themes.Text}}
	return [][]span{append([]span{{" Comparison ", themes.Title}}, what...), what, {{" " + c.shared(now), themes.Text}}}
}

// courseText is how far the timed rounds have come, in several lengths, the longest first.
type courseText struct {
	texts       []string
	token       themes.Token
	done, total int64 // boots; a bar shows them where total is not 0
}

// progress says how far the timed rounds are, or how many there were.
func (c *compare) progress() courseText {
	e := c.state.Experiment
	if c.fromHistory() && (c.stored || e == nil || !e.Running) {
		o := c.state.Opened
		text := plural(o.Rounds, "round")
		if o.State != "done" {
			text += ", " + o.State
		}
		return courseText{texts: []string{"stored " + ago(o.At, c.now()) + " · " + text, "stored · " + text, text}, token: themes.Warn}
	}
	if e == nil {
		return courseText{texts: []string{""}}
	}
	round := fmt.Sprintf("round %d of %d", e.Round, e.Rounds)
	brief := fmt.Sprintf("%d of %d", e.Round, e.Rounds)
	who, _, _ := strings.Cut(e.Waiting, " (")
	failed := ""
	switch {
	case e.Error != "":
		return courseText{texts: []string{"✘ " + e.Error}, token: themes.Bad}
	case e.Running && e.Waiting != "":
		return courseText{texts: []string{"waits: " + e.Waiting, "waits: " + who, "waits"}, token: themes.Warn}
	case e.Running && e.Paused:
		return courseText{texts: []string{"paused in " + round + " · p goes on", "paused in " + round, "paused"}, token: themes.Warn}
	case !e.Running:
		text := plural(e.Round, "round")
		if e.Failed > 0 {
			failed = fmt.Sprintf(" · %d of %d boots failed", e.Failed, e.Total)
		}
		return courseText{texts: []string{text + failed + " · + times more", text + failed, text}, token: themes.Muted}
	}
	if e.Failed > 0 {
		failed = fmt.Sprintf(" · %d failed", e.Failed)
	}
	next, time := "", ""
	switch {
	case e.Stopping:
		next = " · stops after it"
	case e.Added > 0:
		next = " · judged then"
	case e.LookAt > 0:
		next = fmt.Sprintf(" · look at %d", e.LookAt)
	}
	if l := left(e.Left); l != "" {
		time = " · " + l
	}
	short := strings.Replace(time, "about ", "", 1)
	return courseText{
		texts: slices.Compact([]string{round + next + time + failed, round + next + short + failed, round + short + failed, round + failed, brief + failed, brief}),
		token: themes.Muted, done: int64(e.Boots), total: int64(max(e.Total, 1)),
	}
}
