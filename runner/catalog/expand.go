package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// HasParam reports whether the app has a parameter of that name.
func (a *App) HasParam(name string) bool {
	return slices.ContainsFunc(a.Params, func(p Param) bool { return p.Name == name })
}

// ParamHint lists the app's parameters for an error's end.
func (a *App) ParamHint() string {
	if len(a.Params) == 0 {
		return " (it has none)"
	}
	names := make([]string, len(a.Params))
	for i, p := range a.Params {
		names[i] = p.Name
	}
	return " (it has " + strings.Join(names, ", ") + ")"
}

// Arguments is the app's argument vector: its name, args, and every parameter
// as name=value, those in values replacing the manifest's.
func (a *App) Arguments(values map[string]string) []string {
	args := append([]string{a.Name}, a.Args...)
	for _, p := range a.Params {
		value, ok := values[p.Name]
		if !ok {
			value = p.Value
		}
		args = append(args, p.Name+"="+value)
	}
	return args
}

// Expand fills placeholders, ${name}, in.
func Expand(text string, values map[string]string) string {
	for name, value := range values {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return text
}

// ExpandCommandLine fills a kernel's command line in. extra is for the kernel and
// goes before the app's arguments; a kernel whose line is nothing but those reads
// none. Arguments with spaces are double-quoted, as Linux and keel read them; what
// that cannot carry is refused.
func ExpandCommandLine(line string, values map[string]string, args []string, extra string) (string, error) {
	quoted := make([]string, len(args))
	for i, arg := range args {
		switch {
		case strings.ContainsAny(arg, "\"\n\r\x00"):
			return "", fmt.Errorf("argument %q: a kernel's command line cannot carry quotes or line ends: leave them away", arg)
		case arg == "" || strings.ContainsAny(arg, " \t"):
			quoted[i] = `"` + arg + `"`
		default:
			quoted[i] = arg
		}
	}
	line, err := insert(line, extra)
	if err != nil {
		return "", err
	}
	for name, value := range values {
		if value == "" {
			line = strings.ReplaceAll(line, "${"+name+"} ", "")
		}
	}
	forInit := strings.Contains(line, " -- ") // so much of it Linux hands to its first process
	line = strings.ReplaceAll(Expand(line, values), "${args}", strings.Join(quoted, " "))
	return line, checkLength(line, forInit, args)
}

// What kernels take: COMMAND_LINE_SIZE of Linux on x86, which keel has too, and
// CONFIG_INIT_ENV_ARG_LIMIT of words for Linux' process 1, its own name among them.
const (
	maxCommandLine = 2047
	maxInitWords   = 32
)

// checkLength refuses what a kernel would cut off, or die of.
func checkLength(line string, forInit bool, args []string) error {
	if len(line) > maxCommandLine {
		return fmt.Errorf("the kernel's command line has %d bytes with the app's arguments and takes %d: pass less", len(line), maxCommandLine)
	}
	if !forInit {
		return nil
	}
	if slices.Contains(args, "--") {
		return errors.New(`argument "--": Linux hands nothing on that is behind a second one: leave it away`)
	}
	_, behind, _ := strings.Cut(line, " -- ")
	own := len(strings.Fields(behind)) - len(strings.Fields(strings.Join(args, " "))) // such as @slipway
	if words := 1 + own + len(args); words > maxInitWords {
		return fmt.Errorf("the app's arguments are %d too many: Linux takes %d words for its first process: pass fewer", words-maxInitWords, maxInitWords)
	}
	return nil
}

// insert puts words for the kernel before those for the app.
func insert(line, extra string) (string, error) {
	if extra == "" {
		return line, nil
	}
	forApp := strings.Index(line, "${args}")
	if i := strings.Index(line, " -- "); i >= 0 { // Linux keeps what is behind it for process 1
		forApp = i + 1
	}
	switch {
	case forApp < 0:
		return line + " " + extra, nil
	case strings.TrimSpace(line[:forApp]) == "":
		return "", fmt.Errorf("cmdline %q: this kernel's command line is the app's arguments and nothing else: use --set NAME=VALUE for a parameter of the app", extra)
	}
	return line[:forApp] + extra + " " + line[forApp:], nil
}
