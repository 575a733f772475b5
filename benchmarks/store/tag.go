package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a person writes on a run: tags are words in a list, and a note is a
// line of one.
const (
	maxTag  = 40 // characters
	maxTags = 32
	maxNote = 1000 // characters
)

// CheckTag says what is wrong with a word as a tag.
func CheckTag(tag string) error {
	switch {
	case tag == "":
		return errors.New("a tag is a word: this one is empty")
	case !utf8.ValidString(tag) || strings.ContainsFunc(tag, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.:/", r)
	}):
		return fmt.Errorf("tag %q: letters, digits and - _ . : / make a tag", tag)
	case tag[0] == '-' || strings.HasSuffix(tag, ":"):
		return fmt.Errorf("tag %q: it must not begin with - or end with a colon", tag)
	case utf8.RuneCountInString(tag) > maxTag:
		return fmt.Errorf("tag %q: it has more than %d characters", tag, maxTag)
	}
	return nil
}

// Tag adds tags to a run and takes others away; one that is there already, or is not
// there, is no error. It returns the tags that the run has now.
func (s *Store) Tag(id string, add, remove []string) ([]string, error) {
	for _, tag := range add {
		if err := CheckTag(tag); err != nil {
			return nil, err
		}
	}
	var now []string
	err := s.annotate(id, func(full string, a *annotation) error {
		tags := slices.DeleteFunc(append(slices.Clone(a.Tags), add...), func(t string) bool { return slices.Contains(remove, t) })
		slices.Sort(tags)
		tags = slices.Compact(tags)
		if len(tags) > maxTags && len(tags) > len(a.Tags) {
			return fmt.Errorf("tag run %s: it would have %d tags, and %d are the most", full, len(tags), maxTags)
		}
		a.Tags, now = tags, tags
		return nil
	})
	return now, err
}
