// Package benchmarks turns boots into numbers that can be defended: plans, the
// experiments that carry them out, metrics, and comparisons with verdicts.
//
// Samples come out of runs (package store) and statistics out of package stats.
// How a comparison looks on paper is package report's business and on screen the
// workbench's: nothing here draws. One boot of one target is package runner's.
package benchmarks
