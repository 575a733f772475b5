package report

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// leastTitle is how narrow the titles of rows become at most where a terminal has no room
// for them.
const leastTitle = 14

// grid is rows under headings, in columns as wide as what is in them. Figures are never
// cut: where there is no room the titles in the first column are, so that each still
// differs from the others, and then the headings.
type grid struct {
	heads []string
	right []bool // columns that are figures
	rows  [][]string
}

// lines lays the grid out, at most limit cells wide where it can be; 0 is as wide as it is.
func (g *grid) lines(limit int) []string {
	gap := 2
	if limit > 0 && g.width(gap) > limit {
		gap = 1
	}
	rows, heads := g.rows, g.heads
	if over := g.width(gap) - limit; limit > 0 && over > 0 {
		rows, heads = g.narrowed(over)
	}
	narrow := grid{heads: heads, right: g.right, rows: rows}
	widths := narrow.widths()
	between := strings.Repeat(" ", gap)
	lay := func(row []string) string {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = left(cell, widths[i]); g.right[i] {
				cells[i] = right(cell, widths[i])
			}
		}
		return strings.Join(cells, between)
	}
	lines := []string{lay(heads), strings.Repeat("-", narrow.width(gap))}
	for _, row := range rows {
		lines = append(lines, lay(row))
	}
	return lines
}

func (g *grid) widths() []int {
	widths := make([]int, len(g.heads))
	for _, row := range append([][]string{g.heads}, g.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(safe(cell)))
		}
	}
	return widths
}

func (g *grid) width(gap int) int {
	sum := gap * (len(g.heads) - 1)
	for _, w := range g.widths() {
		sum += w
	}
	return sum
}

// narrowed is what is left when over cells have to go.
func (g *grid) narrowed(over int) (rows [][]string, heads []string) {
	figures := grid{heads: make([]string, len(g.heads)), rows: g.rows}
	least, now := figures.widths(), g.widths()
	titles := make([]string, len(g.rows))
	for i, row := range g.rows {
		titles[i] = safe(row[0])
	}
	room := max(leastTitle, now[0]-over)
	over -= max(now[0]-room, 0)
	for i, title := range shortened(titles, room) {
		rows = append(rows, append([]string{title}, g.rows[i][1:]...))
	}
	for i, head := range g.heads {
		if cut := min(now[i]-least[i], over); i > 0 && cut > 0 {
			head = ansi.Truncate(safe(head), max(now[i]-cut, 1), "…")
			over -= cut
		}
		heads = append(heads, head)
	}
	return rows, heads
}

// shortened cuts titles to a width so that no two look alike: at their end, or in their
// middle where they begin as another does.
func shortened(titles []string, width int) []string {
	short := make([]string, len(titles))
	alike := func(i int) bool {
		stem := strings.TrimRight(strings.TrimSuffix(short[i], "…"), " ")
		for j, other := range titles {
			if j != i && titles[j] != titles[i] && strings.HasPrefix(other, stem) {
				return true
			}
		}
		return false
	}
	for i, title := range titles {
		short[i] = ansi.Truncate(title, width, "…")
		if short[i] != title && alike(i) {
			tail := (width - 1) / 2
			short[i] = ansi.Truncate(title, width-1-tail, "") + "…" + ansi.TruncateLeft(title, ansi.StringWidth(title)-tail, "")
		}
	}
	return short
}
