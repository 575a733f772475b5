// Package themes holds what colours mean: tokens such as "good" or "muted", and
// the palettes that give each of them a look on dark, light and colourless
// terminals. No other package names a colour. What does not live here: drawing,
// and anything that knows what is being drawn.
package themes

import "fmt"

// Token names what a piece of the screen is, not how it looks.
type Token int

// Tokens.
const (
	Text      Token = iota // what is read
	Muted                  // what is there to be looked up: units, hints, labels
	Accent                 // where the eye begins: the active tab, the focused pane
	Good                   // success, better
	Bad                    // failure, worse
	Warn                   // look before you trust
	Border                 // lines between things; carries no information
	Focus                  // the border of what has the keys
	Title                  // headings
	Key                    // keys to press
	Selection              // the selected line of the list that has the keys
	Dimmed                 // the selected line of a list that has not
	Bar                    // the lines on top and at the bottom
	BarMuted               // muted text in these lines
	BarKey                 // keys in these lines
	TabActive              // the tab that is shown
	Panel                  // dialogs and toasts
	Match                  // what a search found
	Gutter                 // line numbers
	lastToken = Gutter
)

// Theme is one look. It is never changed once made.
type Theme struct {
	Name   string
	styles [lastToken + 1]Style
	series [8]Color
	guest  [16]Color
	plain  bool
}

// Style returns the look of a token.
func (t *Theme) Style(k Token) Style {
	if k < 0 || k > lastToken {
		k = Text
	}
	return t.styles[k]
}

// Series returns the look of the nth thing of several that are shown side by
// side. The first eight differ; series never carry meaning by colour alone.
func (t *Theme) Series(n int) Style {
	s := t.styles[Text]
	if n >= 0 {
		s.FG = t.series[n%len(t.series)]
	}
	return s
}

// Guest returns one of the 256 colours that a guest draws with. Painted themes
// mix the first 16 to suit their surface; the others leave them to the user.
func (t *Theme) Guest(n uint8) Color {
	if int(n) < len(t.guest) && !t.guest[n].IsDefault() {
		return t.guest[n]
	}
	return Index(n)
}

// Colored reports whether the theme uses colour at all.
func (t *Theme) Colored() bool { return !t.plain }

// Named returns the built-in theme of that name.
func Named(name string) (*Theme, error) {
	for _, t := range []func() *Theme{Dark, Light, Terminal, Plain} {
		if theme := t(); theme.Name == name {
			return theme, nil
		}
	}
	return nil, fmt.Errorf("theme %q: choose auto, dark, light, terminal or plain", name)
}

// Check says what is wrong with the name of a theme, "auto" among them.
func Check(name string) error {
	if name == "auto" {
		return nil
	}
	_, err := Named(name)
	return err
}

// Auto chooses a theme for a terminal. Before the terminal has told its
// background, and where it never does, the user's own colours are the ones that
// can be read; where there are only 16 of them, they are also the right ones.
func Auto(colors Depth, known, dark bool) *Theme {
	switch {
	case colors == NoColor:
		return Plain()
	case colors == FewColors || !known:
		return Terminal()
	case dark:
		return Dark()
	default:
		return Light()
	}
}

// Depth is how many colours a terminal shows.
type Depth int

// Depths. NoColor is also what NO_COLOR asks for.
const (
	ManyColors Depth = iota // 256 or more
	FewColors               // 16
	NoColor
)
