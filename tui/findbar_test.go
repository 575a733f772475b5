package tui

import (
	"strings"
	"testing"

	"slipway/session"
)

// The text goes along with every letter; where there is none the bar says so.
func TestFindBar(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("2", "right", "right", "ctrl+f")
	d.typed("advance(")
	d.shows("find advance(", " 6:13 ")
	d.hides("not found")
	d.typed("nowhere")
	d.shows("not found")
	d.press("enter")
	d.shows("find advance(nowhere") // still open: there is something to mend
	d.press("ctrl+u", "esc")
	d.shows(" 1:1 ") // where the search began
}

// What the screen itself tells is not told by a toast over it.
func TestToastsDoNotCoverWhatTheyTell(t *testing.T) {
	t.Parallel()
	s := busy()
	s.Guests[0].Phase = session.GuestFailed
	s.Guests[0].Problem = &session.Problem{What: "keel does not build", Kernel: "keel"}
	d := drive(t, s, 80, 24)
	tell := func(id uint64, text, kernel string) {
		d.wb.change(func(s *session.State) {
			s.Notices = append(s.Notices, session.Notice{ID: id, Level: session.Bad, Text: text, Kernel: kernel})
		})
		d.send(changed{})
	}
	d.press("3")
	tell(1001, "a toast of keel", "keel")
	d.hides("a toast of keel")
	tell(1002, "a toast of the history", "")
	d.shows("a toast of the history")
	d.press("2", "right", "right", "ctrl+end") // typing in the lower half
	tell(1004, "a toast above", "")
	lines := strings.Split(d.screen(), "\n")
	if !strings.Contains(strings.Join(lines[:6], "\n"), "a toast above") {
		t.Errorf("the toast is not above:\n%s", d.screen())
	}
	d.press("esc", "4")
	tell(1005, "another toast of keel", "keel")
	d.shows("another toast of keel")
}
