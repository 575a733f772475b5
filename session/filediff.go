package session

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FileDiff is how a file of one run differs from that of another.
type FileDiff struct {
	Path           string
	Status         string // "changed", "added" or "removed"
	Added, Removed int    // lines
	// Lines are a unified diff: hunks, each with its "@@" line, and lines that begin with
	// ' ', '-' or '+'. They hold nothing that a terminal would act upon, and are bounded.
	Lines []string
	Note  string // why there are no Lines or not all: it is no text, it is long; "" else
}

// Bounds of what is shown of a file.
const (
	contextLines = 3
	maxDiffLines = 400 // of a file
	maxDiffWidth = 400 // characters of a line
)

// diffFile compares two versions of a file; nil is one that is not there.
func diffFile(path string, a, b []byte) FileDiff {
	f := FileDiff{Path: plain(path), Status: "changed"}
	switch {
	case a == nil:
		f.Status = "added"
	case b == nil:
		f.Status = "removed"
	}
	if !isText(a) || !isText(b) {
		f.Note = fmt.Sprintf("not text: %d bytes, then %d", len(a), len(b))
		if a == nil || b == nil {
			f.Note = fmt.Sprintf("not text: %d bytes", len(a)+len(b))
		}
		return f
	}
	edits := diffLines(textLines(a), textLines(b))
	for _, e := range edits {
		switch e.sign {
		case '+':
			f.Added++
		case '-':
			f.Removed++
		}
	}
	f.Lines = hunks(edits)
	if over := len(f.Lines) - maxDiffLines; over > 0 {
		f.Lines = f.Lines[:maxDiffLines]
		f.Note = fmt.Sprintf("%d more lines are not shown", over)
	}
	return f
}

// isText reports whether a file can be shown in lines. Some bytes that are no UTF-8 are
// shown as what they are; a NUL is in no text.
func isText(data []byte) bool {
	return bytes.IndexByte(data, 0) < 0
}

// textLines splits a file. That the last line has no end is a line of its own, so that
// it shows.
func textLines(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	lines := strings.Split(string(data), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		return lines[:last]
	}
	return append(lines, `\ no newline at the end`)
}

// hunks makes a unified diff of edits.
func hunks(edits []edit) []string {
	var lines []string
	lineA, lineB := 1, 1 // of edits[done]
	done := 0
	for i := 0; i < len(edits); i++ {
		if edits[i].sign == ' ' {
			continue
		}
		from := max(i-contextLines, done)
		end, quiet := i, 0 // end: behind the last change of the hunk
		for j := i; j < len(edits) && quiet <= 2*contextLines; j++ {
			if quiet++; edits[j].sign != ' ' {
				end, quiet = j+1, 0
			}
		}
		to := min(end+contextLines, len(edits))
		for _, e := range edits[done:from] {
			lineA, lineB = advance(e, lineA, lineB)
		}
		body := make([]string, 0, to-from)
		nextA, nextB := lineA, lineB
		for _, e := range edits[from:to] {
			nextA, nextB = advance(e, nextA, nextB)
			body = append(body, string(e.sign)+plainLine(e.text))
		}
		lines = append(lines, fmt.Sprintf("@@ -%s +%s @@", span(lineA, nextA-lineA), span(lineB, nextB-lineB)))
		lines = append(lines, body...)
		lineA, lineB, done, i = nextA, nextB, to, to-1
	}
	return lines
}

func advance(e edit, a, b int) (nextA, nextB int) {
	if e.sign != '+' {
		a++
	}
	if e.sign != '-' {
		b++
	}
	return a, b
}

// span is a range of lines as diff writes it; an empty one begins behind the line before.
func span(from, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", from-1)
	case 1:
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d,%d", from, n)
}

// plainLine is a line of a file for a screen: what is not to be seen is shown as ^[ or
// \xff, so that a change of it can be seen too. Tabs stay.
func plainLine(s string) string { return clipRunes(plain(s), maxDiffWidth) }

// plain is a text without anything that a terminal would act upon.
func plain(s string) string {
	if !slices.ContainsFunc([]byte(s), func(c byte) bool { return c != '\t' && c < ' ' || c >= 0x7f }) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '\t':
			b.WriteByte('\t')
		case r < ' ' || r == 0x7f:
			b.WriteByte('^')
			b.WriteByte(byte(r) ^ 0x40)
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

// clipRunes shortens a text to n characters.
func clipRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
