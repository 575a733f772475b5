package gdb

import (
	"fmt"
	"os/exec"
	"strings"
)

// Symbols are what the debugger is to know of a guest.
type Symbols struct {
	App     string   // ELF file of the app
	Kernel  string   // ELF file of the kernel, "" where it has no symbols
	Sources []string // folders
	Main    uint64   // where the app's main lies, 0 where that is not known
	Word    uint64   // the first eight bytes there
	Shared  bool     // other programs run at the app's addresses
	Missing []string // sentences on what is not known
}

// MissingError says that there is no debugger on this machine.
type MissingError struct {
	Program string
	Err     error
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("the debugger %s is not on this machine: install the package %s", e.Program, e.Program)
}

// Unwrap gives what looking for it ended with.
func (e *MissingError) Unwrap() error { return e.Err }

// Program finds the debugger for an instruction set.
func Program(arch string) (string, error) {
	name := "gdb"
	if arch != "x86_64" && arch != "i386" {
		name = "gdb-multiarch" // which Debian's gdb is not
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", &MissingError{Program: name, Err: err}
	}
	return path, nil
}

// Command is the debugger's command line for a guest that is met at a socket. atStart
// says that the guest has not run yet.
func Command(program, socket string, s Symbols, atStart bool) []string {
	line := []string{
		program, "-q",
		// It runs beside other things: no questions, no pages to turn, nothing from the network.
		"-iex", "set confirm off", "-iex", "set pagination off", "-iex", "set debuginfod enabled off",
		"-iex", "set print symbol-loading off",
	}
	for _, dir := range s.Sources {
		line = append(line, "-d", dir)
	}
	then := func(format string, args ...any) { line = append(line, "-ex", fmt.Sprintf(format, args...)) }
	if s.App != "" {
		then("file %s", escape(s.App))
	}
	if s.Kernel != "" {
		then("add-symbol-file %s -o 0", escape(s.Kernel))
	}
	then("target remote %s", socket)
	if s.Main != 0 {
		// In hardware: the app's code is not in memory yet. At its address rather than behind
		// its prologue: the bytes there tell the app from others.
		only := ""
		if s.Shared {
			only = fmt.Sprintf(" if *(unsigned long *)%#x == %#x", s.Main, s.Word)
		}
		then("hbreak *%#x%s", s.Main, only)
	}
	for _, sentence := range s.Missing {
		then("echo %s\\n", quote(sentence))
	}
	what := "The guest stands. c lets it go on"
	if atStart {
		what = "The guest stands at its first instruction. c runs it"
		if s.Main != 0 {
			what += " to main"
		}
	}
	then("echo %s; quit leaves it running.\\n", what)
	return line
}

// escape keeps a path with spaces one word.
func escape(path string) string { return strings.NewReplacer(`\`, `\\`, " ", `\ `).Replace(path) }

// quote keeps a sentence from being taken for escapes and for several commands.
func quote(text string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", " ").Replace(text)
}

// Shell is a command line for a shell.
func Shell(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		words[i] = word
		if word == "" || strings.ContainsAny(word, " \t\n'\"\\$`*?[]{}()<>|&;#~!=") {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
