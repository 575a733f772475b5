package console

import (
	"strings"
	"unicode/utf8"
)

const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// EncodePaste is the bytes that pasting text sends. Line ends become carriage
// returns, as typed. The end mark of a bracketed paste is taken out of the text
// wherever it is, also where taking one out makes another, and so are other
// control characters: text copied from somewhere must not press keys.
func EncodePaste(text string, m Modes) []byte {
	text = strings.NewReplacer("\r\n", "\r", "\n", "\r").Replace(text)
	out := make([]byte, 0, len(text)+len(pasteStart)+len(pasteEnd))
	for _, r := range text {
		out = utf8.AppendRune(out, r)
		if r == '~' && strings.HasSuffix(string(out[max(0, len(out)-len(pasteEnd)):]), pasteEnd) {
			out = out[:len(out)-len(pasteEnd)]
		}
	}
	text = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\r' || r >= 0x20 && r != 0x7f && (r < 0x80 || r >= 0xa0) {
			return r
		}
		return -1
	}, string(out))
	if m.BracketedPaste {
		text = pasteStart + text + pasteEnd
	}
	return []byte(text)
}
