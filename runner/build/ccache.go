package build

import (
	"errors"
	"os"
	"os/exec"
	"strings"

	"slipway/runner/compiler"
)

// ccache is the compiler cache of that name, where this machine has it. It knows
// objects that ours does not: of other projects, of a cache that was emptied, and of
// sources that differ in comments only. A program that is compiled and linked by one
// process is nothing that it could keep, so it is not asked there.
type ccache struct {
	program string // "" where there is none, or where the user has switched it off
	folder  string // of compilers that are ccache; "" for none
}

// findCcache looks for ccache. CCACHE_DISABLE, its own switch, is ours as well.
func findCcache() ccache {
	if _, off := os.LookupEnv("CCACHE_DISABLE"); off {
		return ccache{}
	}
	program, err := exec.LookPath("ccache")
	if err != nil {
		return ccache{}
	}
	c := ccache{program: program}
	for _, folder := range []string{"/usr/lib/ccache", "/usr/lib64/ccache", "/usr/lib/ccache/bin"} { // Debian, Fedora, Arch
		if _, err := os.Stat(folder + "/gcc"); err == nil {
			c.folder = folder
		}
	}
	return c
}

// forCommands are the variables that let an app's build command find it.
func (c ccache) forCommands() []string {
	if c.folder == "" {
		return nil
	}
	return []string{"PATH=" + c.folder + string(os.PathListSeparator) + os.Getenv("PATH")}
}

// wrap puts ccache before a compiler's command line, with the variables that tell it
// what we know: by which hash the compiler is told from others, since musl-gcc stays
// the same when the gcc behind it changes; and that the folder of a build says nothing.
func (c ccache) wrap(command []string, tools string) (wrapped, variables []string) {
	return append([]string{c.program}, command...), []string{"CCACHE_COMPILERCHECK=string:" + tools, "CCACHE_NOHASHDIR=1"}
}

// refused says whether it was ccache itself that failed, as without a folder to write to.
func refused(err error) bool {
	var failed *compiler.Error
	return errors.As(err, &failed) && strings.HasPrefix(string(failed.Output), "ccache: error:")
}
