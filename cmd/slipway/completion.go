package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/benchmarks/store"
	"slipway/session"
)

// candidates are what a shell may complete a word to; a tab parts each from
// what it is.
type candidates func(*session.Session) ([]string, error)

func kernelNames(s *session.Session) ([]string, error) {
	var names []string
	for _, k := range s.State().Kernels {
		names = append(names, k.Name+"\t"+k.About)
	}
	return names, nil
}

func appNames(s *session.Session) ([]string, error) {
	var names []string
	for _, a := range s.State().Apps {
		names = append(names, a.Name+"\t"+a.About)
	}
	return names, nil
}

// listed is how many runs a shell shows.
const listed = 50

func runIDs(s *session.Session) ([]string, error) {
	return newest(s, func(r store.Summary) string {
		return r.ID + "\t" + r.Target + ", " + outcome(r.Outcome, r.Exit) + ", " + r.Started.Local().Format("2006-01-02 15:04")
	})
}

func experimentIDs(s *session.Session) ([]string, error) {
	return newest(s, func(r store.Summary) string {
		if r.Experiment == "" {
			return ""
		}
		return r.Experiment + "\t" + r.App + ", " + r.Started.Local().Format("2006-01-02")
	})
}

func experimentsAndTargets(s *session.Session) ([]string, error) {
	experiments, err := experimentIDs(s)
	if err != nil {
		return nil, err
	}
	timed, err := targets(s)
	return append(timed, experiments...), err
}

// targets are those that were timed.
func targets(s *session.Session) ([]string, error) {
	return newest(s, func(r store.Summary) string {
		if r.Kind != store.Timed {
			return ""
		}
		return r.Target
	})
}

// newest makes words of the newest runs, each once.
func newest(s *session.Session, word func(store.Summary) string) ([]string, error) {
	history, err := s.Store()
	if err != nil {
		return nil, err
	}
	runs, err := history.List(store.Filter{}, listed)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, r := range runs {
		if w := word(r); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words, nil
}

// complete completes one word. It says nothing where something is wrong: the
// verb itself will.
func (g *globals) complete(list candidates) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		var words []string
		err := g.withSession(cmd.Context(), func(s *session.Session) (err error) {
			words, err = list(s)
			return err
		})
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFiles completes words that may be names of files as well.
func (g *globals) completeFiles(list candidates) cobra.CompletionFunc {
	one := g.complete(list)
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		words, _ := one(cmd, args, typed)
		return words, cobra.ShellCompDirectiveDefault
	}
}

// completeList completes the last word of a list with commas.
func (g *globals) completeList(list candidates) cobra.CompletionFunc {
	one := g.complete(list)
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		words, directive := one(cmd, args, typed)
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		for i := range words {
			words[i] = before + words[i]
		}
		return words, directive | cobra.ShellCompDirectiveNoSpace
	}
}

// completeFlag says what the words of a flag may be.
func completeFlag(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // the verb has no such flag: every test of the command line finds it
	}
}
