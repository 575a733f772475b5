// Package compiler turns what a compiler says into data: places to jump to, and
// an error that is one sentence.
//
// It runs no compiler and knows none but by its messages.
package compiler

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Diagnostic is one message with its place.
type Diagnostic struct {
	File         string // relative to the source folder where it lies in it
	Line, Column int    // from 1; 0 unknown
	Severity     string // "error", "warning" or "note"
	Message      string
}

// maxDiagnostics bounds the list: nobody reads more, and a hostile build could
// print them for ever.
const maxDiagnostics = 200

var (
	// gcc and clang: file:line:column: severity: message; gas the same without a
	// column, and with a capital
	message = regexp.MustCompile(`^([^\s:][^:]*):(\d+):(?:(\d+):)? ([Ff]atal error|[Ee]rror|[Ww]arning|note): (.+)$`)
	// make: file:line: *** message
	makefile = regexp.MustCompile(`^([^\s:][^:]*):(\d+): \*\*\* (.+)$`)
	// ld: object: in function `f': file:line: undefined reference to `g'
	linker = regexp.MustCompile(`(?:^|[ :])([^\s:(]+\.[A-Za-z+]+):(?:(\d+)|\([^)]*\)): ((?:undefined reference|multiple definition|relocation truncated).+)$`)
	// go: file:line:column: message
	golang = regexp.MustCompile(`^([^\s:]+\.go):(\d+):(?:(\d+):)? (.+)$`)
	// make and bare ld: no place, but the reason
	bare = regexp.MustCompile(`^(?:\S*ld(?:\.\w+)?|collect2|cc1|make(?:\[\d+\])?): (?:error: )?(.+)$`)
)

// Parse finds the messages in a compiler's output. Paths below dir are made
// relative to it.
func Parse(output []byte, dir string) []Diagnostic {
	var list []Diagnostic
	split := headline{dir: dir}
	for line := range bytes.Lines(output) {
		if len(list) >= maxDiagnostics {
			break
		}
		text := strings.TrimRight(string(line), "\r\n")
		if m := message.FindStringSubmatch(text); m != nil {
			list = append(list, Diagnostic{
				File: relative(m[1], dir), Line: number(m[2]), Column: number(m[3]),
				Severity: strings.TrimPrefix(strings.ToLower(m[4]), "fatal "), Message: m[5],
			})
		} else if m := makefile.FindStringSubmatch(text); m != nil {
			list = append(list, Diagnostic{File: relative(m[1], dir), Line: number(m[2]), Severity: "error", Message: m[3]})
		} else if m := linker.FindStringSubmatch(text); m != nil {
			list = append(list, Diagnostic{File: relative(m[1], dir), Line: number(m[2]), Severity: "error", Message: m[3]})
		} else if m := golang.FindStringSubmatch(text); m != nil {
			list = append(list, Diagnostic{File: relative(m[1], dir), Line: number(m[2]), Column: number(m[3]), Severity: "error", Message: m[4]})
		} else if d, whole := split.read(text); whole {
			list = append(list, d)
		}
	}
	return list
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

func relative(file, dir string) string {
	if !filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

// Error is a build command that failed.
type Error struct {
	Command     []string
	Dir         string
	Output      []byte // standard output and error, bounded
	Diagnostics []Diagnostic
	Err         error // what the process ended with
}

// New makes the error of a command that failed.
func New(command []string, dir string, output []byte, err error) *Error {
	return &Error{Command: command, Dir: dir, Output: output, Diagnostics: Parse(output, dir), Err: err}
}

// Error is the first error and how many more there are.
func (e *Error) Error() string {
	errors, first := 0, ""
	for _, d := range e.Diagnostics {
		if d.Severity != "error" {
			continue
		}
		errors++
		if first == "" {
			first = fmt.Sprintf("%s:%d: %s", d.File, d.Line, d.Message)
			if d.Line == 0 {
				first = d.File + ": " + d.Message
			}
		}
	}
	switch {
	case len(e.Diagnostics) >= maxDiagnostics:
		return fmt.Sprintf("%s (the first of %d errors or more)", first, errors)
	case errors > 1:
		return fmt.Sprintf("%s (the first of %d errors)", first, errors)
	case errors == 1:
		return first
	}
	for line := range bytes.Lines(e.Output) {
		if m := bare.FindStringSubmatch(strings.TrimSpace(string(line))); m != nil {
			return fmt.Sprintf("%s: %s", e.Command[0], m[1])
		}
	}
	return fmt.Sprintf("%s failed: %v", strings.Join(e.Command, " "), e.Err)
}

// Unwrap gives what the process ended with.
func (e *Error) Unwrap() error { return e.Err }
