// Package chart turns samples into rows of characters: scales with ticks, strips,
// run-order bars, distributions in braille, stacked bars. It computes and knows no
// colours, no screen and no units; who draws gives the pieces their looks.
package chart
