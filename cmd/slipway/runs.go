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
	var list runsList
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List the stored runs, newest first",
		Long:  session.RunFilterHelp(),
		Example: "  slipway runs -k keel -n 10\n  slipway runs --outcome timeout --json\n" +
			"  slipway runs --filter outcome:hang,timeout --sort -total\n  slipway runs --deleted",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				if err := list.check(); err != nil {
					return err
				}
				history, err := s.Store()
				if err != nil {
					return err
				}
				if list.deleted {
					return g.printTrash(cmd, history, list)
				}
				runs, err := list.runs(history)
				if err != nil {
					return err
				}
				if g.json {
					return printRunsJSON(cmd.OutOrStdout(), runs)
				}
				if len(runs) == 0 {
					fmt.Fprintln(cmd.ErrOrStderr(), list.none())
					return nil
				}
				return printRuns(cmd.OutOrStdout(), runs)
			})
		},
	}
	cmd.Flags().IntVarP(&list.limit, "limit", "n", 40, "`NUMBER` of runs at most; 0 is all")
	cmd.Flags().StringVarP(&list.stored.Kernel, "kernel", "k", "", "only runs of the kernel `NAME`")
	cmd.Flags().StringVarP(&list.stored.App, "app", "a", "", "only runs of the app `NAME`")
	cmd.Flags().StringVar(&list.stored.Experiment, "experiment", "", "only runs of the experiment `ID`")
	cmd.Flags().StringVar(&list.stored.Outcome, "outcome", "", "only runs with this outcome, a `WORD` such as exit or timeout")
	cmd.Flags().StringVarP(&list.filter, "filter", "f", "", "only runs that these `TERMS` describe, see above")
	cmd.Flags().StringVar(&list.sort, "sort", "", "sort by a `COLUMN` such as total, or -total for the longest first")
	cmd.Flags().BoolVar(&list.deleted, "deleted", false, "list the trash instead: 'run restore' brings a run back")
	completeFlag(cmd, "sort", cobra.FixedCompletions(session.RunColumns(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// runsList is which runs are listed, and how.
type runsList struct {
	stored  store.Filter
	filter  string
	sort    string
	limit   int
	deleted bool

	wanted session.RunFilter
	order  session.RunOrder
}

// check refuses what no run can match: an empty list would look like an empty
// history.
func (l *runsList) check() error {
	if l.limit < 0 {
		return fmt.Errorf("--limit %d: it takes a number of at least 0", l.limit)
	}
	if l.stored.Outcome != "" && !slices.Contains(session.Outcomes(), l.stored.Outcome) {
		return fmt.Errorf("--outcome %q: it is one of %s", l.stored.Outcome, strings.Join(session.Outcomes(), ", "))
	}
	var err error
	if l.wanted, err = session.ParseRunFilter(l.filter, time.Now()); err != nil {
		return fmt.Errorf("--filter: %w", err)
	}
	if l.sort != "" {
		if l.order, err = session.ParseRunOrder(l.sort); err != nil {
			return fmt.Errorf("--sort: %w", err)
		}
	}
	return nil
}

// runs are the runs that are wanted, sorted, as many as are wanted.
func (l *runsList) runs(history *store.Store) ([]store.Summary, error) {
	if l.wanted.Empty() && l.order.Newest() {
		return history.List(l.stored, l.limit)
	}
	runs, err := history.List(l.stored, 0)
	if err != nil {
		return nil, err
	}
	return l.choose(runs), nil
}

// choose filters, sorts and cuts a list.
func (l *runsList) choose(runs []store.Summary) []store.Summary {
	listed := make([]session.Run, len(runs))
	var chosen []int
	for i, r := range runs {
		if listed[i] = session.ListedRun(r); l.wanted.Match(&listed[i]) {
			chosen = append(chosen, i)
		}
	}
	l.order.Sort(listed, chosen)
	if l.limit > 0 && len(chosen) > l.limit {
		chosen = chosen[:l.limit]
	}
	list := make([]store.Summary, len(chosen))
	for i, place := range chosen {
		list[i] = runs[place]
	}
	return list
}

// none says why a list is empty.
func (l *runsList) none() string {
	if l.stored == (store.Filter{}) && l.wanted.Empty() {
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
	Tags       []string  `json:"tags"`
	Pinned     bool      `json:"pinned"`
}

func printRunsJSON(w io.Writer, runs []store.Summary) error {
	list := struct {
		Schema int              `json:"schema"`
		Runs   []runSummaryJSON `json:"runs"`
	}{Schema: 1, Runs: []runSummaryJSON{}}
	for i := range runs {
		list.Runs = append(list.Runs, summaryJSON(&runs[i]))
	}
	return printJSON(w, list)
}

func summaryJSON(r *store.Summary) runSummaryJSON {
	one := runSummaryJSON{
		ID: r.ID, Target: r.Target, Kernel: r.Kernel, App: r.App, Kind: string(r.Kind), Touched: r.Touched, Warmup: r.Warmup, Round: r.Round,
		Outcome: r.Outcome, Exit: r.Exit, Started: r.Started, Total: r.Total, Accel: r.Accel, Image: r.Image,
		Note: r.Note, Tags: append([]string{}, r.Tags...), Pinned: r.Pinned,
	}
	if r.Origin != "" {
		one.Origin = &r.Origin
	}
	if r.Experiment != "" {
		one.Experiment = &r.Experiment
	}
	return one
}

func printRuns(w io.Writer, runs []store.Summary) error {
	rows := [][]string{{"RUN", "WHEN", "TARGET", "KIND", "OUTCOME", "TOTAL", "ACCEL", "EXPERIMENT", "NOTE"}}
	for _, r := range runs {
		rows = append(rows, []string{
			r.ID, r.Started.Local().Format("2006-01-02 15:04:05"), r.Target, session.SummaryKind(r), outcome(r.Outcome, r.Exit),
			spanOf(&r), r.Accel, r.Experiment, remark(&r),
		})
	}
	return printTable(w, rows)
}

// spanOf is how long a boot took, "" where that says nothing.
func spanOf(r *store.Summary) string {
	if took := session.SummaryTotal(*r); took > 0 {
		return span(took)
	}
	return ""
}

// remark is what a person has added to a run.
func remark(r *store.Summary) string {
	var words []string
	if r.Pinned {
		words = append(words, "pinned")
	}
	for _, tag := range r.Tags {
		words = append(words, "#"+tag)
	}
	return strings.TrimSpace(strings.Join(append(words, r.Note), " "))
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
		Short:   "Show a run or what two do not share; note, tag, pin, delete runs",
		Example: "  slipway run show 6axc0wgt0bnz --console\n  slipway run diff 6axc0wgt0bnz 6axc0tc9ejc9",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRunShow(g), newRunDiff(g), newRunNote(g), newRunTag(g), newRunPin(g), newRunDelete(g), newRunRestore(g), newRunEmptyTrash(g))
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
					run.Tags = append([]string{}, run.Tags...)
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
