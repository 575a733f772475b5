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
					fmt.Fprintln(cmd.ErrOrStderr(), "No run is stored yet that matches; 'slipway demo' makes the first ones.")
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

type runSummaryJSON struct {
	ID         string    `json:"id"`
	Experiment *string   `json:"experiment"`
	Target     string    `json:"target"`
	Kernel     string    `json:"kernel"`
	App        string    `json:"app"`
	Kind       string    `json:"kind"`
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
			ID: r.ID, Target: r.Target, Kernel: r.Kernel, App: r.App, Kind: string(r.Kind), Warmup: r.Warmup, Round: r.Round,
			Outcome: r.Outcome, Exit: r.Exit, Started: r.Started, Total: r.Total, Accel: r.Accel, Image: r.Image,
			Note: r.Note, Pinned: r.Pinned,
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
		kind := string(r.Kind)
		if r.Warmup {
			kind = "warm-up"
		}
		note := r.Note
		if r.Pinned {
			note = strings.TrimSpace("pinned " + note)
		}
		rows = append(rows, []string{
			r.ID, r.Started.Local().Format("2006-01-02 15:04:05"), r.Target, kind, outcome(r.Outcome, r.Exit),
			span(time.Duration(r.Total * float64(time.Second))), r.Accel, r.Experiment, note,
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
	var console bool
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
				if !console {
					_, err := io.WriteString(cmd.OutOrStdout(), session.RunText(run, history.LogPath(run.ID)))
					return err
				}
				return printConsole(cmd.OutOrStdout(), history, run.ID)
			})
		},
	}
	cmd.Flags().BoolVar(&console, "console", false, "print the run's console as plain lines instead")
	return cmd
}

func printConsole(w io.Writer, history *store.Store, id string) error {
	log, err := os.Open(history.LogPath(id))
	if err != nil {
		return fmt.Errorf("read the console of run %s: %w", id, err)
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
			return fmt.Errorf("read the console of run %s: %w", id, err)
		}
	}
}

func newRunDiff(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "diff A B",
		Short:             "Print what differs between two runs",
		Example:           "  slipway run diff 6axc0wgt0bnz 6axc0tc9ejc9",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takes("the ID of a run", "that of another"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				a, err := history.Get(args[0])
				if err != nil {
					return err
				}
				b, err := history.Get(args[1])
				if err != nil {
					return err
				}
				return diffRuns(cmd.OutOrStdout(), session.RunText(a, ""), session.RunText(b, ""))
			})
		},
	}
}

// diffRuns prints the lines in which two descriptions differ.
func diffRuns(w io.Writer, a, b string) error {
	rows := [][]string{{"", "A", "B"}}
	left, right := fields(a), fields(b)
	for _, name := range left.names {
		if left.values[name] != right.values[name] {
			rows = append(rows, []string{name, left.values[name], right.values[name]})
		}
	}
	for _, name := range right.names {
		if !slices.Contains(left.names, name) {
			rows = append(rows, []string{name, "", right.values[name]})
		}
	}
	if len(rows) == 1 {
		_, err := fmt.Fprintln(w, "the two runs do not differ")
		return err
	}
	return printTable(w, rows)
}

type named struct {
	names  []string
	values map[string]string
}

// fields reads a description's lines, "name  value", back.
func fields(text string) named {
	n := named{values: map[string]string{}}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if ok {
			n.names = append(n.names, name)
			n.values[name] = strings.TrimSpace(value)
		}
	}
	return n
}
