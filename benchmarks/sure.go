package benchmarks

// Sure reports whether further rounds would not change what the comparison is
// about: none of its headline cells is unclear. They are the whole boot's time or
// instructions and what the apps themselves measure, since the experiment was made for these. Phases,
// memory and the tool's own part explain them, and some of those can stay unclear
// for ever. Where there is no such cell, all count. What can't be compared does not
// become comparable by being repeated, so it keeps nobody waiting.
func (c *Comparison) Sure() bool {
	headlines := false
	for i := range c.Cells {
		headlines = headlines || c.Cells[i].headline()
	}
	for i := range c.Cells {
		if cell := &c.Cells[i]; cell.Verdict == Unclear && (!headlines || cell.headline()) {
			return false
		}
	}
	return len(c.Cells) > 0
}

// Exact reports whether what the comparison is about repeats exactly, as counted
// instructions do: a comparable headline cell at least, and all of them.
func (c *Comparison) Exact() bool {
	headlines := false
	for i := range c.Cells {
		if cell := &c.Cells[i]; cell.headline() {
			headlines = true
			if cell.Method != MethodExact {
				return false
			}
		}
	}
	return headlines
}

func (c *Cell) headline() bool {
	return c.Verdict != NotComparable && (c.Name == "boot/total" || c.Name == "virt/total" || c.Info.rank == appRank())
}
