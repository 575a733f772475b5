package session

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/benchmarks/store"
	"slipway/runner/boot"
)

// RunFilter says which runs of a list are wanted. The zero value wants all.
type RunFilter struct{ terms []runTerm }

// runTerm is one thing that is asked for.
type runTerm struct {
	not     bool
	matches func(*Run) bool
}

// Match reports whether a run is wanted.
func (f RunFilter) Match(r *Run) bool {
	for _, t := range f.terms {
		if t.matches(r) == t.not {
			return false
		}
	}
	return true
}

// Empty reports whether the filter wants all runs.
func (f RunFilter) Empty() bool { return len(f.terms) == 0 }

// FilterKeys are the keys of filters, each group with what its values are.
func FilterKeys() [][2]string {
	return [][2]string{
		{"kernel app outcome", "the beginning of a name; KEY=VALUE is the whole name; several VALUEs have commas between"},
		{"kind accel image", "the same"},
		{"tag experiment", "the same"},
		{"id target", "the same"},
		{"note", "words in it"},
		{"pinned warmup", "yes or no"},
		{"since before", "an age such as 90m, 2d or 1w, today, yesterday, a date such as 2026-11-27 or 2026-11-27T10:00"},
		{"total", "such as >1.5s or <200ms"},
		{"exit", "the guest's status"},
	}
}

// What a filter is, before and behind its keys.
const (
	FilterIs    = "A filter is words, all of which a run must hold, and KEY:VALUE:"
	FilterSigns = `A - before a term turns it round; "a b" is one word.`
)

// RunFilterHelp describes what ParseRunFilter reads, in lines of at most 130 columns.
func RunFilterHelp() string {
	var b strings.Builder
	b.WriteString(FilterIs + "\n")
	for _, k := range FilterKeys() {
		fmt.Fprintf(&b, "  %-18s  %s\n", k[0], k[1])
	}
	b.WriteString(FilterSigns)
	return b.String()
}

// ParseRunFilter reads a filter as a person types it, see RunFilterHelp. now is what
// ages count from. The error says which term is wrong first, and why; the filter is that
// of all others then, for a screen on which somebody is still typing.
func ParseRunFilter(text string, now time.Time) (RunFilter, error) {
	var f RunFilter
	var wrong error
	for _, word := range filterWords(text) {
		t, err := parseTerm(word, now)
		if err == nil {
			f.terms = append(f.terms, t)
		} else if wrong == nil {
			wrong = err
		}
	}
	return f, wrong
}

// filterWord is one word of a filter. key is empty for a word to be found anywhere.
type filterWord struct {
	not, exact bool
	key, value string
}

// filterWords splits a filter at blanks outside of quotes.
func filterWords(text string) []filterWord {
	var words []filterWord
	for {
		text = strings.TrimLeft(text, " \t")
		if text == "" {
			return words
		}
		var w filterWord
		w.not = len(text) > 1 && text[0] == '-' && text[1] != ' '
		if w.not {
			text = text[1:]
		}
		if end := strings.IndexFunc(text, func(r rune) bool { return r < 'a' || r > 'z' }); end > 0 {
			exact := text[end] == '=' && nameKeys[text[:end]] != nil // else a setting, which is a word
			if exact || text[end] == ':' {
				w.key, w.exact, text = text[:end], exact, text[end+1:]
			}
		}
		quoted := false
		end := strings.IndexFunc(text, func(r rune) bool {
			if r == '"' {
				quoted = !quoted
			}
			return !quoted && (r == ' ' || r == '\t')
		})
		if end < 0 {
			end = len(text)
		}
		w.value, text = strings.ReplaceAll(text[:end], `"`, ""), text[end:]
		words = append(words, w)
	}
}

// nameKeys are the keys of texts that a run has, each with what it has.
var nameKeys = map[string]func(*Run) []string{
	"kernel":     func(r *Run) []string { return []string{r.Kernel} },
	"app":        func(r *Run) []string { return []string{r.App} },
	"target":     func(r *Run) []string { return []string{cmp.Or(r.Target, r.Kernel+"/"+r.App)} },
	"outcome":    func(r *Run) []string { return []string{r.Outcome} },
	"kind":       func(r *Run) []string { return []string{r.Kind} },
	"accel":      func(r *Run) []string { return []string{r.Accel} },
	"image":      func(r *Run) []string { return []string{r.Image} },
	"experiment": func(r *Run) []string { return []string{r.Experiment} },
	"id":         func(r *Run) []string { return []string{r.ID} },
	"tag":        func(r *Run) []string { return r.Tags },
}

// closedKeys are those of them that can only have these words.
var closedKeys = map[string][]string{
	"outcome": Outcomes(),
	"kind":    {"timed", "watched", "warm-up", "instant", "held", "touched", "virtual", "counted", "imported"},
	"accel":   {store.KVM, store.TCG, store.Native},
}

// Outcomes are the words for how a boot can end.
func Outcomes() []string {
	all := []boot.Outcome{
		boot.Exit, boot.Panic, boot.Reset, boot.Hang, boot.Timeout, boot.OOM, boot.QEMUCrash, boot.QEMURefused,
		boot.Unbootable, boot.Stopped, boot.Killed, boot.Unknown,
	}
	words := make([]string, len(all))
	for i, o := range all {
		words[i] = string(o)
	}
	return words
}

func parseTerm(w filterWord, now time.Time) (runTerm, error) {
	t := runTerm{not: w.not}
	if w.key == "" {
		t.matches = holds(strings.ToLower(w.value))
		return t, nil
	}
	if w.value == "" {
		return t, fmt.Errorf("%s: lacks a value", w.key)
	}
	var err error
	switch w.key {
	case "note":
		word := strings.ToLower(w.value)
		t.matches = func(r *Run) bool { return strings.Contains(strings.ToLower(r.Note), word) }
	case "pinned":
		t.matches, err = yesOrNo(w, func(r *Run) bool { return r.Pinned })
	case "warmup":
		t.matches, err = yesOrNo(w, func(r *Run) bool { return r.Warmup })
	case "since", "before":
		var at time.Time
		at, err = parseMoment(w.value, now)
		before := w.key == "before"
		t.matches = func(r *Run) bool { return r.Started.Before(at) == before }
	case "total":
		t.matches, err = parseTotal(w.value)
	case "exit":
		var status int
		status, err = strconv.Atoi(w.value)
		if err != nil {
			err = fmt.Errorf("exit:%s: it is a number", w.value)
		}
		t.matches = func(r *Run) bool { return r.Outcome == string(boot.Exit) && r.Status == status }
	default:
		if nameKeys[w.key] == nil {
			return t, fmt.Errorf("%s: is no key; there are kernel app outcome kind tag note pinned since before total exit accel image experiment id target warmup", w.key)
		}
		t.matches, err = parseName(w)
	}
	return t, err
}

// parseName matches a text of the run against the values.
func parseName(w filterWord) (func(*Run) bool, error) {
	values := strings.Split(strings.ToLower(w.value), ",")
	fits := strings.HasPrefix
	if w.exact {
		fits = func(s, value string) bool { return s == value }
	}
	if w.key == "image" {
		for i, v := range values {
			values[i] = v[:min(len(v), shortHash)] // more of it a run of the list does not have
		}
	}
	if known := closedKeys[w.key]; known != nil {
		for _, v := range values {
			if !slices.ContainsFunc(known, func(k string) bool { return fits(k, v) }) {
				return nil, fmt.Errorf("%s:%s: it is one of %s", w.key, v, strings.Join(known, ", "))
			}
		}
	}
	texts := nameKeys[w.key]
	return func(r *Run) bool {
		for _, text := range texts(r) {
			text = strings.ToLower(text)
			for _, v := range values {
				if fits(text, v) {
					return true
				}
			}
		}
		return false
	}, nil
}

// holds matches a run that has the word anywhere in what a list shows of it.
func holds(word string) func(*Run) bool {
	return func(r *Run) bool {
		for _, text := range [...]string{r.Kernel, r.App, r.Outcome, r.Kind, r.Note, r.ID, r.Experiment, r.Accel, r.Image} {
			if strings.Contains(strings.ToLower(text), word) {
				return true
			}
		}
		for _, tag := range r.Tags {
			if strings.Contains(strings.ToLower(tag), word) {
				return true
			}
		}
		return strings.Contains(strings.ToLower(r.Target), word)
	}
}

func yesOrNo(w filterWord, is func(*Run) bool) (func(*Run) bool, error) {
	switch strings.ToLower(w.value) {
	case "y", "ye", "yes", "true": // somebody may still be typing
		return is, nil
	case "n", "no", "false":
		return func(r *Run) bool { return !is(r) }, nil
	}
	return nil, fmt.Errorf("%s:%s: it is yes or no", w.key, w.value)
}

// parseTotal reads a bound of how long a boot took.
func parseTotal(value string) (func(*Run) bool, error) {
	sign := value[0]
	d, err := time.ParseDuration(value[1:])
	if sign != '<' && sign != '>' || err != nil {
		return nil, fmt.Errorf("total:%s: it is < or > and a time, such as >1.5s", value)
	}
	return func(r *Run) bool { return r.Total > 0 && (sign == '<' && r.Total < d || sign == '>' && r.Total > d) }, nil
}

// parseMoment reads an age or a date.
func parseMoment(value string, now time.Time) (time.Time, error) {
	now = now.Local()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch value {
	case "today":
		return midnight, nil
	case "yesterday":
		return midnight.AddDate(0, 0, -1), nil
	}
	for _, form := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(form, value, now.Location()); err == nil {
			return at, nil
		}
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit := units[value[len(value)-1]]
	n, err := strconv.ParseFloat(value[:len(value)-1], 64)
	if unit == 0 || err != nil || !(n >= 0 && n < 1e5) {
		return time.Time{}, fmt.Errorf("%q is no time: 90m, 2d, 1w, today, yesterday or a date such as 2026-11-27", value)
	}
	return now.Add(-time.Duration(n * float64(unit))), nil
}
