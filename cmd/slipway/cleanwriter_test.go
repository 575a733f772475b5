package main

import "testing"

func TestHarmless(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"plain\tworld é 世\n":                   "plain\tworld é 世\n",
		"\x1b[1;31mred\x1b[0m":                 "\x1b[1;31mred\x1b[0m",
		"\r\x1b[Kbuild: 3 of 4":                "\r\x1b[Kbuild: 3 of 4",
		"a\x1b]0;title\x07b":                   "a]0;titleb",
		"a\x1b]52;c;Zm9v\x1b\\b":               `a]52;c;Zm9v\b`,
		"\x1b[2J\x1b[H":                        "[2J[H",
		"\x1b[c\x1b[6n":                        "[c[6n",
		"a\rb":                                 "ab",
		"a\bb\x7f\u009b2Jc":                    "ab2Jc",
		"user\u202egnp.exe":                    "usergnp.exe",
		"\x1b":                                 "",
		"\x1b[":                                "[",
		"\x1b[38;2;1;2;3mx\x1b[38:2::1:2:3mxy": "\x1b[38;2;1;2;3mx\x1b[38:2::1:2:3mxy",
	} {
		if got := harmless(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
