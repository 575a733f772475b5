package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/runner/catalog"
)

// What a kernel would cut off, or die of, is refused before it boots.
func TestCommandLinesThatAKernelDoesNotTake(t *testing.T) {
	t.Parallel()
	words := func(n int) []string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("a%d", i))
		}
		return list
	}
	const linux = "quiet -- @slipway ${args}"
	for _, c := range []struct {
		line string
		args []string
		says string
	}{
		{linux, []string{"app", "--", "b"}, `argument "--"`},
		{"${args}", []string{"app", "--", "b"}, ""},
		{linux, words(30), ""},
		{linux, words(31), "1 too many"},
		{linux, append(words(29), "two words"), ""},
		{"${args}", words(40), ""},
		{linux, []string{strings.Repeat("x", 2100)}, "takes 2047"},
		{"${args}", []string{strings.Repeat("x", 2047)}, ""},
		{"${args}", []string{strings.Repeat("x", 2048)}, "takes 2047"},
	} {
		_, err := catalog.ExpandCommandLine(c.line, nil, c.args, "")
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q with %d arguments: %v, want %q", c.line, len(c.args), err, c.says)
		}
	}
}

func TestPathsOfAManifestStayInItsFolder(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"${app}/../../etc/passwd", "../x", "/etc/passwd", "a/../b", "x${app}"} {
		text := strings.Replace(goodKernel, "kernel = \"k.elf\"", "kernel = \""+path+"\"", 1)
		if text == goodKernel {
			t.Fatal("the good manifest has another kernel")
		}
		if _, err := catalog.ParseKernel("kernel.toml", []byte(text)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
