package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/benchmarks/store"
	"slipway/session"
)

// changedRuns is what the verbs that change runs print as JSON.
type changedRuns struct {
	Schema int              `json:"schema"`
	Runs   []runSummaryJSON `json:"runs"`
}

// printChanged prints runs as they are now: as JSON, or one line that says what was
// done.
func (g *globals) printChanged(cmd *cobra.Command, history *store.Store, ids []string, said string) error {
	if !g.json {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), said)
		return err
	}
	changed := changedRuns{Schema: 1, Runs: []runSummaryJSON{}}
	for _, id := range ids {
		run, err := history.Get(id)
		if err != nil {
			return err
		}
		summary := store.Summarise(run)
		changed.Runs = append(changed.Runs, summaryJSON(&summary))
	}
	return printJSON(cmd.OutOrStdout(), changed)
}

// withRun does something to one run of the history.
func (g *globals) withRun(cmd *cobra.Command, id string, do func(*store.Store, store.Run) error) error {
	return g.withSession(cmd.Context(), func(s *session.Session) error {
		history, err := s.Store()
		if err != nil {
			return err
		}
		run, err := history.Get(id)
		if err != nil {
			return err
		}
		return do(history, run)
	})
}

func newRunNote(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "note ID [TEXT]",
		Short:             "Write a note on a run, in place of the one before; none takes it away",
		Example:           "  slipway run note 6axc0wgt0bnz 'before the loop was unrolled'",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takesSome("the ID of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withRun(cmd, args[0], func(history *store.Store, run store.Run) error {
				text := strings.Join(args[1:], " ")
				if err := history.Note(run.ID, text); err != nil {
					return err
				}
				said := "noted on run " + run.ID
				if text == "" {
					said = "run " + run.ID + " has no note"
				}
				return g.printChanged(cmd, history, []string{run.ID}, said)
			})
		},
	}
}

func newRunTag(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "tag ID [+]TAG|-TAG...",
		Short:             "Tag a run, or take tags away; without tags it prints them",
		Example:           "  slipway run tag 6axc0wgt0bnz +slow -todo\n  slipway runs --filter tag:slow",
		ValidArgsFunction: g.complete(runIDs),
		Args:              cobra.ArbitraryArgs, // see tagWords
		// A tag to take away looks like a flag; those of this verb are found in tagWords.
		DisableFlagParsing: true,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		words, err := tagWords(cmd, args)
		if err != nil || words == nil {
			return err
		}
		add, remove, err := session.ParseTags(strings.Join(words[1:], " "))
		if err != nil {
			return err
		}
		return g.withRun(cmd, words[0], func(history *store.Store, run store.Run) error {
			tags := run.Tags
			if len(add)+len(remove) > 0 {
				if tags, err = history.Tag(run.ID, add, remove); err != nil {
					return err
				}
			}
			said := "run " + run.ID + " has no tag"
			if len(tags) > 0 {
				said = "run " + run.ID + ": #" + strings.Join(tags, " #")
			}
			return g.printChanged(cmd, history, []string{run.ID}, said)
		})
	}
	return cmd
}

// tagWords parts the verb's words from the flags that all verbs have: those begin with
// two dashes or are -C and -h. nil says that help was asked for and given.
func tagWords(cmd *cobra.Command, args []string) ([]string, error) {
	var words, flags []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			words, i = append(words, args[i+1:]...), len(args)
		case a == "-C" && i+1 < len(args):
			flags = append(flags, a, args[i+1])
			i++
		case strings.HasPrefix(a, "--") || a == "-h":
			flags = append(flags, a)
		default:
			words = append(words, a)
		}
	}
	cmd.DisableFlagParsing = false
	if err := cmd.ParseFlags(flags); err != nil {
		return nil, wrongFlag(cmd, err)
	}
	if help, err := cmd.Flags().GetBool("help"); err == nil && help {
		return nil, cmd.Help()
	}
	if len(words) == 0 {
		return nil, misused(cmd, "%s needs the ID of a run", verbOf(cmd))
	}
	return words, nil
}

func newRunPin(g *globals) *cobra.Command {
	var off bool
	cmd := &cobra.Command{
		Use:               "pin ID",
		Short:             "Keep a run: it can't be deleted and is in every list",
		Example:           "  slipway run pin 6axc0wgt0bnz\n  slipway run pin 6axc0wgt0bnz --off",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takes("the ID of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withRun(cmd, args[0], func(history *store.Store, run store.Run) error {
				if err := history.Pin(run.ID, !off); err != nil {
					return err
				}
				said := map[bool]string{false: " is pinned", true: " is not pinned"}[off]
				return g.printChanged(cmd, history, []string{run.ID}, "run "+run.ID+said)
			})
		},
	}
	cmd.Flags().BoolVar(&off, "off", false, "let it go again")
	return cmd
}

func newRunDelete(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "delete ID...",
		Short: "Move runs to the trash, all of them or none",
		Long: fmt.Sprintf("Delete moves runs to the trash: 'slipway runs --deleted' lists it, 'slipway run restore' brings a run back. What was\n"+
			"deleted %d days ago, and the oldest of more than %d runs, goes for good. A pinned run is not deleted.", int(store.TrashAge.Hours()/24), store.TrashSize),
		Example:           "  slipway run delete 6axc0wgt0bnz 6axc0tc9ejc9",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takesSome("the ID of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				done, err := history.DeleteAll(args)
				if err != nil {
					return err
				}
				if g.json {
					return printJSON(cmd.OutOrStdout(), struct {
						Schema  int      `json:"schema"`
						Deleted []string `json:"deleted"`
					}{1, done})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "deleted %s; 'slipway run restore' brings back what was deleted\n", strings.Join(done, " "))
				return err
			})
		},
	}
}

func newRunRestore(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "restore ID...",
		Short:             "Bring deleted runs back",
		Example:           "  slipway runs --deleted\n  slipway run restore 6axc0wgt0bnz",
		ValidArgsFunction: g.complete(deletedIDs),
		Args:              takesSome("the ID of a deleted run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				done, err := history.RestoreAll(args)
				if err != nil {
					return err
				}
				return g.printChanged(cmd, history, done, "restored "+strings.Join(done, " "))
			})
		},
	}
}

func deletedIDs(s *session.Session) ([]string, error) {
	history, err := s.Store()
	if err != nil {
		return nil, err
	}
	trash, err := history.Trash()
	if err != nil {
		return nil, err
	}
	var words []string
	for _, d := range trash[:min(len(trash), listed)] {
		words = append(words, d.ID+"\t"+d.Target+", deleted "+d.At.Local().Format("2006-01-02 15:04"))
	}
	return words, nil
}

func newRunEmptyTrash(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "empty-trash",
		Short:   "Remove the deleted runs for good: nothing brings them back",
		Example: "  slipway run empty-trash",
		Args:    g.wordsOnly(noArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				n, err := history.EmptyTrash()
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "the trash is empty; %d runs are gone for good\n", n)
				return err
			})
		},
	}
}

type deletedJSON struct {
	runSummaryJSON
	Deleted time.Time `json:"deleted"`
	Problem *string   `json:"problem"` // why its record can't be read: of the run only the ID is known then
}

// printTrash prints the deleted runs that are wanted, the last one first.
func (g *globals) printTrash(cmd *cobra.Command, history *store.Store, list runsList) error {
	trash, err := history.Trash()
	if err != nil {
		return err
	}
	found := []deletedJSON{}
	rows := [][]string{{"RUN", "DELETED", "WHEN", "TARGET", "KIND", "OUTCOME", "TOTAL", "NOTE"}}
	for i := range trash {
		d := &trash[i]
		run := session.ListedRun(d.Summary)
		if !list.wants(&d.Summary, &run) || list.limit > 0 && len(found) == list.limit {
			continue
		}
		one := deletedJSON{runSummaryJSON: summaryJSON(&d.Summary), Deleted: d.At}
		row := []string{d.ID, d.At.Local().Format("2006-01-02 15:04:05")}
		if d.Err != nil {
			problem := d.Err.Error()
			one.Problem = &problem
			rows = append(rows, append(row, "", "", "", "", "", "its record can't be read"))
		} else {
			rows = append(rows, append(row, d.Started.Local().Format("2006-01-02 15:04:05"), d.Target, session.SummaryKind(d.Summary),
				outcome(d.Outcome, d.Exit), spanOf(&d.Summary), remark(&d.Summary)))
		}
		found = append(found, one)
	}
	switch {
	case g.json:
		return printJSON(cmd.OutOrStdout(), struct {
			Schema int           `json:"schema"`
			Runs   []deletedJSON `json:"runs"`
		}{1, found})
	case len(trash) == 0:
		fmt.Fprintln(cmd.ErrOrStderr(), "The trash is empty.")
		return nil
	case len(found) == 0:
		fmt.Fprintln(cmd.ErrOrStderr(), "No deleted run matches.")
		return nil
	}
	return printTable(cmd.OutOrStdout(), rows)
}

// wants says whether a run passes all flags.
func (l *runsList) wants(r *store.Summary, run *session.Run) bool {
	f := l.stored
	return (f.Kernel == "" || f.Kernel == r.Kernel) && (f.App == "" || f.App == r.App) && (f.Outcome == "" || f.Outcome == r.Outcome) &&
		(f.Experiment == "" || f.Experiment == r.Experiment) && l.wanted.Match(run)
}
