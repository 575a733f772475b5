package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/runner"
	"slipway/runner/qemu"
	"slipway/session"
	"slipway/themes"
)

type doctorJSON struct {
	Schema      int          `json:"schema"`
	Accelerator string       `json:"accel"`
	Reason      *string      `json:"reason"`
	Evidence    []string     `json:"evidence"`
	Fixes       []string     `json:"fixes"`
	QEMU        *string      `json:"qemu"`
	Virtiofsd   *string      `json:"virtiofsd"`
	Shares      *string      `json:"shares_problem"`
	Host        hostJSON     `json:"host"`
	Kernels     []kernelJSON `json:"kernels"`
	History     *string      `json:"history_problem"`
	Manifests   []string     `json:"manifest_problems"`
	Settings    *string      `json:"settings_problem"`
	Markers     []markerJSON `json:"markers"`         // what markers cost here, measured anew
	NoMarkers   *string      `json:"markers_problem"` // why that is not known
}

// markerJSON is what a kind of marker costs, in seconds.
type markerJSON struct {
	Kind  string  `json:"kind"`
	Late  float64 `json:"late"`
	Held  float64 `json:"held"`
	Times int     `json:"times"`
}

type hostJSON struct {
	Name     string  `json:"name"`
	CPU      string  `json:"cpu"`
	Cores    int     `json:"cores"`
	Kernel   string  `json:"kernel"`
	Governor *string `json:"governor"`
	Load     float64 `json:"load"`
}

func newDoctor(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "doctor",
		Short:   "Say what works on this machine, what does not, and what would mend it",
		Example: "  slipway doctor\n  slipway doctor --json | jq -r .accel",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				report := g.examine(cmd, s)
				if g.json {
					return printJSON(cmd.OutOrStdout(), report)
				}
				return report.print(cmd.OutOrStdout(), s)
			})
		},
	}
}

// examine looks at all that a boot and an experiment need.
func (g *globals) examine(cmd *cobra.Command, s *session.Session) doctorJSON {
	h := runner.ReadHost()
	d := doctorJSON{
		Schema: 1, Evidence: []string{}, Fixes: []string{}, Manifests: []string{}, Markers: []markerJSON{}, Kernels: []kernelJSON{},
		Host: hostJSON{Name: h.Name, CPU: h.CPU, Cores: h.Cores, Kernel: h.Kernel, Load: h.Load},
	}
	if h.Governor != "" {
		d.Host.Governor = &h.Governor
	}
	accelerator, err := s.Runner().Accelerator(cmd.Context(), "x86_64", "auto")
	if err != nil {
		reason := err.Error()
		d.Reason = &reason
	} else {
		d.Accelerator = string(accelerator.Name)
		d.Evidence = append(d.Evidence, accelerator.Evidence...)
		d.Fixes = append(d.Fixes, accelerator.Fixes...)
		if accelerator.Reason != "" {
			d.Reason = &accelerator.Reason
		}
		if accelerator.QEMU != "" {
			d.QEMU = &accelerator.QEMU
		}
	}
	if program, err := s.Runner().SharesFolders(cmd.Context()); err != nil {
		problem := err.Error()
		d.Shares = &problem
	} else {
		d.Virtiofsd = &program
	}
	if err == nil {
		d.measureMarkers(cmd, s, accelerator.Name)
	}
	for _, k := range s.State().Kernels {
		d.Kernels = append(d.Kernels, kernelForJSON(k))
	}
	if problem := historyProblem(s); problem != "" {
		d.History = &problem
	}
	for _, err := range s.CatalogProblems() {
		d.Manifests = append(d.Manifests, err.Error())
	}
	if _, err := session.ReadSettings(s.Folders(), themes.Check); err != nil {
		problem := err.Error()
		d.Settings = &problem
	}
	return d
}

// measureMarkers measures what markers cost, unless somebody times boots meanwhile.
func (d *doctorJSON) measureMarkers(cmd *cobra.Command, s *session.Session, accel qemu.Accel) {
	not := func(why string) { d.NoMarkers = &why }
	release, busy, err := benchmarks.TakeHost(cmd.Context(), s.Folders().TimingLock(), "doctor")
	switch {
	case err != nil:
		not(err.Error())
		return
	case busy != "":
		not("not measured: " + busy)
		return
	}
	defer release()
	costs, err := s.Runner().MeasureMarkers(cmd.Context(), "x86_64", accel)
	if err != nil {
		not(err.Error())
		return
	}
	for _, c := range costs {
		d.Markers = append(d.Markers, markerJSON{c.Kind, c.Late.Seconds(), c.Held.Seconds(), c.Times})
	}
}

// historyProblem says why runs can't be recorded, or which of them can't be read.
func historyProblem(s *session.Session) string {
	history, err := s.Store()
	if err == nil {
		err = history.ReadOnly()
	}
	if err == nil {
		err = history.Room()
	}
	if err != nil {
		return err.Error()
	}
	unreadable, err := history.Unreadable()
	switch {
	case err != nil:
		return err.Error()
	case len(unreadable) == 0:
		return ""
	}
	return fmt.Sprintf("%d of the stored runs can't be read, so that no list has them: put run.json back or remove the folder: %v",
		len(unreadable), unreadable[0])
}

func (d doctorJSON) print(w io.Writer, s *session.Session) error {
	rows := [][]string{
		{"host", fmt.Sprintf("%s, %s, %d cores, Linux %s, load %.2f", d.Host.Name, d.Host.CPU, d.Host.Cores, d.Host.Kernel, d.Host.Load)},
	}
	add := func(name, text string) { rows = append(rows, []string{name, text}) }
	if d.QEMU != nil {
		add("QEMU", *d.QEMU)
	}
	switch {
	case d.Accelerator == "":
		add("accelerator", "none: "+*d.Reason)
	case d.Reason != nil:
		add("accelerator", d.Accelerator+": "+*d.Reason)
	default:
		add("accelerator", d.Accelerator+": proved by a guest that ran on it")
	}
	for _, evidence := range d.Evidence {
		add("  seen", evidence)
	}
	for _, fix := range d.Fixes {
		add("  to mend it", fix)
	}
	if d.Accelerator == "tcg" {
		add("", "TCG translates instructions: its times compare kernels with each other, not with hardware.")
	}
	if d.Shares != nil {
		add("shares", "none by virtiofs: "+*d.Shares)
	} else {
		add("shares", *d.Virtiofsd+" serves folders, shut in with each: one that is read-only cannot be written to")
	}
	for _, m := range d.Markers {
		text := "seen " + benchmarks.FormatValue(m.Late, "sec") + " late"
		if m.Held > 0 {
			text += ", holds the guest up for " + benchmarks.FormatValue(m.Held, "sec")
		}
		add("marker: "+m.Kind, text)
	}
	if d.NoMarkers != nil {
		add("markers", *d.NoMarkers)
	}
	for _, k := range s.State().Kernels {
		add("kernel "+k.Name, readiness(k))
		for _, m := range k.Missing {
			add("  to mend it", m.Fix)
		}
	}
	if d.History != nil {
		add("history", *d.History)
	} else {
		add("history", s.Folders().Data+": can be written")
	}
	for _, problem := range d.Manifests {
		add("manifest", problem)
	}
	if d.Settings != nil {
		add("settings", *d.Settings)
	}
	return printTable(w, rows)
}
