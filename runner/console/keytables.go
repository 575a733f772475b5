package console

// cursorKeys end in a letter that follows CSI, or SS3 in application cursor mode.
var cursorKeys = map[rune]byte{
	KeyUp: 'A', KeyDown: 'B', KeyRight: 'C', KeyLeft: 'D', KeyBegin: 'E', KeyEnd: 'F', KeyHome: 'H',
}

// pfKeys are the four keys of the VT100, which follow SS3 in every mode.
var pfKeys = map[rune]byte{KeyF1: 'P', KeyF2: 'Q', KeyF3: 'R', KeyF4: 'S'}

// tildeKeys are the keys of the VT220: CSI number ~.
var tildeKeys = map[rune]int{
	KeyInsert: 2, KeyDelete: 3, KeyPageUp: 5, KeyPageDown: 6,
	KeyF5: 15, KeyF6: 17, KeyF7: 18, KeyF8: 19, KeyF9: 20, KeyF10: 21, KeyF11: 23, KeyF12: 24,
	KeyF13: 25, KeyF14: 26, KeyF15: 28, KeyF16: 29, KeyF17: 31, KeyF18: 32, KeyF19: 33, KeyF20: 34,
}

// padKey is a key of the keypad: what it types, and the byte behind SS3 that it
// sends in application keypad mode.
type padKey struct{ plain, app byte }

var padKeys = map[rune]padKey{
	KeyKP0: {'0', 'p'}, KeyKP1: {'1', 'q'}, KeyKP2: {'2', 'r'}, KeyKP3: {'3', 's'}, KeyKP4: {'4', 't'},
	KeyKP5: {'5', 'u'}, KeyKP6: {'6', 'v'}, KeyKP7: {'7', 'w'}, KeyKP8: {'8', 'x'}, KeyKP9: {'9', 'y'},
	KeyKPDecimal: {'.', 'n'}, KeyKPDivide: {'/', 'o'}, KeyKPMultiply: {'*', 'j'}, KeyKPMinus: {'-', 'm'},
	KeyKPPlus: {'+', 'k'}, KeyKPEnter: {'\r', 'M'}, KeyKPEqual: {'=', 'X'}, KeyKPSeparator: {',', 'l'},
}
