package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/benchmarks/store"
	"slipway/runner/boot"
	"slipway/session"
)

func newRuns(g *globals) *cobra.Command {
	var limit int
	var filter store.Filter
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   "List the stored runs, newest first",
		Example: "  slipway runs -k keel -n 10\n  slipway runs --outcome timeout --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				if err := checkRunsFlags(filter, limit); err != nil {
					return err
				}
				history, err := s.Store()
				if err != nil {
					return err
				}
				runs, err := history.List(filter, limit)
				if err != nil {
					return err
				}
				if g.json {
					return printRunsJSON(cmd.OutOrStdout(), runs)
				}
				if len(runs) == 0 {
					fmt.Fprintln(cmd.ErrOrStderr(), noRuns(filter))
					return nil
				}
				return printRuns(cmd.OutOrStdout(), runs)
			})
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", 40, "`NUMBER` of runs at most; 0 is all")
	cmd.Flags().StringVarP(&filter.Kernel, "kernel", "k", "", "only runs of the kernel `NAME`")
	cmd.Flags().StringVarP(&filter.App, "app", "a", "", "only runs of the app `NAME`")
	cmd.Flags().StringVar(&filter.Experiment, "experiment", "", "only runs of the experiment `ID`")
	cmd.Flags().StringVar(&filter.Outcome, "outcome", "", "only runs with this outcome, a `WORD` such as exit or timeout")
	return cmd
}

// outcomes are the contract's words.
var outcomes = []boot.Outcome{
	boot.Exit, boot.Panic, boot.Reset, boot.Hang, boot.Timeout, boot.OOM, boot.QEMUCrash, boot.QEMURefused,
	boot.Unbootable, boot.Stopped, boot.Killed, boot.Unknown,
}

// checkRunsFlags refuses what no run can match: an empty list would look like an
// empty history.
func checkRunsFlags(filter store.Filter, limit int) error {
	if limit < 0 {
		return fmt.Errorf("--limit %d: it takes a number of at least 0", limit)
	}
	if filter.Outcome == "" || slices.Contains(outcomes, boot.Outcome(filter.Outcome)) {
		return nil
	}
	words := make([]string, len(outcomes))
	for i, o := range outcomes {
		words[i] = string(o)
	}
	return fmt.Errorf("--outcome %q: it is one of %s", filter.Outcome, strings.Join(words, ", "))
}

// noRuns says why a list is empty.
func noRuns(filter store.Filter) string {
	if filter == (store.Filter{}) {
		return "No run is stored yet; 'slipway demo' makes the first ones."
	}
	return "No stored run matches; 'slipway runs' without flags lists all."
}

type runSummaryJSON struct {
	ID         string    `json:"id"`
	Experiment *string   `json:"experiment"`
	Target     string    `json:"target"`
	Kernel     string    `json:"kernel"`
	App        string    `json:"app"`
	Kind       string    `json:"kind"`
	Origin     *string   `json:"origin"` // null: its times count from the spawn
	Touched    bool      `json:"touched"`
	Warmup     bool      `json:"warmup"`
	Round      int       `json:"round"`
	Outcome    string    `json:"outcome"`
	Exit       *int      `json:"exit"`
	Started    time.Time `json:"started"`
	Total      float64   `json:"total"`
	Accel      string    `json:"accel"`
	Image      string    `json:"image"`
	Note       string    `json:"note"`
	Pinned     bool      `json:"pinned"`
}

func printRunsJSON(w io.Writer, runs []store.Summary) error {
	list := struct {
		Schema int              `json:"schema"`
		Runs   []runSummaryJSON `json:"runs"`
	}{Schema: 1, Runs: []runSummaryJSON{}}
	for _, r := range runs {
		one := runSummaryJSON{
			ID: r.ID, Target: r.Target, Kernel: r.Kernel, App: r.App, Kind: string(r.Kind), Touched: r.Touched, Warmup: r.Warmup, Round: r.Round,
			Outcome: r.Outcome, Exit: r.Exit, Started: r.Started, Total: r.Total, Accel: r.Accel, Image: r.Image,
			Note: r.Note, Pinned: r.Pinned,
		}
		if r.Origin != "" {
			one.Origin = &r.Origin
		}
		if r.Experiment != "" {
			one.Experiment = &r.Experiment
		}
		list.Runs = append(list.Runs, one)
	}
	return printJSON(w, list)
}

func printRuns(w io.Writer, runs []store.Summary) error {
	rows := [][]string{{"RUN", "WHEN", "TARGET", "KIND", "OUTCOME", "TOTAL", "ACCEL", "EXPERIMENT", "NOTE"}}
	for _, r := range runs {
		note := r.Note
		if r.Pinned {
			note = strings.TrimSpace("pinned " + note)
		}
		total := span(time.Duration(r.Total * float64(time.Second)))
		if r.Kind == store.Imported {
			total = "" // of which nothing is known
		}
		rows = append(rows, []string{
			r.ID, r.Started.Local().Format("2006-01-02 15:04:05"), r.Target, session.SummaryKind(r), outcome(r.Outcome, r.Exit),
			total, r.Accel, r.Experiment, note,
		})
	}
	return printTable(w, rows)
}

// outcome joins the contract's word with the guest's status.
func outcome(word string, exit *int) string {
	if exit == nil {
		return word
	}
	return word + " " + strconv.Itoa(*exit)
}

func newRun(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Show one run, or the difference between two",
		Example: "  slipway run show 6axc0wgt0bnz --console\n  slipway run diff 6axc0wgt0bnz 6axc0tc9ejc9",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRunShow(g), newRunDiff(g))
	return cmd
}

func newRunShow(g *globals) *cobra.Command {
	var console, serial2 bool
	cmd := &cobra.Command{
		Use:               "show ID",
		Short:             "Print all that is known of a run: what is needed to repeat it",
		Example:           "  slipway run show 6axc0wgt0bnz\n  slipway run show 6axc0wgt0bnz --console",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takes("the ID of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				run, err := history.Get(args[0])
				if err != nil {
					return err
				}
				if g.json {
					return printJSON(cmd.OutOrStdout(), run)
				}
				switch {
				case console:
					return printLog(cmd.OutOrStdout(), "console", run.ID, history.LogPath(run.ID))
				case serial2:
					return printLog(cmd.OutOrStdout(), "second serial port (--set serial2=true)", run.ID, history.Serial2Path(run.ID))
				}
				_, err = io.WriteString(cmd.OutOrStdout(), session.RunText(run, history.LogPath(run.ID))+session.EndText(run))
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&console, "console", false, "print the run's console as plain lines instead")
	cmd.Flags().BoolVar(&serial2, "serial2", false, "print what came on the second serial port as plain lines instead")
	cmd.MarkFlagsMutuallyExclusive("console", "serial2")
	return cmd
}

// printLog prints what a guest said without its escape sequences.
func printLog(w io.Writer, what, id, path string) error {
	log, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the %s of run %s: %w", what, id, err)
	}
	defer log.Close()
	lines := newPlainLines(w)
	buffer := make([]byte, 64<<10)
	for {
		n, err := log.Read(buffer)
		lines.write(buffer[:n])
		if err == io.EOF {
			lines.end()
			return lines.err
		}
		if err != nil {
			return fmt.Errorf("read the %s of run %s: %w", what, id, err)
		}
	}
}
