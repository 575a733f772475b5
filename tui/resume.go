package tui

import (
	"context"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
)

// takeBack makes a program that was stopped (kill -STOP, or ctrl+z in an editor)
// take the terminal back when it goes on: the shell has used it meanwhile, and
// left it in a mode in which no key arrives. It returns when ctx ends.
func takeBack(ctx context.Context, p *tea.Program, continued <-chan struct{}) {
	for {
		select {
		case <-continued:
			p.Send(tea.Exec(nothing{}, drawAnew)())
		case <-ctx.Done():
			return
		}
	}
}

// drawAnew is for a screen that has not changed since the program last drew it.
// An error means that the terminal is gone; reading from it says so too.
func drawAnew(error) tea.Msg { return tea.ClearScreen() }

// nothing is a command in the foreground that is soon over: what is left is that
// the terminal is given up and taken back.
type nothing struct{}

// settling is what Run waits. Bubble Tea v2.1.1 stops its renderer's ticker some
// time after it has given the terminal up, and by then must not have started it
// again: the screen would stand still for ever.
const settling = 100 * time.Millisecond

// Run implements tea.ExecCommand, as the others do.
func (nothing) Run() error {
	time.Sleep(settling)
	return nil
}
func (nothing) SetStdin(io.Reader)  {}
func (nothing) SetStdout(io.Writer) {}
func (nothing) SetStderr(io.Writer) {}
