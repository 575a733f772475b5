package benchmarks

import (
	"bytes"
	"fmt"
	"strings"

	"slipway/runner/tomlfile"
)

// maxKeyParts is the most that a key or a header of a plan is made of; those that mean
// something have three. The time a TOML reader takes grows with the square of it.
const maxKeyParts = 32

// tooMuch refuses a plan whose mere reading would take minutes.
func tooMuch(file string, data []byte) error {
	number, targets := 0, 0
	for line := range bytes.Lines(data) {
		number++
		text := strings.TrimSpace(string(line))
		if strings.HasPrefix(text, "[[") {
			targets++
		}
		if targets > maxTargets {
			return &tomlfile.Error{File: file, Line: number, Message: fmt.Sprintf("more than the %d targets that one plan may have", maxTargets)}
		}
		if keyParts(text) > maxKeyParts {
			return &tomlfile.Error{File: file, Line: number, Message: fmt.Sprintf("a key of more than %d parts: a plan has none such", maxKeyParts)}
		}
	}
	return nil
}

// keyParts counts the parts of the dotted key that a line begins with.
func keyParts(line string) int {
	parts, quote := 1, byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=' || c == '#':
			return parts
		case c == '.':
			parts++
		}
	}
	return parts
}
