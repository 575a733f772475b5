package themes

// palette is the few colours that a painted theme is mixed from.
type palette struct {
	name                                     string
	surface, bar, panel, selection, dimmed   Color
	text, muted, accent, good, bad, warn     Color
	border, focus, match, matchText, tabText Color
	series                                   [8]Color
	guest                                    [16]Color
}

func (p palette) theme() *Theme {
	on := func(fg, bg Color) Style { return Style{FG: fg, BG: bg} }
	t := &Theme{Name: p.name, series: p.series, guest: p.guest}
	t.styles = [lastToken + 1]Style{
		Text:      on(p.text, p.surface),
		Muted:     on(p.muted, p.surface),
		Accent:    on(p.accent, p.surface),
		Good:      on(p.good, p.surface),
		Bad:       on(p.bad, p.surface),
		Warn:      on(p.warn, p.surface),
		Border:    on(p.border, p.surface),
		Focus:     on(p.focus, p.surface),
		Title:     on(p.text, p.surface).With(Bold),
		Key:       on(p.accent, p.surface),
		Selection: on(p.text, p.selection),
		Dimmed:    on(p.text, p.dimmed),
		Bar:       on(p.text, p.bar),
		BarMuted:  on(p.muted, p.bar),
		BarKey:    on(p.accent, p.bar),
		TabActive: on(p.tabText, p.accent).With(Bold),
		Panel:     on(p.text, p.panel),
		Match:     on(p.matchText, p.match),
		Gutter:    on(p.muted, p.surface),
	}
	return t
}

func rgb(n uint32) Color { return kindRGB | Color(n) }

// Dark is painted for dark rooms. Its colours are among the 256 that every
// terminal and multiplexer shows alike.
func Dark() *Theme {
	return palette{
		name:    "dark",
		surface: rgb(0x1c1c1c), bar: rgb(0x303030), panel: rgb(0x262626), selection: rgb(0x3a3a3a), dimmed: rgb(0x262626),
		text: rgb(0xdadada), muted: rgb(0xa8a8a8), accent: rgb(0x87afd7), good: rgb(0x87d787), bad: rgb(0xff8787), warn: rgb(0xd7af5f),
		border: rgb(0x4e4e4e), focus: rgb(0x87afd7), match: rgb(0xd7af5f), matchText: rgb(0x1c1c1c), tabText: rgb(0x1c1c1c),
		series: [8]Color{
			rgb(0x87afd7), rgb(0xffaf5f), rgb(0x87d7af), rgb(0xd7afff), rgb(0xd7d787), rgb(0xff87af), rgb(0xafd75f), rgb(0xbcbcbc),
		},
		guest: [16]Color{
			rgb(0x2a2e37), rgb(0xe0776f), rgb(0x8ccf94), rgb(0xe5c07b), rgb(0x6fa3dc), rgb(0xc594dd), rgb(0x72c5bd), rgb(0xc9cdd6),
			rgb(0x7d8492), rgb(0xf1948c), rgb(0xa8e0af), rgb(0xf2d79b), rgb(0x93c1ef), rgb(0xd9b3ec), rgb(0x93ddd5), rgb(0xf2f4f8),
		},
	}.theme()
}

// Light is painted for bright rooms.
func Light() *Theme {
	return palette{
		name:    "light",
		surface: rgb(0xfbfaf8), bar: rgb(0xe8e6e3), panel: rgb(0xf0eeeb), selection: rgb(0xd5e4f5), dimmed: rgb(0xeeecea),
		text: rgb(0x23272e), muted: rgb(0x59606b), accent: rgb(0x1b5596), good: rgb(0x1c6329), bad: rgb(0xa32018), warn: rgb(0x7a4d00),
		border: rgb(0xbcbab6), focus: rgb(0x1b5596), match: rgb(0xf2d479), matchText: rgb(0x23272e), tabText: rgb(0xffffff),
		series: [8]Color{
			rgb(0x1b5596), rgb(0x96500a), rgb(0x0f6656), rgb(0x7a3a9a), rgb(0x6b5a00), rgb(0xa32a56), rgb(0x3f6a14), rgb(0x4d535c),
		},
		guest: [16]Color{
			rgb(0x23272e), rgb(0xa32018), rgb(0x1c6329), rgb(0x7a4d00), rgb(0x1b5596), rgb(0x7a3a9a), rgb(0x0f6656), rgb(0x6b707a),
			rgb(0x59606b), rgb(0xc0392b), rgb(0x2c7a3a), rgb(0x8f6200), rgb(0x2b6cb5), rgb(0x9250b5), rgb(0x1d7d6c), rgb(0x3a404a),
		},
	}.theme()
}

// Terminal is transparent and uses the 16 colours that the user has chosen.
// Muted text is faint rather than bright black, which some palettes hide; blue and
// red are the bright ones, since the dark ones vanish on the black of many.
func Terminal() *Theme {
	fg := func(n uint8) Style { return Style{FG: Index(n)} }
	t := &Theme{Name: "terminal", series: [8]Color{Index(6), Index(3), Index(5), Index(2), Index(12), Index(9), Index(14), Default}}
	t.styles = [lastToken + 1]Style{
		Muted:     Style{}.With(Faint),
		Accent:    fg(6),
		Good:      fg(2),
		Bad:       fg(9),
		Warn:      fg(3),
		Border:    Style{}.With(Faint),
		Focus:     fg(6),
		Title:     Style{}.With(Bold),
		Key:       fg(6),
		Selection: Style{}.With(Reverse),
		Dimmed:    Style{}.With(Underline),
		BarMuted:  Style{}.With(Faint),
		BarKey:    fg(6),
		TabActive: Style{}.With(Reverse | Bold),
		Match:     Style{}.With(Reverse),
		Gutter:    Style{}.With(Faint),
	}
	return t
}

// Plain has no colour at all, only bold, faint, underlined and reversed.
func Plain() *Theme {
	t := &Theme{Name: "plain", plain: true}
	t.styles = [lastToken + 1]Style{
		Muted:     Style{}.With(Faint),
		Accent:    Style{}.With(Bold),
		Bad:       Style{}.With(Bold),
		Warn:      Style{}.With(Bold),
		Border:    Style{}.With(Faint),
		Focus:     Style{}.With(Bold),
		Title:     Style{}.With(Bold),
		Key:       Style{}.With(Bold),
		Selection: Style{}.With(Reverse),
		Dimmed:    Style{}.With(Underline),
		BarMuted:  Style{}.With(Faint),
		BarKey:    Style{}.With(Bold),
		TabActive: Style{}.With(Reverse | Bold),
		Match:     Style{}.With(Reverse),
		Gutter:    Style{}.With(Faint),
	}
	return t
}
