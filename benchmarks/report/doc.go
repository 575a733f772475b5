// Package report writes comparisons and runs down: plain text for the command
// line, Markdown, JSON as the contract has it, and the Go benchmark format.
//
// It computes nothing: what is true is decided in package benchmarks, and here it
// is only laid out. No escape sequence ever comes out of here, whatever a guest
// put into a name.
package report
