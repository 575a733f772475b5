package compiler

import (
	"regexp"
	"strings"
)

// rustc and CMake say what is wrong and where on lines of their own.
var (
	// rustc: error[E0308]: message, and below it --> file:line:column
	rustHeadline = regexp.MustCompile(`^(error|warning|note)(?:\[\w+\])?: (.+)$`)
	rustPlace    = regexp.MustCompile(`^\s*--> ([^\s:][^:]*):(\d+):(\d+)$`)
	// CMake Error at file:line (command): and below it the message
	cmakePlace = regexp.MustCompile(`^CMake (?:Deprecation )?(Error|Warning)(?: \(dev\))? at ([^\s:][^:]*):(\d+) \([^)]*\):$`)
)

// rustLibrary begins the names of rustc's own sources, which are on nobody's disk.
const rustLibrary = "/rustc/"

// headline is the half of a message that was read so far.
type headline struct {
	dir   string
	open  bool
	place bool // its place is known, its message is not
	half  Diagnostic
}

// read takes one line and returns the message that it completes, if it does.
func (h *headline) read(text string) (Diagnostic, bool) {
	if m := rustHeadline.FindStringSubmatch(text); m != nil {
		*h = headline{dir: h.dir, open: true, half: Diagnostic{Severity: m[1], Message: m[2]}}
		return Diagnostic{}, false
	}
	if m := cmakePlace.FindStringSubmatch(text); m != nil {
		h.open, h.place = true, true
		h.half = Diagnostic{File: relative(m[2], h.dir), Line: number(m[3]), Severity: strings.ToLower(m[1])}
		return Diagnostic{}, false
	}
	switch m := rustPlace.FindStringSubmatch(text); {
	case !h.open:
		return Diagnostic{}, false
	case h.place && strings.TrimSpace(text) != "":
		h.half.Message = strings.TrimSpace(text)
	case !h.place && m != nil && !strings.HasPrefix(m[1], rustLibrary):
		h.half.File, h.half.Line, h.half.Column = relative(m[1], h.dir), number(m[2]), number(m[3])
	default:
		return Diagnostic{}, false
	}
	h.open, h.place = false, false
	return h.half, true
}
