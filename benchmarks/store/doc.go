// Package store keeps the history: one folder for each run, written whole or not
// at all, one file for each experiment, and an index in SQLite that makes lists
// fast.
//
// The folders are the truth. The index can be deleted at any time: it is made
// again from the folders. What a run means (comparisons, statistics, verdicts)
// lives in the packages above and must not come in here; neither must anything
// that starts a process.
package store
