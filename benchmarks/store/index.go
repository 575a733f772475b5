package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// index is the SQLite database that makes lists fast. Everything in it can be
// read from the folders again.
type index struct{ db *sql.DB }

// One row a run: columns to choose by, and the summary as one text, since reading
// one column of 10,000 rows takes a quarter of the time of reading seventeen.
const layout = `
CREATE TABLE IF NOT EXISTS runs(
	id TEXT PRIMARY KEY, experiment TEXT NOT NULL, target TEXT NOT NULL, kernel TEXT NOT NULL, app TEXT NOT NULL, save TEXT NOT NULL,
	kind TEXT NOT NULL, warmup INTEGER NOT NULL, outcome TEXT NOT NULL, image TEXT NOT NULL, pinned INTEGER NOT NULL, summary TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_experiment ON runs(experiment);
CREATE TABLE IF NOT EXISTS state(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
`

// openIndex opens or makes the database at path; "" is one in memory.
func openIndex(path string) (*index, error) {
	name := ":memory:"
	if path != "" {
		// Two processes may write: each waits for the other rather than failing.
		pragmas := url.Values{"_pragma": {"busy_timeout(10000)", "synchronous(normal)", "journal_mode(" + journalMode(path) + ")"}, "_txlock": {"immediate"}}
		name = (&url.URL{Scheme: "file", Path: path, RawQuery: pragmas.Encode()}).String()
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	// One connection: SQLite has one writer anyway, and a database in memory is
	// its connection's own.
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(layout); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &index{db}, nil
}

// close lets the database go. Where the index is to be made again anyway its error
// tells nothing: what it does not hold is found in the folders.
func (x *index) close() error { return x.db.Close() }

// Network file systems on which the shared memory of a WAL does not work.
var remote = map[int64]string{
	0x6969: "nfs", 0x517b: "smb", 0xff534d42: "cifs", 0xfe534d42: "smb2", 0x65735546: "fuse", 0x01021997: "9p",
	0x00c36400: "ceph", 0x0bd00bd0: "lustre", 0x47504653: "gpfs", 0x19830326: "beegfs", 0x5346414f: "afs", 0x7461636f: "ocfs2", 0x01161970: "gfs2",
}

// journalMode chooses how SQLite keeps a half-written change from being seen.
func journalMode(path string) string {
	var fs unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &fs); err != nil {
		return "delete"
	}
	if _, ok := remote[int64(uint32(fs.Type))]; ok {
		return "delete"
	}
	return "wal"
}

// broken reports whether an error says that the database itself is bad, so that
// making it again from the folders helps.
func broken(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH:
		return true
	}
	return false
}

// put inserts or replaces runs, all or none.
func (x *index) put(runs ...Summary) error {
	tx, err := x.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.Prepare(`INSERT OR REPLACE INTO runs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, r := range runs {
		_, err := insert.Exec(r.ID, r.Experiment, r.Target, r.Kernel, r.App, r.Save, string(r.Kind), r.Warmup, r.Outcome, r.Image, r.Pinned, r.pack())
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// remove takes runs out, all or none.
func (x *index) remove(ids ...string) error {
	tx, err := x.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, id := range ids {
		if _, err := tx.Exec(`DELETE FROM runs WHERE id = ?`, id); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// ids returns all IDs, ascending, from low on and below high ("" for no end).
func (x *index) ids(low, high string) ([]string, error) {
	query, args := `SELECT id FROM runs WHERE id >= ? ORDER BY id`, []any{low}
	if high != "" {
		query, args = `SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id`, []any{low, high}
	}
	rows, err := x.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// get and set keep the small numbers by which the index knows how fresh it is.
func (x *index) get(key string) (int64, error) {
	var v int64
	err := x.db.QueryRow(`SELECT value FROM state WHERE key = ?`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return v, err
}

func (x *index) set(key string, v int64) error {
	_, err := x.db.Exec(`INSERT OR REPLACE INTO state VALUES(?, ?)`, key, v)
	return err
}

// discard moves a broken database out of the way.
func discard(path string) error {
	for _, end := range []string{"-wal", "-shm", "-journal"} {
		os.Remove(path + end)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the broken index: %w", err)
	}
	return nil
}
