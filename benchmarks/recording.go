package benchmarks

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
)

// RecordOptions say what a boot is recorded as.
type RecordOptions struct {
	Interactive bool              // for whoever looks at it; else it is a timed boot
	Environment store.Environment // what surrounds the boot, see ReadEnvironment; zero: Surround comes later
	Experiment  string            // ID, "" outside an experiment
	Arm         string            // name within the experiment; "" is the target's own
	Round       int               // from 1
	Warmup      bool
	Save        string // which version of the sources
}

// Recording writes the record of one boot while it happens. Make one with
// Record, give its Log to the boot, then call either Finish or Abandon.
type Recording struct {
	pending *store.Pending // nil where there is no history to write to
	log     *os.File       // where the console goes; the history's or a nameless file
	run     store.Run
	plan    *runner.Plan
	err     error // why nothing is recorded
}

// Record begins the record of a planned boot, and has a second serial port of the
// plan's written into it. It always returns a usable
// Recording: where the history cannot be written to, the boot goes on without
// one and Finish says why.
func Record(history *store.Store, plan *runner.Plan, o RecordOptions) *Recording {
	r := &Recording{plan: plan, run: describe(plan, o)}
	if history == nil {
		r.err = errors.New("there is no history to record it in")
	} else if r.pending, r.err = history.Begin(); r.err == nil {
		r.log = r.pending.Log()
		if plan.VM.Devices.Serial2 {
			plan.VM.Serial2File = r.pending.Serial2()
		}
		return r
	}
	log, err := os.CreateTemp("", "slipway-console-")
	if err != nil {
		r.err = errors.Join(r.err, err)
		return r
	}
	// The file has no name from here on: nothing is left behind, however this ends.
	r.err = errors.Join(r.err, os.Remove(log.Name()))
	r.log = log
	return r
}

// describe fills in what is known about a boot before it starts.
func describe(plan *runner.Plan, o RecordOptions) store.Run {
	image := plan.Image
	target := image.Target
	run := store.Run{
		Target: store.Target{
			ID: o.Arm, Kernel: target.Kernel, App: target.App, Settings: Chosen(target.Settings, image.App),
		},
		Experiment: o.Experiment, Round: o.Round, Warmup: o.Warmup, Kind: store.Timed, Save: o.Save,
		Image:       store.Image{Hash: image.Hash, Size: image.Size, AppHash: image.AppHash},
		Manifests:   store.Manifests{Kernel: image.Kernel.Hash, App: image.App.Hash},
		Environment: surrounded(o.Environment, plan),
	}
	for _, a := range plan.Attached {
		run.Attached = append(run.Attached, store.Attached(a))
	}
	if run.Target.ID == "" {
		run.Target.ID = target.String()
	}
	if o.Interactive {
		run.Kind = store.Interactive
	}
	return run
}

// Chosen are the settings that differ from the manifests: a parameter that was given
// the value it has anyway is none.
func Chosen(s runner.Settings, app *catalog.App) map[string]string {
	m := s.Map()
	for _, p := range app.Params {
		if m[p.Name] == p.Value {
			delete(m, p.Name)
		}
	}
	return m
}

// surrounded adds what the plan decides to what surrounds its boot.
func surrounded(e store.Environment, plan *runner.Plan) store.Environment {
	e.Arch = plan.Image.Kernel.Arch
	e.Accel, e.AccelReason = string(plan.Accelerator.Name), plan.Accelerator.Reason
	e.Pinned = runner.FormatCPUList(plan.CPUs)
	e.Virtual = plan.Image.Target.Settings.Virtual
	if plan.Host == nil {
		e.QEMU, e.Machine, e.Memory, e.CPUs = plan.Accelerator.QEMU, plan.VM.Machine, plan.VM.Memory, plan.VM.CPUs
	}
	return e
}

// Surround says what surrounds the boot where that was not known yet when it
// began: git may take longer to answer than a boot to end. Call it before Finish.
func (r *Recording) Surround(e store.Environment) { r.run.Environment = surrounded(e, r.plan) }

// Log is where the boot's raw console goes; never nil.
func (r *Recording) Log() io.Writer {
	if r.log == nil {
		return io.Discard
	}
	return r.log
}

// Finish stores the run of a boot that has ended, with the metrics that the guest
// printed. The run is complete even where err says that it could not be stored.
func (r *Recording) Finish(result boot.Result) (store.Run, error) {
	run := &r.run
	run.Args, run.Started, run.Origin = result.Args, result.Started, string(result.Origin)
	run.Outcome, run.Reason = string(result.Outcome), result.Reason
	if result.Status >= 0 {
		run.Exit = &result.Status
	}
	for _, p := range result.Phases {
		run.Phases = append(run.Phases, StoredPhase(r.plan, p))
	}
	run.Notes = append(run.Notes, result.Doubts...)
	if result.Outcome != boot.Exit {
		run.LastLines, run.Registers = result.LastLines, result.Registers
	}
	run.Total, run.Overhead = result.Total.Seconds(), result.Overhead.Seconds()
	run.CPU, run.RunQueueWait = result.CPUTime.Seconds(), result.RunQueueWait.Seconds()
	run.Environment.Transport = string(result.Transport)
	metrics, notes := r.printed()
	run.Metrics = metrics
	if len(notes) > 0 { // what the guest printed and could not be read belongs to how it went
		run.Reason = strings.TrimPrefix(run.Reason+"; "+strings.Join(notes, "; "), "; ")
	}
	counted := r.instructions(result)
	AddMetrics(run, Measured{PeakMemory: result.PeakMemory, TouchedMemory: result.TouchedMemory, Exits: result.Exits, Instructions: counted})
	if run.InCountPass() {
		onlyCounted(run)
	}
	if run.Touched = result.Touched; run.Touched != "" {
		unmeasure(run, result.Touched)
	}
	if r.pending == nil {
		if r.log != nil {
			r.err = errors.Join(r.err, r.log.Close())
		}
		return *run, fmt.Errorf("this boot of %s is not recorded: %w", r.plan.Image.Target, r.err)
	}
	if err := errors.Join(r.addSources(), r.addManifest()); err != nil {
		return *run, errors.Join(fmt.Errorf("this boot of %s is not recorded: %w", r.plan.Image.Target, err), r.pending.Abort())
	}
	stored, err := r.pending.Commit(*run)
	if err != nil {
		return *run, fmt.Errorf("this boot of %s is not recorded: %w", r.plan.Image.Target, err)
	}
	return stored, nil
}

// unmeasure takes the figures out of a run that somebody had hands on: what they would
// say is how long a person has thought.
func unmeasure(run *store.Run, touched string) {
	run.Phases = nil
	for name, metric := range run.Metrics {
		if Describe(name, metric.Unit, Better(metric.Better)).Class != Exact {
			delete(run.Metrics, name)
		}
	}
	run.Notes = append(run.Notes, touched+" while it ran: its times are no measurements")
}

// printed reads the metrics out of the console log. What cannot be read as one
// becomes a note, since the rest of the boot is still good.
func (r *Recording) printed() (map[string]store.Metric, []string) {
	if r.log == nil {
		return nil, nil
	}
	if _, err := r.log.Seek(0, io.SeekStart); err != nil {
		return nil, []string{"the console log could not be read back: " + err.Error()}
	}
	return ParseOutput(r.log, r.log.Name(), r.plan.Image.Kernel.Metrics, r.plan.Image.App.Metrics)
}

// addSources keeps the sources with the run, if they are still what was built:
// while a boot runs an editor may have saved.
func (r *Recording) addSources() error {
	image := r.plan.Image
	for _, f := range image.Sources {
		data, err := fs.ReadFile(image.App.Files, f.Path)
		if err != nil {
			return nil //nolint:nilerr // a source that is gone is one that has changed
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.Hash {
			return nil
		}
	}
	return r.pending.AddSources(image.App.Files)
}

// addManifest keeps the kernel's manifest with the run, if it is still the one that the
// image was made with.
func (r *Recording) addManifest() error {
	k := r.plan.Image.Kernel
	if k.Files == nil {
		return nil
	}
	text, err := fs.ReadFile(k.Files, "kernel.toml")
	if err != nil {
		return nil //nolint:nilerr // as with a source that is gone
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != k.Hash {
		return nil
	}
	return r.pending.AddKernelManifest(text)
}

// Abandon leaves no trace of a boot that did not start.
func (r *Recording) Abandon() error {
	switch {
	case r.pending != nil:
		return r.pending.Abort()
	case r.log != nil:
		return r.log.Close()
	}
	return nil
}
