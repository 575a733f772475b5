package benchmarks

import (
	"fmt"
	"strings"
)

// Sentence says one cell of the comparison in plain English.
func (c *Comparison) Sentence(cell *Cell) string {
	if cell.Verdict != NotComparable {
		return cell.sentence(c.BaselineOf(cell.Target))
	}
	text := fmt.Sprintf("%s: %s can't be compared with %s", cell.Target, cell.Info.Title, c.BaselineOf(cell.Target))
	if len(cell.Notes) > 0 {
		text += ": " + strings.TrimSuffix(cell.Notes[0], ".")
	}
	return text + "."
}
