package qemu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// errNoHandover is returned where the monitor is no socket that carries descriptors.
var errNoHandover = errors.New("the monitor cannot hand files over")

// hand runs a command that takes a file along, as getfd and add-fd do. The file stays
// the caller's.
func (c *client) hand(ctx context.Context, file *os.File, command string, arguments, out any) error {
	conn, ok := c.conn.(*net.UnixConn)
	if !ok {
		return fmt.Errorf("qmp %s: %w", command, errNoHandover)
	}
	x, err := c.beginWith(ctx, command, arguments, func(line []byte) error {
		_, _, err := conn.WriteMsgUnix(line, unix.UnixRights(int(file.Fd())), nil)
		return err
	})
	if err != nil {
		return err
	}
	defer c.forget(x.id)
	return c.await(ctx, x, out)
}

// job starts a job of QEMU's and waits until it has ended; QEMU tells of its state
// only when it is asked.
func (c *client) job(ctx context.Context, id, command string, arguments map[string]any) error {
	arguments["job-id"] = id
	if err := c.do(ctx, command, arguments, nil); err != nil {
		return err
	}
	defer func() {
		// One that is still under way, because ctx has ended, can't be dismissed.
		_ = c.do(context.WithoutCancel(ctx), "job-dismiss", map[string]string{"id": id}, nil)
	}()
	for {
		var jobs []struct{ ID, Status, Error string }
		if err := c.do(ctx, "query-jobs", nil, &jobs); err != nil {
			return err
		}
		for _, j := range jobs {
			if j.ID != id || j.Status != "concluded" {
				continue
			}
			if j.Error != "" {
				return fmt.Errorf("qmp %s: %s", command, j.Error)
			}
			return nil
		}
		select {
		case <-time.After(jobPoll):
		case <-ctx.Done():
			return fmt.Errorf("qmp %s: %w", command, context.Cause(ctx))
		}
	}
}

// jobPoll is how often a job is asked for.
const jobPoll = 5 * time.Millisecond
