package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Folders and files below the store's own folder.
const (
	runsDir        = "runs"
	trashDir       = "trash"
	experimentsDir = "experiments"
	indexName      = "index-v3.sqlite" // a new layout gets a new name: two versions of Slipway don't fight over one file
	recordName     = "run.json"
	logName        = "console.log"
	noteName       = "note.json"
	sourcesDir     = "sources"
	manifestsDir   = "manifests"
	changesName    = "changes.lock"
)

// ErrReadOnly is returned for changes to a history that can only be read.
var ErrReadOnly = errors.New("the history can only be read")

// Store is a history in a folder. It is safe for concurrent use, and several
// processes may use one folder at the same time.
type Store struct {
	dir      string
	readOnly error // why it can't be written; nil where it can
	now      func() time.Time
	ids      idSource

	mu     sync.Mutex // index and writer
	index  *index     // nil until it is needed
	writer *writer    // nil until something is written
}

// Open returns the history in dir, which is made where it does not exist. It
// only looks at the folder; the index is opened by the first call that needs it.
// A folder that can't be written still opens: its runs can be listed, changes
// give ErrReadOnly, and ReadOnly says why. An error means that there is no
// history to be had at all.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the history in %s: %w", dir, err)
	}
	s := &Store{dir: dir, now: time.Now}
	for _, sub := range []string{runsDir, experimentsDir} {
		path := filepath.Join(dir, sub)
		err := os.MkdirAll(path, 0o755)
		if err == nil {
			err = unix.Access(path, unix.W_OK)
		}
		if err != nil && s.readOnly == nil {
			s.readOnly = err
		}
	}
	if s.readOnly == nil {
		return s, nil
	}
	if info, err := os.Stat(filepath.Join(dir, runsDir)); err == nil && info.IsDir() {
		return s, nil
	}
	return nil, s.explain("open the history", s.readOnly)
}

// Dir is the store's folder.
func (s *Store) Dir() string { return s.dir }

// ReadOnly returns nil where runs can be recorded, else a sentence that says why
// not, and what to do; it wraps ErrReadOnly.
func (s *Store) ReadOnly() error { return s.writable() }

// Room returns nil where there is room for a run, else a sentence that says what to do.
// It writes a little, since only that tells of quotas and full disks alike.
func (s *Store) Room() error {
	const little = 256 << 10
	f, err := os.CreateTemp(s.dir, ".room-*")
	if err != nil {
		return s.explain("record a run", err)
	}
	err = os.Remove(f.Name()) // whatever happens to us, it is gone
	if err == nil {
		_, err = f.Write(make([]byte, little))
	}
	if err == nil {
		err = f.Sync()
	}
	return s.explain("record a run", errors.Join(err, f.Close()))
}

// Close gives back what the store holds. Runs that were begun and neither
// committed nor aborted are thrown away by whoever opens the store next.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.index != nil {
		err = s.index.close()
		s.index = nil
	}
	if s.writer != nil {
		s.writer.close()
		s.writer = nil
	}
	if err != nil {
		return fmt.Errorf("close the history in %s: %w", s.dir, err)
	}
	return nil
}

func (s *Store) writable() error {
	if s.readOnly == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %w; nothing is recorded until the folder is writable or SLIPWAY_HOME names another", ErrReadOnly, s.dir, s.readOnly)
}

// explain turns an error of the file system into a sentence that says what to do
// about it.
func (s *Store) explain(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s: no space left in %s: delete runs and empty the trash ('slipway run empty-trash'), or clear the cache, or let SLIPWAY_HOME name a folder on another disk; earlier runs are safe: %w", what, s.dir, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %w: %s can't be written: make it writable, or let SLIPWAY_HOME name another folder: %w", what, ErrReadOnly, s.dir, err)
	default:
		return fmt.Errorf("%s in %s: %w", what, s.dir, err)
	}
}

func (s *Store) runPath(id string) string { return filepath.Join(s.dir, runsDir, id) }

// LogPath is where a stored run's console log lies.
func (s *Store) LogPath(id string) string { return filepath.Join(s.runPath(id), logName) }

// Serial2Name is the file in a run's folder that holds what the guest said on a second
// serial port.
const Serial2Name = "serial2.log"

// Serial2Path is where what a stored run said on a second serial port lies, if its
// target had one.
func (s *Store) Serial2Path(id string) string { return filepath.Join(s.runPath(id), Serial2Name) }

// ManifestPath is the kernel.toml that a stored run's image was made with; it is there
// where it could be kept. The app's app.toml is among the sources.
func (s *Store) ManifestPath(id string) string {
	return filepath.Join(s.runPath(id), manifestsDir, "kernel.toml")
}

// SourcesPath is the folder of the sources a run was built from. It exists only
// where they were given.
func (s *Store) SourcesPath(id string) string { return filepath.Join(s.runPath(id), sourcesDir) }
