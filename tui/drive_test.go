package tui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// driver acts as a person at the workbench: it presses keys and reads the
// screen. Commands run at once and to their end, so nothing has to be waited for.
type driver struct {
	t    testing.TB
	m    *model
	wb   *fake
	now  time.Time
	quit bool
	copy string
}

func drive(t testing.TB, state *session.State, w, h int) *driver {
	t.Helper()
	table, err := keys.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, wb: newFake(state), now: noon}
	d.m = newModel(d.wb, table, themes.Dark(), func() time.Time { return d.now })
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	d.send(framed{})
	d.settle()
	return d
}

// settle passes on the state if it has changed, as the session's wake-up does.
func (d *driver) settle() {
	for range 10 {
		select {
		case <-d.wb.changes:
			d.send(changed{})
		default:
			return
		}
	}
}

func (d *driver) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

// run carries a command out, and those that follow from it. Those that wait for
// the session or for a clock are left alone: tests send these messages themselves.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil || waits(cmd) {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		v := reflect.ValueOf(msg)
		switch {
		case v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]():
			for i := range v.Len() {
				d.run(v.Index(i).Interface().(tea.Cmd))
			}
		case strings.HasPrefix(v.Type().String(), "tea.") && v.Kind() == reflect.String:
			d.copy = v.String()
		case strings.HasPrefix(v.Type().String(), "tea."):
		default:
			d.send(msg)
		}
	}
}

// waits reports whether a command waits for something outside of the program.
func waits(cmd tea.Cmd) bool {
	name := funcName(cmd)
	return strings.Contains(name, ".wait.") || strings.Contains(name, "tea.Tick") || strings.Contains(name, "/v2.Tick")
}

// press presses keys, as Bubble Tea names them.
func (d *driver) press(names ...string) {
	d.t.Helper()
	for _, name := range names {
		d.send(key(name))
		d.settle()
	}
}

// typed types a text letter by letter.
func (d *driver) typed(text string) {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	d.settle()
}

// screen is what is seen, without colours.
func (d *driver) screen() string {
	c := cells.New(d.m.w, d.m.h, themes.Style{})
	c.ASCII = d.m.ascii
	d.m.drawOn(c)
	return c.Plain()
}

func (d *driver) shows(texts ...string) {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

func (d *driver) hides(text string) {
	d.t.Helper()
	if screen := d.screen(); strings.Contains(screen, text) {
		d.t.Fatalf("the screen shows %q:\n%s", text, screen)
	}
}

// asked reports what the workbench was asked for last.
func (d *driver) asked(want string) {
	d.t.Helper()
	d.wb.mu.Lock()
	defer d.wb.mu.Unlock()
	for _, c := range d.wb.calls {
		if c == want {
			return
		}
	}
	d.t.Fatalf("nobody asked for %q, only for %q", want, d.wb.calls)
}

var specials = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"space": tea.KeySpace, "f1": tea.KeyF1, "f3": tea.KeyF3, "f8": tea.KeyF8, "f12": tea.KeyF12, "insert": tea.KeyInsert,
}

// key makes the message that Bubble Tea sends for a key.
func key(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	for {
		mod, rest, ok := strings.Cut(name, "+")
		if !ok || rest == "" {
			break
		}
		switch mod {
		case "ctrl":
			k.Mod |= tea.ModCtrl
		case "alt":
			k.Mod |= tea.ModAlt
		case "shift":
			k.Mod |= tea.ModShift
		}
		name = rest
	}
	if code, ok := specials[name]; ok {
		k.Code = code
		if code == tea.KeySpace {
			k.Text = " "
		}
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod&^tea.ModShift == 0 {
		k.Text = name
	}
	return k
}
