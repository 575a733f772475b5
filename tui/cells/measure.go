package cells

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Width is how many cells a text takes.
func Width(s string) int {
	plain := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Clip shortens a text to w cells and shows by an ellipsis that it did.
func Clip(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	return ansi.Truncate(s, w, "…")
}

// Cut splits a text behind its first w cells, or behind its first character where
// that is wider.
func Cut(s string, w int) (head, rest string) {
	at, used := 0, 0
	for g := graphemes.FromString(s); g.Next(); {
		used += Width(g.Value())
		if used > w && at > 0 {
			break
		}
		at += len(g.Value())
	}
	return s[:at], s[at:]
}

// ClipLeft shortens a text to its last w cells, as for paths.
func ClipLeft(s string, w int) string {
	over := Width(s) - w
	switch {
	case w <= 0:
		return ""
	case over <= 0:
		return s
	}
	return ansi.TruncateLeft(s, over+1, "…")
}

// Pad fills a text with blanks up to w cells, or clips it.
func Pad(s string, w int) string {
	s = Clip(s, w)
	return s + strings.Repeat(" ", max(w-Width(s), 0))
}

// PadLeft is Pad for texts that are aligned at their right end.
func PadLeft(s string, w int) string {
	s = Clip(s, w)
	return strings.Repeat(" ", max(w-Width(s), 0)) + s
}

// Wrap breaks a text at spaces into lines of at most w cells. Words that are
// longer are broken anywhere. Line ends in the text are kept.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapLine(strings.ReplaceAll(paragraph, "\t", "    "), w)...)
	}
	return lines
}

func wrapLine(s string, w int) []string {
	var lines []string
	line, used := "", 0
	indent := s[:len(s)-len(strings.TrimLeft(s, " "))]
	if Width(indent) >= w {
		indent = ""
	}
	for _, word := range strings.Fields(s) {
		size := Width(word)
		if used > 0 && used+1+size > w {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		} else {
			line, used = indent, len(indent)
		}
		if used+size <= w {
			line, used = line+word, used+size
			continue
		}
		g := graphemes.FromString(word)
		for g.Next() {
			size := Width(g.Value())
			if used+size > w && used > 0 {
				lines = append(lines, line)
				line, used = "", 0
			}
			line, used = line+g.Value(), used+size
		}
	}
	return append(lines, line)
}
