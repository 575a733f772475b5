package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageStatus is the status of a wrong command line: boot keeps 2 for guests.
func usageStatus(cmd *cobra.Command) int {
	if cmd.Name() == "boot" || cmd.Name() == "rerun" {
		return statusBootFailed
	}
	return statusFailed
}

// misused says what is wrong with a command line and where the right one is
// described.
func misused(cmd *cobra.Command, format string, args ...any) error {
	return failed(usageStatus(cmd), fmt.Errorf(format+": see '%s --help'", append(args, cmd.CommandPath())...))
}

// verbOf is how a verb is called behind the program's name; "" for the root.
func verbOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
}

// wrongFlag explains a flag that cannot be parsed.
func wrongFlag(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return misused(cmd, "%w", err)
	}
	takes := map[string]string{
		"int": "a whole number", "uint64": "a whole number of at least 0", "duration": "a time such as 60s", "bool": "true or false",
	}[invalid.GetFlag().Value.Type()]
	if takes == "" {
		return misused(cmd, "%w", err)
	}
	return misused(cmd, "--%s %q: it takes %s", invalid.GetFlag().Name, invalid.GetValue(), takes)
}

// noArgs refuses stray words; for a verb that does not exist it says so.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !cmd.HasAvailableSubCommands():
		return misused(cmd, "%s takes no argument %q", verbOf(cmd), args[0])
	}
	verb := strings.TrimPrefix(verbOf(cmd)+" "+args[0], " ")
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return misused(cmd, "there is no verb %q: did you mean %s?", verb, strings.Join(near, " or "))
	}
	if show, _, err := cmd.Find([]string{"show"}); err == nil && show != cmd {
		return misused(cmd, "there is no verb %q: did you mean 'slipway %s show %s'?", verb, verbOf(cmd), args[0])
	}
	return misused(cmd, "there is no verb %q", verb)
}

// takes asks for as many arguments as are named, such as "A", "B".
func takes(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return misused(cmd, "%s needs %s", verbOf(cmd), strings.Join(names, " and "))
		case len(args) > len(names):
			return misused(cmd, "%s takes no further argument %q", verbOf(cmd), args[len(names)])
		}
		return nil
	}
}

// takesSome asks for one argument or more.
func takesSome(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return misused(cmd, "%s needs %s", verbOf(cmd), name)
		}
		return nil
	}
}

// wordsOnly refuses --json for a verb that has no data to print.
func (g *globals) wordsOnly(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, words []string) error {
		if g.json {
			return misused(cmd, "%s has no data that --json could print", verbOf(cmd))
		}
		return args(cmd, words)
	}
}
