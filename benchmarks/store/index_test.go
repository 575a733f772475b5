package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTheIndexIsMadeAgainFromTheFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 30 {
		run := example()
		run.Round = i
		put(t, s, run, "")
	}
	want, err := s.List(Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(dir, indexName)
	for name, spoil := range map[string]func() error{
		"missing": func() error { return os.Remove(index) },
		"garbage": func() error { return os.WriteFile(index, []byte(strings.Repeat("not a database ", 1000)), 0o644) },
		"empty":   func() error { return os.Truncate(index, 0) },
		"holes": func() error {
			f, err := os.OpenFile(index, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			for at := int64(4096); at < 1<<16; at += 4096 {
				if _, err := f.WriteAt(make([]byte, 2000), at); err != nil {
					return err
				}
			}
			return nil
		},
		"other layout": func() error {
			x, err := openIndex(index)
			if err != nil {
				return err
			}
			_, err = x.db.Exec(`DROP TABLE runs; CREATE TABLE runs(other TEXT)`)
			return errors.Join(err, x.close())
		},
	} {
		if err := spoil(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := open(t, dir)
		got, err := s.List(Filter{}, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, got, want)
		if err := s.Rebuild(); err != nil {
			t.Fatal(err)
		}
		if got, err = s.List(Filter{}, 0); err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFoldersAreTheTruth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	keep, gone := put(t, s, example(), ""), put(t, s, example(), "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// Somebody copies one run and removes another, by hand.
	copied := "zz" + keep.ID[2:]
	if err := os.CopyFS(filepath.Join(dir, runsDir, copied), os.DirFS(filepath.Join(dir, runsDir, keep.ID))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, runsDir, gone.ID)); err != nil {
		t.Fatal(err)
	}
	// And there are folders that are no runs.
	for _, name := range []string{"zzzzzzzzzzz0", "notes"} {
		if err := os.Mkdir(filepath.Join(dir, runsDir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	list, err := open(t, dir).List(Filter{}, 0)
	if err != nil || len(list) != 2 || list[0].ID != copied || list[1].ID != keep.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestTwoStoresWriteAtOnceAndOneReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const each = 40
	var wg sync.WaitGroup
	for range 2 {
		s := open(t, dir)
		wg.Go(func() {
			for i := range each {
				p, err := s.Begin()
				if err != nil {
					t.Error(err)
					return
				}
				run := example()
				run.Round = i
				if _, err := p.Commit(run); err != nil {
					t.Error(err)
				}
				if _, err := s.List(Filter{}, 10); err != nil {
					t.Error(err)
				}
			}
		})
	}
	reader := open(t, dir)
	for range 20 {
		list, err := reader.List(Filter{}, 0)
		if err != nil {
			t.Error(err)
		}
		for _, r := range list {
			if _, err := reader.Get(r.ID); err != nil {
				t.Error(err)
			}
		}
	}
	wg.Wait()
	if n, err := open(t, dir).Count(Filter{}); n != 2*each || err != nil {
		t.Errorf("%d runs, %v; want %d", n, err, 2*each)
	}
}

func TestNetworkFileSystemsGetNoWAL(t *testing.T) {
	t.Parallel()
	if mode := journalMode(filepath.Join(t.TempDir(), "x")); mode != "wal" {
		t.Skipf("the temporary folder is on a network file system: %s", mode)
	}
	for _, magic := range []int64{0x6969, 0xff534d42, 0x65735546} {
		if remote[magic] == "" {
			t.Errorf("%#x is not known as a network file system", magic)
		}
	}
	s := open(t, t.TempDir())
	put(t, s, example(), "")
	if _, err := s.List(Filter{}, 0); err != nil {
		t.Fatal(err)
	}
	var mode string
	if err := s.index.db.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

func fill(tb testing.TB, dir string, runs int) {
	tb.Helper()
	s, err := Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	}()
	run := example()
	run.Schema = Schema
	for i := range runs {
		run.ID = s.ids.take(s.now())
		run.Round = i
		run.Metrics["Nbody"] = Metric{Unit: "ns/op", Values: make([]float64, 100)}
		data, err := run.encode()
		if err == nil {
			err = os.Mkdir(s.runPath(run.ID), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(s.runPath(run.ID), recordName), data, 0o644)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// Opening and listing a long history must not hold the first frame up.
func BenchmarkOpenAndListOf10000Runs(b *testing.B) {
	dir := b.TempDir()
	fill(b, dir, 10_000)
	s, err := Open(dir)
	if err == nil {
		// As it is days later, when nothing has touched the folder for a while.
		s.now = func() time.Time { return time.Now().Add(time.Hour) }
		err = errors.Join(s.Rebuild(), s.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, limit := range []int{100, 1000, 0} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			for b.Loop() {
				s, err := Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.List(Filter{}, limit); err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("touched", func(b *testing.B) { // another process has just written
		for b.Loop() {
			now := time.Now()
			if err := os.Chtimes(filepath.Join(dir, runsDir), now, now); err != nil {
				b.Fatal(err)
			}
			s, err := Open(dir)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.List(Filter{}, 100); err != nil {
				b.Fatal(err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
