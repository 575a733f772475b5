package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// OutputLimit is how many bytes of each of stdout and stderr Output keeps.
const OutputLimit = 4 << 20

// orphanGrace is how long Output waits for pipes that a grandchild keeps open.
const orphanGrace = 2 * time.Second

// Output runs cmd to its end and returns what it wrote, at most OutputLimit
// bytes of each stream (the beginning; the rest is read and dropped, so a child
// that talks too much is not blocked). When ctx ends, the whole process group
// is killed and the error wraps the context's cause; when this process is killed, the
// group is killed as well.
func (s *Spawner) Output(ctx context.Context, cmd *exec.Cmd) (stdout, stderr []byte, err error) {
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("run %s: %w", cmd.Path, context.Cause(ctx))
	}
	out, errs := bounded{limit: OutputLimit}, bounded{limit: OutputLimit}
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = orphanGrace
	s.guard.ready() // before the child can have any of its own
	if err := s.Start(cmd); err != nil {
		return nil, nil, err
	}
	pid := cmd.Process.Pid
	unguard := s.guard.watch(pid)
	defer unguard()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		_ = KillGroup(pid, syscall.SIGKILL) // gone already is what we want
	})
	err = cmd.Wait()
	if !stop() {
		<-killed
		return out.kept, errs.kept, fmt.Errorf("run %s: %w", cmd.Path, errors.Join(context.Cause(ctx), err))
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		// It ended well and left something behind that still holds its output: whatever
		// that is has no business after it.
		err = KillGroup(pid, syscall.SIGKILL)
	}
	if err != nil {
		return out.kept, errs.kept, fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	return out.kept, errs.kept, nil
}

// bounded keeps the first limit bytes that are written to it.
type bounded struct {
	kept  []byte
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	room := min(len(p), b.limit-len(b.kept))
	b.kept = append(b.kept, p[:room]...)
	return len(p), nil
}
