package catalog

import (
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

// ExpandCommandLine fills a kernel's command line in. extra goes before the
// app's arguments. Arguments with spaces are double-quoted, as Linux and keel
// read them; what that cannot carry is refused.
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
	if extra != "" {
		// Linux keeps what is behind "--" for process 1.
		if before, after, ok := strings.Cut(line, " -- "); ok {
			line = before + " " + extra + " -- " + after
		} else {
			line += " " + extra
		}
	}
	return strings.ReplaceAll(Expand(line, values), "${args}", strings.Join(quoted, " ")), nil
}
