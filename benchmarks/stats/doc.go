// Package stats holds the statistics behind a comparison, each function with the
// source it follows.
//
// Everything is distribution-free: boot times have long tails, groups and ties,
// and a method that assumes otherwise gives wrong verdicts. The functions know
// numbers only; metrics, bands and verdicts are package benchmarks' business.
// All of them leave their arguments as they are and may run concurrently.
package stats
