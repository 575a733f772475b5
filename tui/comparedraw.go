package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

func (c *compare) Draw(cv *cells.Canvas) *tea.Cursor {
	now := c.current()
	c.drawHead(cv, now)
	if now == nil {
		c.drawEmpty(cv)
		return nil
	}
	cursor := c.drawTable(cv, now)
	c.drawViews(cv)
	c.drawView(cv, now)
	return cursor
}

// drawHead says what is compared and how far it has come, and whether to trust it.
func (c *compare) drawHead(cv *cells.Canvas, now *benchmarks.Comparison) {
	r := c.layout.compareHead
	first, second := r.Top(1)
	c.drawTop(cv, first, now)
	if now == nil {
		return
	}
	if text := c.caution(); text != "" {
		x := cv.At(second, 1, 0, "▲ ", c.style(themes.Warn)) + 1
		cv.At(second, x, 0, cells.Clip(text, second.W-x-1), c.style(themes.Text))
		return
	}
	c.drawTrust(cv, second, now.Trust)
}

// drawTrust lists in one line what speaks for the figures and what against them; in a word
// or two each where the line is too short for all of it.
func (c *compare) drawTrust(cv *cells.Canvas, r cells.Rect, facts []benchmarks.Fact) {
	x := cv.At(r, 1, 0, "Trust ", c.style(themes.Muted)) + 1
	texts := trustTexts(facts, r.W-8-x)
	for i, f := range facts {
		sign, token := trustSign(f.State)
		text := texts[i]
		if x+cells.Width(text)+4 > r.W-7 {
			cv.At(r, x, 0, "…", c.style(themes.Muted))
			break
		}
		x += cv.At(r, x, 0, " "+sign+" ", c.style(token))
		x += cv.At(r, x, 0, text, c.style(themes.Text))
	}
	cv.Right(r, 0, "t why ", c.style(themes.Muted))
}

// trustTexts are the facts as they fit into w cells: in full, the good ones in brief, or all
// in brief.
func trustTexts(facts []benchmarks.Fact, w int) []string {
	var texts []string
	for _, shorten := range []func(benchmarks.FactState) bool{
		func(benchmarks.FactState) bool { return false },
		func(s benchmarks.FactState) bool { return s == benchmarks.Good },
		func(benchmarks.FactState) bool { return true },
	} {
		texts = texts[:0]
		used := 0
		for _, f := range facts {
			text := f.Short
			if shorten(f.State) {
				text = brief(f)
			}
			texts, used = append(texts, text), used+cells.Width(text)+3
		}
		if used <= w {
			break
		}
	}
	return texts
}

// brief is a fact in a word or two. The sign before it says what to think of it.
func brief(f benchmarks.Fact) string {
	switch {
	case f.Name == "interleaved" && f.State == benchmarks.Good:
		return "order"
	case f.Name == "environment" && f.State == benchmarks.Good:
		return "setup"
	}
	text, _, _ := strings.Cut(f.Short, ":")
	text, _, _ = strings.Cut(text, " (")
	text, _, _ = strings.Cut(text, " of ")
	text, _, _ = strings.Cut(text, " in ")
	text = strings.TrimPrefix(strings.TrimSuffix(text, " beside guests"), "host ")
	return strings.Replace(text, " boots ok", " ok", 1)
}

// caution says that the figures are not those of the newest images, and why newer
// ones may not come.
func (c *compare) caution() string {
	var figures string
	switch {
	case c.stored:
		return ""
	case c.fromHistory():
		figures = "figures of " + ago(c.state.Opened.At, c.now()) + ", from the history"
	case c.state.Outdated:
		figures = "figures of the images before"
	default:
		return c.untimed()
	}
	if why := c.untimed(); why != "" {
		return figures + ": " + why
	}
	return figures + ": timed rounds bring today's"
}

// untimed says which guests are not timed since their last boot ended badly, or
// since there is none.
func (c *compare) untimed() string {
	var bad []string
	for i := range c.state.Guests {
		g := &c.state.Guests[i]
		switch {
		case g.Phase == session.GuestFailed:
			bad = append(bad, g.Kernel+" could not be built or booted")
		case g.Phase == session.GuestEnded && (g.Outcome != "exit" || g.Status != 0):
			_, word, _ := outcome(g.Outcome, g.Status)
			bad = append(bad, g.Kernel+" ended with "+word)
		}
	}
	if len(bad) == 0 {
		return ""
	}
	return strings.Join(bad, ", ") + ": not timed"
}

func trustSign(s benchmarks.FactState) (string, themes.Token) {
	switch s {
	case benchmarks.Good:
		return "✔", themes.Good
	case benchmarks.Warning:
		return "▲", themes.Warn
	}
	return "?", themes.Muted
}

// drawEmpty says what would fill the screen.
func (c *compare) drawEmpty(cv *cells.Canvas) {
	r := c.layout.body.Inset(2, 3)
	p := newPage(min(r.W, 90))
	switch n := len(c.marked()); {
	case c.saves:
		p.text(themes.Text, "There is no save of another image since the start to compare this one with.")
		p.text(themes.Muted, "Change the app and save it (2). Timed rounds then boot both images in turns, and this table fills while they run. s shows the kernels side by side.")
	case n == 0:
		p.text(themes.Text, "Nothing is compared yet.")
		p.text(themes.Muted, "Mark two kernels or more on the Kernels tab (1, then space) and select an app (2). They are built, booted in turns, and compared here.")
	case c.state.App == "":
		p.text(themes.Text, "No app is selected.")
		p.text(themes.Muted, "Select one on the App tab (2, then enter): it is built and booted on the marked kernels.")
	case n == 1:
		p.text(themes.Text, "One kernel alone has nothing to be compared with.")
		p.text(themes.Muted, "Mark a second one (1, then space), or press s to compare each save with the one before.")
	case c.untimed() != "":
		p.text(themes.Text, "Nothing can be compared: "+c.untimed()+".")
		p.text(themes.Muted, "Only boots that exit with 0 are timed. The Console tab (3) shows how they ended, ! what went wrong; mend the app and save it (2).")
	default:
		p.text(themes.Text, "The first timed rounds have not ended yet.")
		p.text(themes.Muted, "They begin when the marked kernels have booted, or with +. Figures appear with the first round; a verdict needs six.")
	}
	p.draw(cv, r, c.theme, 0)
}

// short is what tells a target apart from the others.
func (c *compare) short(id string) string {
	if name, ok := c.names[id]; ok {
		return name
	}
	return short(id, c.app())
}

// app is the one that is compared.
func (c *compare) app() string {
	if now := c.current(); now != nil && c.fromHistory() {
		return now.Targets[0].App
	}
	return c.state.App
}

// drawWords says it in plain English: the target that is looked at first, then
// what is to be known of the selected cell.
func (c *compare) drawWords(cv *cells.Canvas, now *benchmarks.Comparison) {
	r := c.layout.compareWords
	if r.H < 2 {
		return
	}
	rule, r := r.Top(1)
	cv.HLine(rule, 0, c.style(themes.Border))
	cv.At(rule, 2, 0, " in words ", c.style(themes.Muted))
	p := c.words(now, r.W-2)
	p.draw(cv, r.Inset(1, 0), c.theme, 0)
	if len(p.rows) > r.H {
		cv.Right(r, r.H-1, " … enter shows all ", c.style(themes.Muted))
	}
	if cell := c.cell(); cell != nil && c.layout.wide && len(p.rows)+1 < r.H {
		cv.At(r, 1, r.H-1, cells.Clip(legend(cell.Band, plusMinus(cv)), r.W-2), c.style(themes.Muted))
	}
}

// words is the comparison in plain English, what is to be known of the selected cell first.
func (c *compare) words(now *benchmarks.Comparison, w int) *page {
	p := newPage(w)
	column := c.column()
	words := now.Words
	if cell := c.cell(); cell != nil {
		// What is selected comes first; mostly the paragraph of its target begins with it.
		about := now.Sentence(cell)
		if len(words) != len(c.others) || column >= len(words) || !strings.HasPrefix(words[column], about) {
			c.sentence(p, about)
		}
	}
	if len(words) == len(c.others) && column < len(words) {
		c.sentence(p, words[column])
		words = slices.Delete(slices.Clone(words), column, column+1)
	}
	if cell := c.cell(); cell != nil {
		sign, token := "▲", themes.Warn
		if cell.Verdict == benchmarks.NotComparable || cell.Verdict == benchmarks.Unclear {
			sign, token = verdictToken(cell.Verdict)
		}
		for i, note := range cell.Notes {
			// Why it can't be compared has been said.
			if i < 3 && (i > 0 || cell.Verdict != benchmarks.NotComparable) {
				p.item(sign, token, cell.Info.Title+": "+strings.ReplaceAll(note, "/"+c.app(), ""), themes.Text)
			}
		}
	}
	for _, s := range words {
		c.sentence(p, s)
	}
	if len(c.others) == 0 && !c.fromHistory() {
		p.item("·", themes.Muted, "Mark a second kernel (1, then space) to compare it with, or save a change and press s.", themes.Muted)
	}
	for _, s := range now.Notes {
		p.item("·", themes.Muted, s, themes.Muted)
	}
	return p
}

// sentence adds one about a target, without the app's name behind each kernel's.
func (c *compare) sentence(p *page, text string) {
	p.item("·", themes.Muted, strings.ReplaceAll(text, "/"+c.app(), ""), themes.Text)
}

// legend explains the verdicts of a table in one line; band is the selected cell's.
func legend(band float64, plusMinus string) string {
	return fmt.Sprintf("better, worse: interval clear of %s%.3g %% · same: inside · unclear +9: some 9 more rounds · ▲: enter says why · w: all", plusMinus, band*100)
}

// plusMinus is what stands before a band. Its likeness in ASCII takes two cells, which no
// other character's does.
func plusMinus(cv *cells.Canvas) string {
	if cv.ASCII {
		return "+-"
	}
	return "±"
}
