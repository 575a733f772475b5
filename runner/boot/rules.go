package boot

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Rules say which console lines are markers.
type Rules struct {
	Nonce string         // a console line "@slipway ... NONCE" is a marker; "" is none on the console
	App   *regexp.Regexp // a console line that means that the app starts; may be nil
	Exit  *regexp.Regexp // a console line that gives the status in its first group (none: 0); may be nil
	Panic bool           // look for a kernel's panic on the console
}

// marker is one that was found.
type marker struct {
	name   string
	status int    // of exit
	text   string // of fault and nosys
	source string // for Phase.Marker
	count  int64  // the guest's counter, 0 where it did not say
}

const prefix = "@slipway "

// maxStatus bounds a status that a guest claims.
const maxStatus = 1 << 31

// counterWord begins the last word of a marker that says the guest's time stamp counter.
const counterWord = "tsc="

// cutCounter takes the counter off a marker's text. What is no number stays where it is.
func cutCounter(text string) (rest string, count int64) {
	at := strings.LastIndexByte(text, ' ') + 1
	digits, ok := strings.CutPrefix(text[at:], counterWord)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n <= 0 {
		return text, 0
	}
	return strings.TrimSpace(text[:at]), n
}

// parseMarker reads "@slipway exit 3", or with the guest's counter behind it
// "@slipway exit 3 tsc=1234567". It is not ok for anything else: a guest may write
// what it likes.
func parseMarker(line string) (m marker, ok bool) {
	rest, ok := strings.CutPrefix(line, prefix)
	if !ok {
		return m, false
	}
	name, text, _ := strings.Cut(rest, " ")
	m = marker{name: name, text: strings.TrimSpace(text)}
	switch name {
	case MarkBoot, MarkApp, MarkExit:
		m.text, m.count = cutCounter(m.text)
	}
	switch name {
	case MarkBoot, MarkReady, MarkApp, MarkFault, markNoSys:
		return m, true
	case MarkExit:
		n, err := strconv.ParseInt(m.text, 10, 64)
		if err != nil || n < 0 || n >= maxStatus {
			return m, false
		}
		m.status = int(n)
		return m, true
	}
	return m, false
}

// markStarved is a process that the guest's kernel killed for its memory.
const markStarved = "starved"

// markNoSys reports a system call that the kernel does not have.
const markNoSys = "nosys"

// console finds the markers in a line of the console.
func (r *Rules) console(line string) []marker {
	var found []marker
	if r.Nonce != "" {
		if i := strings.Index(line, prefix); i >= 0 {
			if body, ok := strings.CutSuffix(line[i:], " "+r.Nonce); ok {
				if m, ok := parseMarker(body); ok {
					m.source = fmt.Sprintf("console %q", prefix+m.name)
					found = append(found, m)
				}
			}
		}
	}
	if r.App != nil && r.App.MatchString(line) {
		found = append(found, marker{name: MarkApp, source: "console line"})
	}
	if r.Exit != nil {
		if m, ok := exitLine(r.Exit, line); ok {
			found = append(found, m)
		}
	}
	if r.Panic {
		if m := linuxStarved.FindStringSubmatch(line); m != nil {
			found = append(found, marker{name: markStarved, text: m[1]})
		}
		if i := strings.Index(line, linuxPanic); i >= 0 {
			found = append(found, marker{name: MarkFault, text: line[i:], source: "console line"})
		}
	}
	return found
}

// linuxStarved is how Linux says that it killed a process for its memory; it goes on
// after that, and perhaps the process was not the app.
var linuxStarved = regexp.MustCompile(`^(?:\[ *\d+\.\d+\] )?((?:Memory cgroup out|Out) of memory: Killed process \d+ \(.{0,15}\))`)

// linuxPanic begins the line with which Linux gives up.
const linuxPanic = "Kernel panic - not syncing"

func exitLine(rule *regexp.Regexp, line string) (marker, bool) {
	groups := rule.FindStringSubmatch(line)
	if groups == nil {
		return marker{}, false
	}
	m := marker{name: MarkExit, source: "console line"}
	if len(groups) > 1 {
		n, err := strconv.ParseInt(groups[1], 0, 64)
		if err != nil || n < 0 || n >= maxStatus {
			return marker{}, false
		}
		m.status = int(n)
	}
	return m, true
}

// outOfMemory recognises a fault that means that memory ran out.
func outOfMemory(fault string) bool {
	fault = strings.ToLower(fault)
	return slices.ContainsFunc(outOfMemoryWords, func(words string) bool { return strings.Contains(fault, words) })
}

// outOfMemoryWords are those of many kernels, of Linux where nobody is left to be
// killed, and of keel, which cannot even load the app.
var outOfMemoryWords = []string{"out of memory", "deadlocked on memory", "does not fit into the memory"}
