package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"slipway/runner/process"
	"slipway/session"
	"slipway/tui"
)

// globals are the flags that every verb takes.
type globals struct {
	project string // -C
	json    bool
	plain   bool
}

// newRoot builds the whole command line.
func newRoot() *cobra.Command {
	g := &globals{}
	root := &cobra.Command{
		Use:   "slipway",
		Short: "A terminal workbench for specialised operating-system kernels",
		Long: "Slipway takes the hardship out of unikernels, light-weight and stripped-down kernels:\n" +
			"pick a kernel, edit an app, save; it rebuilds, boots under QEMU, and compares.\n\n" +
			"Without a verb it opens the workbench, which needs a terminal.",
		Example: "  slipway\n  slipway demo\n  slipway boot -k keel -a hello\n  slipway bench -k keel,linux-cloud -a nbody -n 10\n" +
			"  slipway -C ~/project watch -k keel -a mine",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return openWorkbench(cmd, g) },
	}
	root.Flags().IntP("rounds", "n", 0, "`NUMBER` of timed rounds after a save (default: until the verdict is sure)")
	root.Flags().Int("warmup", session.DefaultWarmup, "rounds before them that do not count")
	flags := root.PersistentFlags()
	flags.StringVarP(&g.project, "project", "C", "", "the project's `FOLDER` (default: the current one)")
	flags.BoolVar(&g.json, "json", false, "print data as JSON, for scripts")
	flags.BoolVar(&g.plain, "plain", false, "plain lines only: no colour, no redrawing")
	flags.Bool(asciiFlag, false, "draw with ASCII only (default: where the locale is not UTF-8)")
	root.SetFlagErrorFunc(wrongFlag)
	if err := root.MarkPersistentFlagDirname("project"); err != nil {
		panic(err) // there is no such flag: every test of the command line finds it
	}
	addGroup(root, "Build, boot, measure:", newDemo(g), newBuild(g), newBoot(g), newBench(g), newWatch(g))
	addGroup(root, "Kernels and apps:", newKernels(g), newKernel(g), newApps(g), newApp(g))
	addGroup(root, "What was measured:", newRuns(g), newRun(g), newRerun(g), newCompare(g), newTrend(g), newReport(g), newImport(g))
	addGroup(root, "This machine and this program:", newDoctor(g), newCache(g), newKeys(g))
	last := root.Groups()[len(root.Groups())-1].ID
	root.SetHelpCommandGroupID(last)
	root.SetCompletionCommandGroupID(last)
	return root
}

// addGroup adds verbs under a heading of the help.
func addGroup(root *cobra.Command, title string, verbs ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, verb := range verbs {
		verb.GroupID = title
	}
	root.AddCommand(verbs...)
}

// openWorkbench opens the terminal UI, or says what there is without one.
func openWorkbench(cmd *cobra.Command, g *globals) error {
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) || os.Getenv("TERM") == "dumb" {
		cmd.SetOut(cmd.ErrOrStderr())
		if err := cmd.Help(); err != nil {
			return err
		}
		return failed(statusFailed, errors.New("the workbench needs a terminal: run it in one, or use a verb such as 'slipway demo'"))
	}
	return g.withSaves(cmd, false, func(s *session.Session, settings session.Settings) error {
		done := process.GuardTerminal(os.Stdin)
		defer done()
		if err := tui.Run(cmd.Context(), s, tui.Options{Theme: settings.Theme, ASCII: wantsASCII(cmd.Flags(), settings.ASCII), Continued: continued(cmd.Context())}); err != nil {
			return err
		}
		return context.Cause(cmd.Context()) // the user has quit, unless a signal has
	})
}

// withSession opens the workbench's session for one verb and closes it.
func (g *globals) withSession(ctx context.Context, use func(*session.Session) error) error {
	folders, err := session.FindFolders(g.project)
	if err != nil {
		return err
	}
	return inSession(ctx, session.Options{Folders: folders, Version: version()}, use)
}

func inSession(ctx context.Context, o session.Options, use func(*session.Session) error) (err error) {
	s, err := session.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return use(s)
}

// here shows a path relative to the current folder where it lies below it.
func here(path string) string {
	folder, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(folder, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
