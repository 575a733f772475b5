package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// conformance is one sequence, or a few, on a screen of 10x5: what the screen
// shows after it, and where the cursor is. Rows are joined by "|"; rows at the
// end that are blank are left out.
type conformance struct {
	name, in, want string
	cursor         string // "x,y", with a "+" behind it when the wrap is pending; "" is not looked at
}

const five = "11111\r\n22222\r\n33333\r\n44444\r\n55555"

var conformanceSuite = map[string][]conformance{
	"text": {
		{"plain", "ab", "ab", "2,0"},
		{"CR LF", "ab\r\ncd", "ab|cd", "2,1"},
		{"LF keeps the column", "ab\ncd", "ab|  cd", "4,1"},
		{"VT and FF are LF", "a\x0bb\x0cc", "a| b|  c", "3,2"},
		{"BS", "abc\b\bX", "aXc", "2,0"},
		{"BS stops at the margin", "a\b\b\bX", "X", "1,0"},
		{"NUL, BEL and DEL are nothing", "a\x00b\x07c\x7fd", "abcd", "4,0"},
		{"scrolls at the bottom", "1\r\n2\r\n3\r\n4\r\n5\r\n6", "2|3|4|5|6", "1,4"},
		{"controls inside a sequence act", "ab\x1b[\r1Cx", "ax", "2,0"},
		{"CAN breaks a sequence off", "a\x1b[3\x18mb", "amb", "3,0"},
		{"ESC starts a sequence anew", "a\x1b[3\x1b[Cb", "a b", "3,0"},
		{"unknown sequences are nothing", "a\x1b[5;6zb\x1b[?77hc\x1b%Gd\x1b F", "abcd", "4,0"},
		{"raw 8-bit controls are not controls", "a\x9b3mb\x90c", "a\ufffd3mb\ufffdc", ""},
		{"UTF-8 C1 controls are not controls", "a\u009b3mb", "a3mb", ""},
		{"broken UTF-8", "a\xe4\xb8b\xffc", "a\ufffd\ufffdb\ufffdc", "6,0"},
		{"overlong and surrogates", "\xc0\xafa\xed\xa0\x80b", "\ufffd\ufffda\ufffd\ufffd\ufffdb", ""},
		{"ESC inside a character", "\xe4\xb8\x1b[Cx", "\ufffd\ufffd x", ""},
	},
	"autowrap": {
		{"pending at the margin", "0123456789", "0123456789", "9,0+"},
		{"wraps with the next character", "0123456789a", "0123456789|a", "1,1"},
		{"CR takes the pending wrap back", "0123456789\rX", "X123456789", "1,0"},
		{"LF too, and keeps the column", "0123456789\nX", "0123456789|         X", "9,1+"},
		{"BS too", "0123456789\bX", "01234567X9", "9,0"},
		{"a move too", "0123456789\x1b[1;10HX", "012345678X", "9,0+"},
		{"EL spares the last column", "0123456789\x1b[K", "0123456789", "9,0+"},
		{"ED and ECH too", "\x1b[5;1H0123456789\x1b[J\x1b[3X", "||||0123456789", "9,4+"},
		{"off: the last column is overwritten", "\r\n\x1b[?7l0123456789ab", "|012345678b", ""},
		{"off, slowly", "\r\n\x1b[?7l0123456789\x1b[ma\x1b[mb", "|012345678b", ""},
		{"on again", "\r\n\x1b[?7l0123456789ab\x1b[?7hcd", "|012345678c|d", ""},
		{"scrolls when it wraps at the bottom", "\x1b[5;1H0123456789ab", "|||0123456789|ab", "2,4"},
	},
	"firmware autowrap": {
		{"off after a reset is ignored", "x\x1bc\x1b[?7l\x1b[2J0123456789ab", "0123456789|ab", ""},
		{"a reset undoes any off", "x\x1b[?7l\x1bc0123456789ab", "0123456789|ab", ""},
		{"off after text is honoured", "\x1bcx\x1b[?7l123456789ab", "x12345678b", ""},
		{"off at the very start is the program's", "\x1b[?7l0123456789ab", "012345678b", ""},
		{"off a second time is honoured", "\x1bc\x1b[?7lx\x1b[?7l123456789ab", "x12345678b", ""},
	},
	"cursor": {
		{"CUP", "\x1b[3;4Hx", "||   x", "4,2"},
		{"CUP without parameters", "abc\x1b[HX", "Xbc", "1,0"},
		{"CUP is held in the screen", "\x1b[99;99Hx", "||||         x", "9,4+"},
		{"CUP with 0", "\x1b[0;0Hx", "x", "1,0"},
		{"HVP", "\x1b[2;2fx", "| x", "2,1"},
		{"CUU", "\x1b[4;1H\x1b[2Ax", "|x", "1,1"},
		{"CUD", "\x1b[2Bx", "||x", "1,2"},
		{"CUF", "\x1b[3Cx", "   x", "4,0"},
		{"CUB", "abcd\x1b[2DX", "abXd", "3,0"},
		{"0 means 1", "ab\x1b[0DX", "aX", "2,0"},
		{"CNL", "ab\x1b[2Ex", "ab||x", "1,2"},
		{"CPL", "\r\n\r\nab\x1b[2Fx", "x||ab", "1,0"},
		{"CHA", "ab\x1b[5Gx", "ab  x", "5,0"},
		{"HPA", "ab\x1b[5`x", "ab  x", "5,0"},
		{"HPR", "ab\x1b[2ax", "ab  x", "5,0"},
		{"VPA", "ab\x1b[3dx", "ab||  x", "3,2"},
		{"VPR", "ab\x1b[2ex", "ab||  x", "3,2"},
		{"huge counts", "\x1b[99999999999999999999Cx\x1b[70000By", "         x||||         y", ""},
		{"CUU stops at the region", "\x1b[2;4r\x1b[3;1H\x1b[9Ax", "|x", "1,1"},
		{"CUD stops at the region", "\x1b[2;4r\x1b[3;1H\x1b[9Bx", "|||x", "1,3"},
		{"outside of the region it does not", "\x1b[2;3r\x1b[5;1H\x1b[1Ax\x1b[9By", "|||x| y", ""},
		{"DECSC and DECRC", "ab\x1b7\x1b[5;5H\x1b8c", "abc", "3,0"},
		{"CSI s and u", "ab\x1b[s\x1b[5;5H\x1b[uc", "abc", "3,0"},
		{"DECRC without DECSC", "ab\x1b8c", "cb", "1,0"},
		{"DECSC keeps the pending wrap", "0123456789\x1b7\x1b[H\x1b8a", "0123456789|a", ""},
	},
	"lines": {
		{"IND", "ab\x1bDc", "ab|  c", "3,1"},
		{"NEL", "ab\x1bEc", "ab|c", "1,1"},
		{"RI", "\r\nab\x1bMc", "  c|ab", "3,0"},
		{"RI scrolls at the top", "ab\x1bMc", "  c|ab", "3,0"},
		{"LNM", "\x1b[20hab\ncd\x1b[20l\ne", "ab|cd|  e", ""},
		{"IL", five + "\x1b[2;3H\x1b[2L", "11111|||22222|33333", "0,1"},
		{"IL too many", five + "\x1b[4H\x1b[99L", "11111|22222|33333", "0,3"},
		{"DL", five + "\x1b[2;3H\x1b[2M", "11111|44444|55555", "0,1"},
		{"DL too many", five + "\x1b[2H\x1b[99M", "11111", ""},
		{"IL outside of the region", five + "\x1b[2;3r\x1b[5H\x1b[L", "11111|22222|33333|44444|55555", ""},
		{"SU", five + "\x1b[2S", "33333|44444|55555", ""},
		{"SD", five + "\x1b[2T", "||11111|22222|33333", ""},
		{"SU too many", five + "\x1b[999S", "", ""},
		{"old mouse tracking is no SD", five + "\x1b[1;1;1;1;1T", "11111|22222|33333|44444|55555", ""},
	},
	"region": {
		{"scrolls inside", five + "\x1b[2;4r\x1b[4;1H\n", "11111|33333|44444||55555", "0,3"},
		{"setting it homes", "ab\x1b[2;4rx", "xb", "1,0"},
		{"RI scrolls inside", five + "\x1b[2;4r\x1b[2H\x1bM", "11111||22222|33333|55555", ""},
		{"SU inside", five + "\x1b[2;4r\x1b[S", "11111|33333|44444||55555", ""},
		{"IL inside", five + "\x1b[2;4r\x1b[3H\x1b[L", "11111|22222||33333|55555", ""},
		{"DL inside", five + "\x1b[2;4r\x1b[2H\x1b[M", "11111|33333|44444||55555", ""},
		{"below it nothing scrolls", five + "\x1b[2;3r\x1b[5H\n\nx", "11111|22222|33333|44444|x5555", ""},
		{"larger than the screen", "\x1b[1;29r\x1b[H\x1bMx", "x", "1,0"},
		{"upside down is refused", "ab\x1b[4;2rx", "abx", ""},
		{"reset", "\x1b[2;3r\x1b[r\x1b[5;1H1\r\n2", "|||1|2", ""},
		{"origin mode", "\x1b[2;4r\x1b[?6hx\x1b[9;1Hy", "|x||y", "1,3"},
		{"origin mode off homes", "\x1b[2;4r\x1b[?6h\x1b[?6lx", "x", ""},
		{"VPA in origin mode", "\x1b[2;4r\x1b[?6h\x1b[2dx", "||x", ""},
	},
	"erase": {
		{"EL 0", "abcdef\x1b[3G\x1b[K", "ab", "2,0"},
		{"EL 1", "abcdef\x1b[3G\x1b[1K", "   def", "2,0"},
		{"EL 2", "abcdef\x1b[3G\x1b[2K", "", "2,0"},
		{"ED 0", five + "\x1b[3;3H\x1b[J", "11111|22222|33", "2,2"},
		{"ED 1", five + "\x1b[3;3H\x1b[1J", "||   33|44444|55555", "2,2"},
		{"ED 2", five + "\x1b[3;3H\x1b[2J", "", "2,2"},
		{"ED 3 keeps the screen", five + "\x1b[3J", "11111|22222|33333|44444|55555", ""},
		{"DECSED and DECSEL", five + "\x1b[2;3H\x1b[?K\x1b[4H\x1b[?J", "11111|22|33333", ""},
		{"ECH", "abcdef\x1b[2G\x1b[3X", "a   ef", "1,0"},
		{"ECH too many", "abcdef\x1b[2G\x1b[999X", "a", "1,0"},
		{"ICH", "abcdef\x1b[2G\x1b[2@", "a  bcdef", "1,0"},
		{"ICH pushes out", "0123456789\x1b[2G\x1b[3@", "0   123456", ""},
		{"DCH", "abcdef\x1b[2G\x1b[2P", "adef", "1,0"},
		{"DCH too many", "abcdef\x1b[2G\x1b[99P", "a", ""},
		{"IRM", "abc\x1b[1G\x1b[4hXY\x1b[4lZ", "XYZbc", ""},
		{"DECALN", "x\x1b#8", "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE", "0,0"},
		{"REP", "ab\x1b[3bc", "abbbbc", "6,0"},
		{"REP wraps", "0123456a\x1b[4b", "0123456aaa|aa", ""},
		{"REP of nothing", "\x1b[3bx", "x", ""},
		{"REP is bounded", "a\x1b[65535b", "aaaaaaaaaa|a", ""},
	},
	"tabs": {
		{"HT", "a\tb", "a       b", "9,0"},
		{"HT stops at the margin", "a\t\t\tb", "a        b", "9,0+"},
		{"HTS", "\x1b[4G\x1bH\rx\ty", "x  y", ""},
		{"TBC", "\x1b[9G\x1b[g\rx\ty", "x        y", ""},
		{"TBC 3", "\x1b[4G\x1bH\x1b[3g\rx\ty", "x        y", ""},
		{"CHT", "\x1b[4G\x1bH\r\x1b[2Ix", "        x", ""},
		{"CBT", "\x1b[10G\x1b[Zx\x1b[2Zy", "y       x", ""},
		{"DECST8C", "\x1b[3g\x1b[?5W\tx", "        x", ""},
	},
	"alternate screen": {
		{"1049 shows a clear screen", "ab\x1b[?1049hx", "  x", ""},
		{"1049 comes back", "ab\x1b[?1049h\x1b[Hxyz\x1b[?1049lc", "abc", "3,0"},
		{"47", "ab\x1b[?47h\x1b[Hxyz\x1b[?47lc", "ab c", ""},
		{"47 keeps the other one", "\x1b[?47hxy\x1b[?47l\x1b[Ha\x1b[?47h", "xy", ""},
		{"1047 clears it", "\x1b[?1047hxy\x1b[?1047l\x1b[Ha\x1b[?1047h", "", ""},
		{"1048", "ab\x1b[?1048h\x1b[5;5H\x1b[?1048lc", "abc", ""},
		{"1049 twice", "ab\x1b[?1049h\x1b[?1049hx\x1b[?1049l\x1b[?1049lc", "abc", ""},
		{"RIS leaves it", "ab\x1b[?1049hx\x1bcy", "y", ""},
	},
	"reset": {
		{"RIS", "ab\x1b[2;3r\x1b[4h\x1b[?6h\x1bcx", "x", "1,0"},
		{"DECSTR keeps the text", "ab\x1b[4h\x1b[2;3r\x1b[!p\x1b[1GX", "Xb", "1,0"},
		{"DECSTR ends origin mode", "\x1b[2;3r\x1b[?6h\x1b[!p\x1b[Hx", "x", ""},
	},
	"charsets": {
		{"line drawing", "\x1b(0lqk\x1b(Bq", "┌─┐q", ""},
		{"SO and SI", "\x1b)0q\x0eq\x0fq", "q─q", ""},
		{"single shift", "\x1b*0q\x1bNqq", "q─q", ""},
		{"LS2", "\x1b*0\x1bnq\x0fq", "─q", ""},
		{"UK", "\x1b(A#\x1b(B#", "£#", ""},
		{"DECSC keeps them", "\x1b(0\x1b7\x1b(B\x1b8q", "─", ""},
		{"only ASCII is translated", "\x1b(0é", "é", ""},
	},
	"wide and combining": {
		{"wide", "世界x", "世界x", "5,0"},
		{"wide does not straddle the margin", "012345678世", "012345678|世", "2,1"},
		{"wide fills the margin", "01234567世x", "01234567世|x", "1,1"},
		{"first half overwritten", "世界\x1b[1Gx", "x 界", ""},
		{"second half overwritten", "世界\x1b[2Gx", " x界", ""},
		{"wide over two halves", "世界\x1b[2G字", " 字", ""},
		{"ECH of half", "世界\x1b[2G\x1b[X", "  界", ""},
		{"DCH of half", "世界x\x1b[2G\x1b[P", " 界x", ""},
		{"ICH between halves", "世界x\x1b[2G\x1b[@", "   界x", ""},
		{"EL at half", "世界x\x1b[4G\x1b[K", "世", ""},
		{"without autowrap", "x\x1b[?7l\x1b[10G世", "x       世", ""},
		{"combining", "e\u0301x", "e\u0301x", "2,0"},
		{"combining on a wide one", "世\u0301x", "世\u0301x", "3,0"},
		{"combining behind the last column", "012345678e\u0301x", "012345678e\u0301|x", ""},
		{"combining with nothing before", "\u0301x", "x", ""},
		{"combining after a move", "ab\x1b[2G\u0301", "a\u0301b", ""},
		{"joiners are left out", "a\u200db", "ab", "2,0"},
		{"direction overrides are left out", "a\u202eb", "ab", "2,0"},
		{"emoji presentation keeps the width", "\u2764\ufe0fx", "\u2764x", "2,0"},
		{"soft hyphens and separators", "a\u00adb\u2028c\u2029d", "a-b\ufffdc\ufffdd", "7,0"},
		{"regional indicators show as letters", "\U0001f1e9\U0001f1eax", "DEx", "3,0"},
	},
	"strings": {
		{"OSC", "a\x1b]0;title\x07b\x1b]2;t\x1b\\c", "abc", ""},
		{"OSC with UTF-8 that holds 0x9c", "a\x1b]0;\u2713 \u071c\x07b", "ab", ""},
		{"OSC 52", "a\x1b]52;c;aGVsbG8=\x07b", "ab", ""},
		{"OSC cut off by a newline", "a\x1b]0;ti\r\nb", "a|b", ""},
		{"OSC cancelled", "a\x1b]0;ti\x18b", "ab", ""},
		{"DCS", "a\x1bP1$r0m\x1b\\b\x1bPq#0;2;0\x1b\\c", "abc", ""},
		{"DCS of nothing", "a\x1bP\x1b\\b", "ab", ""},
		{"APC, PM and SOS", "a\x1b_Gf=1;\u4e16\x1b\\b\x1b^x\x1b\\c\x1bXx\x1b\\d", "abcd", ""},
		{"BEL does not end a DCS", "a\x1bPq\x07x\x1b\\b", "ab", ""},
	},
}

// screenText is the rows of a snapshot in the suite's notation.
func screenText(s *Snapshot) string {
	return strings.TrimRight(strings.Join(s.Text(), "|"), "|")
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for group, cases := range conformanceSuite {
		for _, c := range cases {
			t.Run(group+"/"+c.name, func(t *testing.T) {
				whole := New(Options{Cols: 10, Rows: 5})
				_, _ = whole.Write([]byte(c.in))
				c.check(t, whole, "in one write")

				bytewise := New(Options{Cols: 10, Rows: 5})
				for i := range len(c.in) {
					_, _ = bytewise.Write([]byte(c.in[i : i+1]))
				}
				c.check(t, bytewise, "byte by byte")
			})
		}
	}
}

func (c conformance) check(t *testing.T, term *Terminal, how string) {
	t.Helper()
	s := term.Snapshot()
	if got := screenText(s); got != c.want {
		t.Errorf("%s: %q shows %q, want %q", how, c.in, got, c.want)
	}
	cursor := fmt.Sprintf("%d,%d", s.Cursor.X, s.Cursor.Y)
	if term.pendingWrap {
		cursor += "+"
	}
	if c.cursor != "" && cursor != c.cursor {
		t.Errorf("%s: %q leaves the cursor at %s, want %s", how, c.in, cursor, c.cursor)
	}
	checkInvariants(t, term)
}

// checkInvariants is what holds of a terminal whatever a guest printed.
func checkInvariants(t testing.TB, term *Terminal) {
	t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	if term.x < 0 || term.x >= term.cols || term.y < 0 || term.y >= term.rows {
		t.Fatalf("cursor %d,%d is off the screen of %dx%d", term.x, term.y, term.cols, term.rows)
	}
	if term.top < 0 || term.bottom > term.rows || term.top >= term.bottom {
		t.Fatalf("scroll region %d to %d of %d rows", term.top, term.bottom, term.rows)
	}
	term.eachRow(func(r *row) {
		if len(r.cells) != term.cols || r.used > term.cols {
			t.Fatalf("row of %d cells, %d used, on a screen of %d", len(r.cells), r.used, term.cols)
		}
		if slices.ContainsFunc(r.cells[r.used:], func(c cell) bool { return c != 0 }) {
			t.Fatal("a cell that is not used holds something")
		}
		for x, c := range r.cells {
			wide := x+1 < len(r.cells) && r.cells[x+1].kind() == kindTail
			if (c.kind() == kindWide) != wide {
				t.Fatalf("half a wide character at column %d", x)
			}
		}
	})
	if h := term.history; h.lines > max(0, h.maxLines) || h.bytes > h.maxBytes+len(h.text)+2*h.blockSize+1<<16 {
		t.Fatalf("scrollback of %d lines, %d bytes", h.lines, h.bytes)
	}
}
