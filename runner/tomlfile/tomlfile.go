// Package tomlfile reads the TOML files that people write: manifests, plans and
// settings. What a file may hold is its reader's business; here lives that keys
// nobody knows are refused, and that every mistake is told with file and line.
package tomlfile

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// Error says what is wrong in a file, and where.
type Error struct {
	File    string
	Line    int // from 1; 0 where it is the file as a whole
	Message string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// maxFile bounds what is read of a file that a person wrote.
const maxFile = 1 << 20

// Read reads a file that a person wrote. What would never end is refused: a pipe that
// nobody writes to, a device, a file that is too large for a person's.
func Read(files fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is a folder, not a file")}
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is a pipe or a device, not a file")}
	case info.Size() > maxFile:
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("it is larger than %d MiB", maxFile>>20)}
	}
	return fs.ReadFile(files, name)
}

// Decode reads a file's content into v and refuses what v does not know. Every
// error is an *Error.
func Decode(file string, data []byte, v any) error {
	meta, err := toml.Decode(string(data), v)
	if err != nil {
		return explain(file, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		key := unknown[0].String()
		return Fault(file, data, key, "unknown key %q: look for a typing mistake", key)
	}
	return nil
}

// DecodeSome reads of a file's content what v knows and leaves the rest alone. Every
// error is an *Error.
func DecodeSome(file string, data []byte, v any) error {
	if _, err := toml.Decode(string(data), v); err != nil {
		return explain(file, err)
	}
	return nil
}

// Fault is an Error at the line of a key.
func Fault(file string, data []byte, key, format string, args ...any) error {
	return &Error{File: file, Line: LineOf(data, key), Message: fmt.Sprintf(format, args...)}
}

// placed is how the TOML library words a place in an error of a value's type.
var placed = regexp.MustCompile(`^line (\d+) \(last key "([^"]+)"\): (?:incompatible types: )?(.*)$`)

// explain turns an error of the TOML library into one with its place apart.
func explain(file string, err error) *Error {
	e := &Error{File: file, Message: strings.TrimPrefix(err.Error(), "toml: ")}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		e.Line = parse.Position.Line
		if parse.Message != "" {
			e.Message = parse.Message
		}
	}
	if m := placed.FindStringSubmatch(e.Message); m != nil {
		if line, err := strconv.Atoi(m[1]); err == nil {
			e.Line = line
		}
		e.Message = m[2] + ": " + strings.Replace(m[3], "TOML value has type", "its value has type", 1)
		e.Message = plainTypes.Replace(e.Message)
	}
	return e
}

// plainTypes puts what the TOML library calls by Go's names into words.
var plainTypes = strings.NewReplacer(
	"destination has type slice", "it should be a list", "destination has type string", "it should be a string",
	"destination has type integer", "it should be a whole number", "destination has type boolean", "it should be true or false",
	"destination has type", "it should be",
)

// LineOf finds the line that sets a dotted key or opens a table, or where a key
// stands in an inline table that of the key around it; 0 if there is none. The
// TOML library keeps no positions of keys.
func LineOf(data []byte, key string) int {
	parts := strings.Split(key, ".")
	last := parts[len(parts)-1]
	table, within := strings.Join(parts[:len(parts)-1], "."), ""
	fallback := 0
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			within = strings.Trim(strings.TrimSpace(strings.SplitN(line, "#", 2)[0]), "[] ")
			if within == key {
				return n
			}
			continue
		}
		name, _, ok := strings.Cut(line, "=")
		if !ok || strings.Trim(strings.TrimSpace(name), `"'`) != last {
			continue
		}
		if within == table {
			return n
		}
		if fallback == 0 {
			fallback = n
		}
	}
	if fallback == 0 && table != "" {
		return LineOf(data, table)
	}
	return fallback
}
