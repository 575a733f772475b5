package build

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"slipway/runner/catalog"
)

// compilerOf names the compiler of an app that is made of sources: what its
// manifest says; for C++ the C++ compiler beside the kernel's for C; else the
// kernel's. One compiler makes all objects of a program, since the headers of one C
// library do not go with the code of another.
func compilerOf(k *catalog.Kernel, a *catalog.App, sources []string) string {
	switch {
	case a.CC != "":
		return a.CC
	case slices.ContainsFunc(sources, isCxx):
		return cxxBeside(k.Compile.CC)
	}
	return k.Compile.CC
}

// isCxx says whether a source is C++, by its name as gcc reads it.
func isCxx(source string) bool {
	switch path.Ext(source) {
	case ".cc", ".cp", ".cpp", ".cxx", ".c++", ".C", ".CPP":
		return true
	}
	return false
}

// cxxBeside is the C++ compiler that goes with a C compiler. musl-gcc has none:
// there is no C++ library for it, so C++ is linked with the system's C library.
func cxxBeside(cc string) string {
	dir, name := filepath.Split(cc)
	switch {
	case name == "musl-gcc":
		return dir + "g++"
	case name == "cc":
		return dir + "c++"
	case name == "gcc" || strings.HasSuffix(name, "-gcc"):
		return dir + strings.TrimSuffix(name, "gcc") + "g++"
	case name == "clang" || strings.HasSuffix(name, "-clang"):
		return dir + name + "++"
	}
	return cc
}

// flagsFor are the flags for sources of one language: a standard of C means nothing
// to C++, nor the other way round.
func flagsFor(flags []string, cxx bool) []string {
	return slices.DeleteFunc(slices.Clone(flags), func(flag string) bool {
		standard, ok := strings.CutPrefix(flag, "-std=")
		return ok && strings.Contains(standard, "++") != cxx
	})
}

// isLibrary says whether a flag names a library, which goes behind what uses it.
func isLibrary(flag string) bool { return strings.HasPrefix(flag, "-l") }

// asOperand keeps a file's name from being read as an option.
func asOperand(file string) string {
	if strings.HasPrefix(file, "-") {
		return "./" + file
	}
	return file
}

// driver is the compiler with the flags that come first, for sources of one language.
func (in *inputs) driver(cxx bool) []string {
	command := append([]string{in.cc}, flagsFor(in.kernel.Compile.Flags, cxx)...)
	if in.include != "" {
		command = append(command, "-I"+in.include)
	}
	return append(command, flagsFor(in.app.Flags, cxx)...)
}

// libraries are the flags of the app that go behind everything.
func (in *inputs) libraries() []string {
	return slices.DeleteFunc(slices.Clone(in.app.Flags), func(flag string) bool { return !isLibrary(flag) })
}

// compileAndLink is the command line of an app of one file: one process makes the
// program, which is quicker than two.
func (in *inputs) compileAndLink(out string) []string {
	command := append(in.driver(isCxx(in.sources[0])), "-o", out, asOperand(in.sources[0]))
	return append(command, in.libraries()...)
}

// compileOnly is the command line that makes one object and writes down which files
// it read.
func (in *inputs) compileOnly(source, out, readFiles string) []string {
	command := append(in.driver(isCxx(source)), "-MMD", "-MF", readFiles, "-o", out, "-c")
	if path.Ext(source) == ".c" && slices.ContainsFunc(in.sources, isCxx) {
		command = append(command, "-x", "c") // g++ takes any .c for C++
	}
	return append(command, asOperand(source))
}

// link is the command line that makes the program of objects.
func (in *inputs) link(objects []string, out string) []string {
	command := append(in.driver(slices.ContainsFunc(in.sources, isCxx)), "-o", out)
	return append(append(command, objects...), in.libraries()...)
}
