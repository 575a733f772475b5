package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// continued receives, until ctx ends, when this program goes on after a stop: the
// shell has used the terminal meanwhile.
func continued(ctx context.Context) <-chan struct{} {
	signals, wakes := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, syscall.SIGCONT)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
			select {
			case wakes <- struct{}{}:
			default: // one is waiting
			}
		}
	}()
	return wakes
}
