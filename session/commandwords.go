package session

import (
	"regexp"
	"strings"
)

// What stands in every command line anew, or is told by its content elsewhere, and says
// nothing: nonces, descriptors, hashes in the names of the cache's folders.
var commandNoise = regexp.MustCompile(`(slipway\.nonce=)[0-9A-Za-z]+|\b(fd=|set=|/dev/fdset/|/dev/fd/|/proc/self/fd/)[0-9]+|/[^ ,=]*/[0-9a-f]{16,64}(/)`)

// commandLine is a command line in words without the noise. Words of one argument, such
// as a kernel's command line, are words of it.
func commandLine(args []string) []string {
	var words []string
	for _, arg := range args {
		words = append(words, strings.Fields(commandNoise.ReplaceAllString(arg, "$1$2…$3"))...)
	}
	return words
}

// commandDifferences are the words that two command lines do not share, each with the
// option that it stands behind.
func commandDifferences(a, b []string) []Difference {
	x, y := commandLine(a), commandLine(b)
	var found []Difference
	option := "words" // before the first
	var old, fresh []string
	changed := 0
	flush := func() {
		if len(old)+len(fresh) > 0 {
			found = append(found, Difference{Name: plain(option), A: joined(old), B: joined(fresh)})
		}
		old, fresh = nil, nil
	}
	for _, e := range diffLines(x, y) {
		switch e.sign {
		case '-':
			old, changed = append(old, e.text), changed+1
		case '+':
			fresh, changed = append(fresh, e.text), changed+1
		default:
			flush()
			if strings.HasPrefix(e.text, "-") {
				option = e.text
			}
		}
	}
	flush()
	if 2*changed > len(x)+len(y) { // those of two machines: nobody reads that word by word
		return []Difference{{Name: "all of it", A: joined(x), B: joined(y)}}
	}
	return found
}

// joined are words in a line, nil where there are none.
func joined(words []string) *string {
	if len(words) == 0 {
		return nil
	}
	line := plainLine(strings.Join(words, " "))
	return &line
}
