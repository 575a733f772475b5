package qemu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Errors of snapshots.
var (
	// ErrNoSnapshot says that there is no state to go back to.
	ErrNoSnapshot = errors.New("no snapshot of this boot was taken")
	// ErrNoRoom says that a guest's memory might not fit on a disk.
	ErrNoRoom = errors.New("no room")
	// ErrServed says that a daemon knows a part of the guest's state.
	ErrServed = errors.New("a guest with a share by virtiofs cannot be kept: what virtiofsd knows of it would be lost")
)

// snapshotLimit is how long a guest's memory may take to be written or read.
const snapshotLimit = 2 * time.Minute

// Snapshot is a state of the guest that Restore goes back to: its memory, CPUs and
// devices, not what its console has printed.
type Snapshot struct {
	Taken time.Time
	Size  int64 // bytes on the disk
}

// snapshot is where a machine keeps its state: a disk that no guest sees, in a file
// without a name, which goes with the process.
type snapshot struct {
	file   *os.File
	tag    string
	number int
	marks  []string // that had been seen by then
	taken  Snapshot
}

// Names of QEMU's block nodes.
const (
	snapshotFile = "slipway-snapshot-file"
	snapshotNode = "slipway-snapshot"
)

// Keep takes a snapshot, in place of the last one: there is one for each boot. Its
// file lies in dir without a name. The guest stands while it is written.
func (i *Inside) Keep(ctx context.Context, dir string) (taken Snapshot, err error) {
	if i.m.share != nil {
		return Snapshot{}, fmt.Errorf("take a snapshot: %w", ErrServed)
	}
	err = i.with(ctx, snapshotLimit, "take a snapshot", "a snapshot was taken", func(ctx context.Context) error {
		if err := i.room(dir); err != nil {
			return err
		}
		if err := i.openSnapshots(ctx, dir); err != nil {
			return err
		}
		s := i.m.hands.kept
		tag := "slipway-" + strconv.Itoa(s.number)
		if err := i.snapshotJob(ctx, "snapshot-save", tag); err != nil {
			return err
		}
		s.number++
		old := s.tag
		s.tag, s.marks, s.taken = tag, i.b.Marks(), Snapshot{Taken: time.Now()}
		if old != "" { // its room serves the next one
			if err := i.m.client.job(ctx, "slipway-snapshot", "snapshot-delete", map[string]any{"tag": old, "devices": []string{snapshotNode}}); err != nil {
				return err
			}
		}
		if info, err := s.file.Stat(); err == nil {
			s.taken.Size = info.Size()
		}
		taken = s.taken
		return nil
	})
	return taken, err
}

// Restore sets the guest back to the snapshot. It goes on if it ran, and stands if it
// stood.
func (i *Inside) Restore(ctx context.Context) error {
	return i.with(ctx, snapshotLimit, "restore the snapshot", "it was set back to a snapshot", func(ctx context.Context) error {
		s := i.m.hands.kept
		if s == nil || s.tag == "" {
			return ErrNoSnapshot
		}
		i.b.Forget(slices.DeleteFunc(i.b.Marks(), func(name string) bool { return slices.Contains(s.marks, name) })...)
		return i.snapshotJob(ctx, "snapshot-load", s.tag)
	})
}

func (i *Inside) snapshotJob(ctx context.Context, command, tag string) error {
	return i.m.client.job(ctx, "slipway-snapshot", command, map[string]any{
		"tag": tag, "vmstate": snapshotNode, "devices": []string{snapshotNode},
	})
}

// room refuses a snapshot that might fill the disk: a state is no larger than the
// guest's memory, and two lie there while the new one is written.
func (i *Inside) room(dir string) error {
	return roomFor(dir, i.m.config.Memory, "a snapshot")
}

// roomFor says whether a guest's memory fits into a folder's disk.
func roomFor(dir string, memory int64, what string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	const spare = 64 << 20 // for devices, and for everybody else
	if free, need := int64(fs.Bavail)*fs.Bsize, memory+spare; free < need {
		return fmt.Errorf("%w for %s: it may need %d MiB in %s, where %d MiB are free", ErrNoRoom, what, need>>20, dir, free>>20)
	}
	return nil
}

// openSnapshots gives QEMU its disk, once.
func (i *Inside) openSnapshots(ctx context.Context, dir string) error {
	if i.m.hands.kept != nil {
		return nil
	}
	file, err := os.CreateTemp(dir, ".snapshot-")
	if err != nil {
		return err
	}
	err = os.Remove(file.Name()) // nothing is left behind, however this ends
	if err == nil {
		err = i.addDisk(ctx, file)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	i.m.hands.kept = &snapshot{file: file}
	return nil
}

func (i *Inside) addDisk(ctx context.Context, file *os.File) error {
	const set = 9 // of descriptors; nobody else hands any over
	if err := i.m.client.hand(ctx, file, "add-fd", map[string]any{"fdset-id": set}, nil); err != nil {
		return err
	}
	if err := i.m.client.do(ctx, "blockdev-add", map[string]any{
		"driver": "file", "node-name": snapshotFile, "filename": fmt.Sprintf("/dev/fdset/%d", set),
		"locking": "off", // it is nobody else's
	}, nil); err != nil {
		return err
	}
	if err := i.m.client.job(ctx, "slipway-snapshot", "blockdev-create", map[string]any{
		"options": map[string]any{"driver": "qcow2", "file": snapshotFile, "size": 1 << 20},
	}); err != nil {
		return err
	}
	return i.m.client.do(ctx, "blockdev-add", map[string]any{"driver": "qcow2", "node-name": snapshotNode, "file": snapshotFile}, nil)
}

// closeSnapshots lets the file go once nobody works with it: the monitor is closed
// already.
func (m *machine) closeSnapshots() error {
	m.hands.turn <- struct{}{} // for good
	m.hands.unfollow()
	m.hands.work.Wait()
	if m.hands.kept == nil {
		return nil
	}
	return m.hands.kept.file.Close()
}
