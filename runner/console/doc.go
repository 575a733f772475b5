// Package console is Slipway's terminal emulator: it turns the bytes a guest
// prints into a screen of cells and a scrollback, and a person's keys into the
// bytes a guest expects.
//
// What lives here: the state of one terminal, its snapshots, the encoding of
// keys, mouse reports and pastes, and the cleaning of console text. What must
// not: anything that draws, reads a pty, starts a process or knows of a user
// interface.
//
// A guest is hostile input. Nothing it prints is ever handed on: queries are
// answered through Options.Reply, titles are kept cleaned of control
// characters, and clipboard, graphics and device strings are swallowed. No
// input makes the emulator panic, and every buffer has a bound.
//
// # Widths
//
// A character takes the columns that wcwidth gives it, since that is what a
// program in the guest has counted on. Zero-width characters join the cell
// before them, but only where the cell then still measures the same by
// wcwidth and by grapheme clusters, the two rules by which Bubble Tea and Lip
// Gloss draw: a drawn row is never wider than the screen.
//
// # Where terminals differ
//
// What is not written down in a standard is done xterm's way: IL and DL go to the
// first column and do nothing outside of the scroll region; DECSTBM homes the
// cursor into the region in origin mode; each screen has its own saved cursor, and
// mode 1049 uses it; a line feed or a move takes a pending wrap back. One thing is
// done tmux's way: EL, ED and ECH spare the last column while a wrap is pending,
// where xterm loses the last character of a coloured full line.
//
// # Autowrap and firmware
//
// SeaBIOS begins with ESC c ESC [ ? 7 l: it resets the terminal, turns autowrap
// off and never turns it on again, so that a guest which knows nothing of
// terminals would lose the ends of its long lines. The rule: autowrap turned off
// after a reset (RIS) and before the first character is printed is the
// firmware's. It is remembered, and DECRQM reports it, but lines wrap
// nevertheless. Autowrap turned off at any other time is honoured. (The firmware
// itself loses nothing: it draws at most 80 columns and moves the cursor
// explicitly.)
package console
