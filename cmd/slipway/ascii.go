package main

import (
	"os"
	"strings"

	"github.com/spf13/pflag"

	"slipway/runner/console"
)

// asciiFlag is the name of the flag that all verbs and the workbench take.
const asciiFlag = "ascii"

// wantsASCII says whether screens are drawn, and a terminal is written to, with ASCII
// only: by the flag, else by the user's setting where there is one (nil: none), else by the
// locale.
func wantsASCII(flags *pflag.FlagSet, setting *bool) bool {
	if asked, err := flags.GetBool(asciiFlag); err == nil && flags.Changed(asciiFlag) {
		return asked
	}
	if setting != nil {
		return *setting
	}
	return !unicodeLocale(os.Getenv)
}

// unicodeLocale says whether the locale's characters are UTF-8. Where the environment names
// no locale at all, as in many a container, it says nothing about the terminal: UTF-8 is
// what they all show today.
func unicodeLocale(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(env(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return true
}

// asciiFile is a file or a pipe that is given ASCII only where a person asked for it by
// the flag; a program that reads it knows UTF-8 whatever the locale.
type asciiFile struct {
	*os.File
	flags *pflag.FlagSet
}

func (f asciiFile) Write(p []byte) (int, error) {
	if asked, err := f.flags.GetBool(asciiFlag); err != nil || !asked {
		return f.File.Write(p)
	}
	if asJSON, err := f.flags.GetBool("json"); err != nil || asJSON {
		return f.File.Write(p) // data stays what it is
	}
	if _, err := f.WriteString(console.ASCII(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
