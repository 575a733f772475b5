package tui

import (
	"fmt"
	"strings"
	"time"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// span of time for people, to three digits.
func duration(d time.Duration) string { return benchmarks.FormatValue(d.Seconds(), "sec") }

// clock counts up while something runs: "0:07".
func clock(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// left is an estimate: "about 2 min".
func left(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Minute:
		return fmt.Sprintf("about %d s left", max(int(d.Round(time.Second)/time.Second), 1))
	case d < time.Hour:
		return fmt.Sprintf("about %d min left", int((d+30*time.Second)/time.Minute))
	}
	return fmt.Sprintf("about %.1f h left", d.Hours())
}

// ago says when something was: the time of today, else the date.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02")
}

// bytes in binary units.
func bytes(n int64) string { return benchmarks.FormatValue(float64(n), "B") }

// outcome says how a boot ended, in words, and what to think of it.
func outcome(word string, status int) (string, string, themes.Token) {
	switch {
	case word == "exit" && status == 0:
		return "✔", "exit 0", themes.Good
	case word == "exit":
		return "✘", fmt.Sprintf("exit %d", status), themes.Bad
	case word == "stopped":
		return "■", "stopped", themes.Muted
	case word == "":
		return " ", "", themes.Muted
	}
	return "✘", word, themes.Bad
}

// phase says what a guest is doing, in words.
func (d *desk) phase(g *session.Guest) (sign, text string, token themes.Token) {
	now := d.now()
	if g.Paused && g.Phase.UnderWay() && g.Phase != session.GuestBuilding {
		if g.Debugger != nil && g.Debugger.Open {
			return "‖", "stands in gdb", themes.Warn
		}
		return "‖", "paused", themes.Warn
	}
	switch g.Phase {
	case session.GuestProvisioning:
		if k := d.kernel(g.Kernel); k != nil && k.Provisioning != nil {
			return "◌", coming(k.Provisioning), themes.Accent
		}
		return "◌", "fetching", themes.Accent
	case session.GuestBuilding:
		return "◌", "building", themes.Accent
	case session.GuestBooting:
		return "◌", "booting " + clock(now.Sub(g.Started)), themes.Accent
	case session.GuestRunning:
		return "●", "running " + clock(now.Sub(g.Started)), themes.Accent
	case session.GuestFailed:
		return "✘", "failed: ! shows why", themes.Bad
	case session.GuestEnded:
		sign, text, token := outcome(g.Outcome, g.Status)
		if g.Took > 0 {
			text += " in " + duration(g.Took)
		}
		return sign, text, token
	}
	return "○", "not booted yet", themes.Muted
}

// coming says in a word or two how far a kernel's way to this machine is.
func coming(p *session.Progress) string {
	verb, _, _ := strings.Cut(p.Step, " ")
	switch {
	case p.Total > 0:
		return fmt.Sprintf("fetching %d %%", p.Done*100/p.Total)
	case verb == "build":
		return "building"
	case verb == "unpack" || verb == "take":
		return "unpacking"
	}
	return "fetching"
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// bar is a progress bar of w cells.
func bar(done, total int64, w int) (filled, rest string) {
	if total <= 0 || w <= 0 {
		return "", ""
	}
	n := int(min(max(done, 0), total) * int64(w) / total)
	return strings.Repeat("━", n), strings.Repeat("─", w-n)
}

// short is the part of a target or guest name that tells it apart: its kernel,
// where all share the app, and whether it is the last save's.
func short(id, app string) string {
	id, last := strings.CutSuffix(id, session.LastSave)
	id = strings.TrimSuffix(id, "/"+app)
	if last {
		id += session.LastSave
	}
	return id
}

// heading fits a target's short name over a column, so that last saves still look
// like it.
func heading(name string, w int) string {
	if kernel, last := strings.CutSuffix(name, session.LastSave); last {
		return cells.Clip(kernel, w-5) + " last"
	}
	return cells.Clip(name, w)
}
