package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Sources larger than this are not what a person edits, and are not snapshotted.
const (
	maxSourceFile = 1 << 20
	maxSources    = 8 << 20
)

// Pending is a run under way: a folder with a temporary name that becomes the
// run's by Commit, or goes by Abort. Its methods may be called from several
// goroutines; Commit and Abort end it.
type Pending struct {
	store *Store
	id    string
	dir   string

	mu  sync.Mutex
	log *os.File // nil once ended
}

// Begin makes the folder of a new run, with an empty console log in it.
func (s *Store) Begin() (*Pending, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	w, err := s.ownWriter()
	if err != nil {
		return nil, s.explain("begin a run", err)
	}
	id := s.ids.take(s.now())
	p := &Pending{store: s, id: id, dir: filepath.Join(s.dir, runsDir, w.pendingName(id))}
	if err := os.Mkdir(p.dir, 0o755); err != nil {
		return nil, s.explain("begin run "+id, err)
	}
	p.log, err = os.OpenFile(filepath.Join(p.dir, logName), os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
	if err != nil {
		os.RemoveAll(p.dir)
		return nil, s.explain("begin run "+id, err)
	}
	return p, nil
}

// ID is the run's, before and after Commit.
func (p *Pending) ID() string { return p.id }

// Log is the run's console log, to be written while the guest speaks. Commit and
// Abort close it.
func (p *Pending) Log() *os.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log
}

// Serial2 is where what the guest says on a second serial port may be written until
// Commit; the file is the writer's to make.
func (p *Pending) Serial2() string { return filepath.Join(p.dir, Serial2Name) }

// AddSources keeps a copy of the sources with the run. Files above 1 MiB, and
// what goes beyond 8 MiB in all, are left out: they are not what was edited.
// Only regular files are taken.
func (p *Pending) AddSources(sources fs.FS) error {
	left := int64(maxSources)
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(p.dir, sourcesDir, filepath.FromSlash(path))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > min(maxSourceFile, left) {
			return err
		}
		f, err := sources.Open(path)
		if err != nil {
			return err
		}
		// The file may be growing: the limit holds whatever Info said.
		data, err := io.ReadAll(io.LimitReader(f, maxSourceFile))
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		left -= int64(len(data))
		return writeFile(target, data)
	})
	if err != nil {
		return p.store.explain("keep the sources of run "+p.id, err)
	}
	return nil
}

// AddKernelManifest keeps the kernel.toml of the image with the run, so that what was
// changed in it can be seen when it is another one.
func (p *Pending) AddKernelManifest(text []byte) error {
	if len(text) > maxSourceFile {
		return nil
	}
	dir := filepath.Join(p.dir, manifestsDir)
	err := os.Mkdir(dir, 0o755)
	if err == nil {
		err = writeFile(filepath.Join(dir, "kernel.toml"), text)
	}
	if err != nil {
		return p.store.explain("keep the kernel's manifest of run "+p.id, err)
	}
	return nil
}

// Commit makes the run part of the history and returns it as stored. When it
// returns without an error the run survives a crash and a power cut; with an
// error the run is not in the history and its folder is gone.
func (p *Pending) Commit(run Run) (Run, error) {
	log, err := p.end()
	if err != nil {
		return Run{}, err
	}
	run.ID = p.id
	run.Schema = Schema
	note := annotation{Note: run.Note, Tags: run.Tags, Pinned: run.Pinned}
	err = errors.Join(log.Sync(), log.Close(), syncFile(p.Serial2()))
	if err == nil {
		err = p.write(run, note)
	}
	if err == nil {
		err = os.Rename(p.dir, p.store.runPath(p.id))
	}
	if err != nil {
		os.RemoveAll(p.dir)
		return Run{}, p.store.explain("store run "+p.id, err)
	}
	if err := syncDir(filepath.Join(p.store.dir, runsDir)); err != nil {
		return Run{}, p.store.explain("store run "+p.id, err)
	}
	// The run is safe now. An index that could not take it is mended from the
	// folders by whoever opens the store next.
	p.store.indexRun(run)
	return run, nil
}

func (p *Pending) write(run Run, note annotation) error {
	data, err := run.encode()
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(p.dir, recordName), data); err != nil {
		return err
	}
	if !note.empty() {
		if err := note.write(p.dir); err != nil {
			return err
		}
	}
	// Every folder, innermost last named first is not needed: all are synced
	// before the rename makes them visible.
	return filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}

// Abort throws the run away.
func (p *Pending) Abort() error {
	log, err := p.end()
	if err != nil {
		return err
	}
	if err := errors.Join(log.Close(), os.RemoveAll(p.dir)); err != nil {
		return p.store.explain("throw run "+p.id+" away", err)
	}
	return nil
}

func (p *Pending) end() (*os.File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.log == nil {
		return nil, fmt.Errorf("run %s was committed or aborted before", p.id)
	}
	log := p.log
	p.log = nil
	return log, nil
}
