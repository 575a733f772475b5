// Package tui is the workbench on a screen: a Bubble Tea program with one root
// model, whose screens are plain structs that draw on cells. Keys are data
// (tui/keys), one function lays out every rectangle (layout.go), colours are
// tokens (themes).
//
// It asks a Workbench for everything: no process is started here, no file is
// touched, and nothing a guest prints reaches the terminal except as cells.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/keys"
)

// Workbench is what the screens ask for; *session.Session is one. Methods return
// at once unless they say that they block.
type Workbench interface {
	State() *session.State
	Changes() <-chan struct{}
	Start()
	Project() string
	MetricHelp(name string) string

	Mark(kernel string, on bool)
	SetBaseline(kernel string)
	SelectApp(name string)
	Provision(kernel string)
	CancelProvision(kernel string)
	RemoveKernel(kernel string)

	ConfigureText(line string) error
	Boot(guest string)
	BootAll()
	Rebuild()
	Stop(guest string)
	Send(guest string, p []byte)
	Resize(guest string, cols, rows int)
	SetInstant(on bool)
	Pause(guest string, on bool)
	Step(guest string)
	Reset(guest string)
	Snapshot(guest string)
	Restore(guest string)
	Inspect(guest string, on bool)
	Debug(guest string)
	CloseDebugger(guest string)
	SendDebugger(guest string, p []byte)
	ResizeDebugger(guest string, cols, rows int)
	MoreRounds(n int)
	StopExperiment()
	PauseExperiment(on bool)
	StopAfterRound()

	Monitor(guest, line string) (string, error)                    // blocks
	ReadFile(path string) (session.FileContent, error)             // blocks
	WriteFile(path, text, expectHash string) (string, error)       // blocks
	NewApp(name string) (string, error)                            // blocks
	EditorCommand(path string, line int) (*session.Command, error) // blocks
	RunText(id string) (string, error)                             // blocks
	RunDiff(a, b string) (*session.RunDiff, error)                 // blocks
	Trash() ([]session.DeletedRun, error)                          // blocks
	Trend(target string) (*session.Trend, error)                   // blocks
	LoadView() map[string]string                                   // blocks
	SaveView(view map[string]string)                               // blocks
	OpenExperiment(id string)
	NoteRuns(ids []string, note string)
	TagRuns(ids, add, remove []string)
	PinRuns(ids []string, on bool)
	DeleteRuns(ids []string)
	RestoreRuns(ids []string)
	RefreshRuns()
	EmptyTrash()
	UndoDelete()
	Rerun(id string)
}

// Options say how the workbench looks. The zero value is the default.
type Options struct {
	Theme string           // "auto" or "": by the terminal; else a name that themes.Named knows
	ASCII bool             // draw with characters of ASCII only
	Now   func() time.Time // nil: time.Now
	// Input and Output are the terminal; nil is the program's own.
	Input  io.Reader
	Output io.Writer
	// Continued receives when the program goes on after it was stopped (SIGCONT);
	// nil: never.
	Continued <-chan struct{}
}

const (
	// framesPerSecond is as often as a key's effect can be seen. The first frame
	// waits for the renderer's first tick too.
	framesPerSecond = 60
	// changesPerSecond is as often as the screen follows the session at most,
	// whatever guests print.
	changesPerSecond = 30
)

// New returns the workbench as a Bubble Tea model.
func New(wb Workbench, o Options) (tea.Model, error) {
	table, err := keys.Builtin()
	if err != nil {
		return nil, err
	}
	var fixed *themes.Theme
	if o.Theme != "" && o.Theme != "auto" {
		if fixed, err = themes.Named(o.Theme); err != nil {
			return nil, err
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	m := newModel(wb, table, fixed, o.Now)
	m.ascii = o.ASCII
	return m, nil
}

// Run shows the workbench until the user quits or ctx ends.
func Run(ctx context.Context, wb Workbench, o Options) error {
	m, err := New(wb, o)
	if err != nil {
		return fmt.Errorf("open the workbench: %w", err)
	}
	settings := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(framesPerSecond)}
	if o.Input != nil {
		settings = append(settings, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		settings = append(settings, tea.WithOutput(o.Output))
	}
	program := tea.NewProgram(m, settings...)
	taking, stop := context.WithCancel(ctx)
	defer stop()
	go takeBack(taking, program, o.Continued)
	last, err := program.Run()
	if last, ok := last.(*model); ok && last != nil {
		wb.SaveView(last.view())
	}
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		err = nil // somebody else has ended us
	}
	if err != nil {
		return fmt.Errorf("the workbench's screen: %w", err)
	}
	return nil
}

// Keys returns the cheat sheet of all keys in Markdown.
func Keys() (string, error) {
	table, err := keys.Builtin()
	if err != nil {
		return "", err
	}
	return table.Markdown(), nil
}
