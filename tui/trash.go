package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// trash is the dialog with the deleted runs.
type trash struct {
	desk *desk
	runs []session.DeletedRun
	list list
}

// trashed is the answer to asking for the trash.
type trashed struct {
	runs []session.DeletedRun
	err  error
}

func askTrash(d *desk) tea.Cmd {
	wb := d.wb
	return func() tea.Msg {
		runs, err := wb.Trash()
		return trashed{runs, err}
	}
}

func newTrash(d *desk, runs []session.DeletedRun) *trash {
	return &trash{desk: d, runs: runs, list: list{count: len(runs)}}
}

func (t *trash) scope() string                { return "trash" }
func (t *trash) Type(tea.KeyPressMsg) tea.Cmd { return nil }
func (t *trash) Paste(string)                 {}

func (t *trash) HandleIntent(a keys.Action) tea.Cmd {
	switch a {
	case "close":
		t.desk.close()
	case "restore":
		if t.list.selected >= len(t.runs) {
			return nil
		}
		at := t.list.selected
		t.desk.wb.RestoreRuns([]string{t.runs[at].ID})
		rest := append([]session.DeletedRun{}, t.runs[:at]...)
		t.runs = append(rest, t.runs[at+1:]...)
		t.list.setCount(len(t.runs))
	case "empty":
		if len(t.runs) == 0 {
			return nil
		}
		wb, d := t.desk.wb, t.desk
		d.ask("Empty the trash?", plural(len(t.runs), "run")+" will be gone for good: nothing brings them back.",
			answer{"y", "empty it", func() tea.Cmd { d.close(); wb.EmptyTrash(); return nil }},
			answer{"n", "keep them", nil})
	case "filter": // there is none here
	default:
		t.list.HandleIntent(a)
	}
	return nil
}

func (t *trash) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	d := t.desk
	r := area.Center(min(area.W-4, 100), min(max(len(t.runs), 1)+4, area.H-2))
	inside := d.frame(c, r, "Deleted runs")
	head, rows := inside.Top(2)
	c.At(head, 0, 0, cells.Clip("What lies here for 30 days goes for good.", head.W), d.style(themes.Muted))
	if len(t.runs) == 0 {
		c.At(rows, 0, 0, "The trash is empty.", d.style(themes.Muted))
	}
	t.list.draw(c, rows, d.theme, true, func(at cells.Rect, n int) {
		run := &t.runs[n]
		sign, word, token := outcome(run.Outcome, run.Status)
		spans := []span{
			{"  " + cells.Pad(ago(run.At, d.now()), 12), themes.Muted},
			{cells.Pad(run.Kernel+"/"+run.App+" "+run.Settings(), 24) + " ", themes.Text},
			{cells.Pad(sign+" "+word, 12) + " ", token},
			{cells.PadLeft(duration(run.Total), 10) + "  ", themes.Text},
		}
		if run.Problem != "" {
			spans = []span{spans[0], {run.Problem, themes.Warn}}
		} else {
			spans = append(spans, remarks(&run.Run)...)
		}
		drawSpans(c, at, 0, 0, d.theme, clipSpans(spans, at.W-1))
	})
	c.Restyle(cells.Rect{X: r.X, Y: r.Y, W: r.W, H: min(3, r.H)}, themes.Style{BG: d.style(themes.Panel).BG})
	return nil
}
