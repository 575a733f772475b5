package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// input is a file that somebody named. Reading ends with its context, also where nobody
// ever writes to what is read.
type input struct {
	ctx  context.Context
	file *os.File
	idle func() bool // ends the watch over ctx
}

// openInput opens a file to read. Of what is no regular file only pipes and terminals
// are taken that this process was started with: /dev/stdin, and what a shell makes of
// <(COMMAND). Any other pipe or device may never end.
func openInput(ctx context.Context, path string) (*input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	given := inherited(path) && info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) != 0
	switch {
	case info.IsDir():
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a folder, not a file")}
	case !info.Mode().IsRegular() && !given:
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a pipe or a device, not a file")}
	}
	// What was a file a moment ago may be a pipe now: opening must not wait either.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Unix(1, 0)) }) // a regular file has none and never waits
	return &input{ctx, file, stop}, nil
}

// inherited reports whether a path names a file that this process has open.
func inherited(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/")
}

func (i *input) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := i.file.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = context.Cause(i.ctx)
	}
	return n, err
}

func (i *input) Close() error {
	i.idle()
	return i.file.Close()
}

// maxPlan bounds a plan.toml, as all files that people write are bounded.
const maxPlan = 1 << 20

// ReadPlan reads the text of a plan.toml, for ParsePlan.
func ReadPlan(ctx context.Context, path string) ([]byte, error) {
	file, err := openInput(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPlan+1))
	if err == nil && len(data) > maxPlan {
		err = fmt.Errorf("%s is larger than %d MiB: no plan is", path, maxPlan>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	return data, nil
}
