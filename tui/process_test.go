package tui

import (
	"strings"
	"testing"
)

// The command line that is shown and copied is one that a shell reads back: whole, however
// narrow the screen, and quoted.
func TestTheCommandLineOfQEMUIsAKeyAway(t *testing.T) {
	t.Parallel()
	state := busy()
	state.Guests[0].QEMU = append(strings.Fields("qemu-system-x86_64 -M microvm -nodefaults -no-user-config -display none -kernel keel.elf"), "-append", "nbody two words")
	const whole = "qemu-system-x86_64 -M microvm -nodefaults -no-user-config -display none -kernel keel.elf -append 'nbody two words'"
	d := drive(t, state, 80, 24)
	d.press("3", "Y")
	d.shows("qemu-system-x86_64 -M microvm", "'nbody two words'")
	if d.copy != whole {
		t.Errorf("copied %q", d.copy)
	}
	d.copy = ""
	d.press("y")
	if d.copy != whole {
		t.Errorf("y in the panel copied %q", d.copy)
	}
	d.press("esc", "enter", "ctrl+]", "Y")
	d.shows("its process")
	d.press("esc", "ctrl+]", "q", "n")
	d.copy = ""
	d.press("Y")
	if d.shows("has not booted yet"); d.copy != "" {
		t.Errorf("copied %q of a guest that has not booted", d.copy)
	}
	d.press("N", "d", "G")
	d.shows("'nbody two words'")
}

func TestSettingsOfTheGuestsAreTyped(t *testing.T) {
	t.Parallel()
	state := busy()
	state.Settings = "memory=64M"
	d := drive(t, state, 80, 24)
	d.press("3", "o")
	d.shows("Settings of all guests", "memory=64M", "disks=a.img,b.img:snapshot")
	d.typed(" cpus=none")
	d.press("enter")
	d.shows("is not a whole number", "memory=64M cpus=none")
	d.press("backspace", "backspace", "backspace", "backspace")
	d.typed("2")
	d.press("enter")
	d.asked("configure memory=64M cpus=2")
	d.hides("Settings of all guests")
}
