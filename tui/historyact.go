package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/tui/keys"
)

// act does something with the selected run, or with the marked ones.
func (h *history) act(a keys.Action, r *session.Run) tea.Cmd {
	wb, id := h.wb, r.ID
	switch a {
	case "open":
		return func() tea.Msg {
			text, err := wb.RunText(id)
			return runText{"Run " + id, text, err}
		}
	case "compare":
		if r.Experiment == "" {
			h.say("this boot belongs to no experiment: timed ones do")
			return nil
		}
		wb.OpenExperiment(r.Experiment)
		return func() tea.Msg { return goTo(tabCompare) }
	case "experiment":
		return h.onlyExperiment(r)
	case "diff":
		return h.diff(id)
	case "mark":
		if h.marked[id] {
			delete(h.marked, id)
		} else {
			h.marked[id] = true
		}
		h.list.move(h.list.selected + 1)
		h.remember()
	case "rerun":
		wb.Rerun(id)
	case "note":
		h.askNote()
	case "tags":
		h.askTags()
	case "pin":
		runs := h.chosen()
		on := slices.ContainsFunc(runs, func(r *session.Run) bool { return !r.Pinned })
		wb.PinRuns(idsOf(runs), on)
	case "delete":
		wb.DeleteRuns(idsOf(h.chosen()))
		clear(h.marked)
	}
	return nil
}

func idsOf(runs []*session.Run) []string {
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	return ids
}

// runsNamed is "run 6b1w1hvyhxr7" or "3 runs".
func runsNamed(runs []*session.Run) string {
	if len(runs) == 1 {
		return "run " + runs[0].ID
	}
	return plural(len(runs), "run")
}

func (h *history) askNote() {
	runs := h.chosen()
	ids, note := idsOf(runs), runs[0].Note
	for _, r := range runs {
		if r.Note != note {
			note = ""
		}
	}
	h.open(&prompt{
		desk: h.desk, title: "Note on " + runsNamed(runs), about: "An empty line takes the note away.", line: newLine(note),
		done: func(text string) tea.Cmd { h.wb.NoteRuns(ids, text); return nil },
	})
}

// askTags edits the tags that all chosen runs have. What is taken out of the line is
// taken away, what is added is added: another Slipway may have changed them meanwhile.
func (h *history) askTags() {
	runs := h.chosen()
	ids, common := idsOf(runs), slices.Clone(runs[0].Tags)
	for _, r := range runs {
		common = slices.DeleteFunc(common, func(t string) bool { return !slices.Contains(r.Tags, t) })
	}
	about := "Words with blanks between."
	if len(runs) > 1 {
		about = "Words with blanks between; -word takes one away from those that have it."
	}
	h.askLine("Tags of "+runsNamed(runs), about, strings.Join(common, " "), func(text string) error {
		now, remove, err := session.ParseTags(text)
		if err != nil {
			return err
		}
		var add []string
		for _, t := range now {
			if !slices.Contains(common, t) {
				add = append(add, t)
			}
		}
		for _, t := range common {
			if !slices.Contains(now, t) && !slices.Contains(remove, t) {
				remove = append(remove, t)
			}
		}
		if len(add)+len(remove) > 0 {
			h.wb.TagRuns(ids, add, remove)
		}
		return nil
	})
}

// askLine asks for a line until it is right; what is wrong is said in a toast, and
// nothing that was typed is lost.
func (h *history) askLine(title, about, text string, accept func(string) error) {
	h.open(&prompt{
		desk: h.desk, title: title, about: about, line: newLine(text),
		done: func(text string) tea.Cmd {
			if err := accept(text); err != nil {
				h.toast(session.Bad, err.Error())
				h.askLine(title, about, text, accept)
			}
			return nil
		},
	})
}

// onlyExperiment filters by the run's experiment, or takes that filter away.
func (h *history) onlyExperiment(r *session.Run) tea.Cmd {
	if r.Experiment == "" {
		h.say("this boot belongs to no experiment: timed ones do")
		return nil
	}
	h.id = r.ID
	if words := "experiment=" + r.Experiment; h.words == words {
		h.list.filter = line{}
	} else {
		h.list.filter = newLine(words)
	}
	return h.Refresh()
}

// diff sets two runs against each other: the two that are marked, else the one that was
// remembered and this one, the older first.
func (h *history) diff(id string) tea.Cmd {
	first := h.first
	if marked := h.chosen(); first == "" && len(h.marked) > 0 {
		if len(marked) != 2 {
			h.say(fmt.Sprintf("two marked runs can be set against each other, not %d", len(marked)))
			return nil
		}
		first, id = marked[0].ID, marked[1].ID
	}
	switch first {
	case "":
		h.first = id
		h.say("run " + id + " is remembered: m on another run shows what was changed")
		return nil
	case id:
		h.first = ""
		h.say("run " + id + " is no longer remembered")
		return nil
	}
	h.first = ""
	a, b := first, id
	at := func(id string) *session.Run {
		i := slices.IndexFunc(h.state.Runs, func(r session.Run) bool { return r.ID == id })
		if i < 0 {
			return &session.Run{} // gone meanwhile: asking for it says so
		}
		return &h.state.Runs[i]
	}
	if at(b).Started.Before(at(a).Started) {
		a, b = b, a
	}
	return askDiff(h.desk, a, b)
}
