package qemu

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/runner/process"
)

// marksGuest is marks.S, assembled: it makes the marker that it is told to.
//
//go:embed marks.elf
var marksGuest []byte

// MarkerCost is what a kind of marker costs on this host, and how late it is: the time
// of the ledger that is the marker's and not the guest's. Both are medians.
type MarkerCost struct {
	Kind  string        `json:"kind"`
	Late  time.Duration `json:"late"` // from when the guest begins with it until we have seen it
	Held  time.Duration `json:"held"` // how long it holds the guest up; 0 where the guest does not go on, or does nothing
	Times int           `json:"times"`
}

// Kinds of markers. What a boot says ended a phase begins with one of them.
const (
	MarkDebugcon = "debugcon"     // a line on port 0xe9
	MarkSerial   = "console"      // a line on the serial port
	MarkEvent    = "QMP event"    // SHUTDOWN, as an example
	MarkEnd      = "process exit" // of QEMU, which the guest ends
)

// answerToCont ends the phase before the guest runs. What it costs nobody can tell: the
// guest begins in the firmware, which says nothing.
const answerToCont = "QMP cont"

// MarkerCosts are those of one QEMU program and accelerator on this host.
type MarkerCosts []MarkerCost

// Of says what a marker costs by its words in a phase, such as debugcon @slipway app.
func (m MarkerCosts) Of(marker string) (MarkerCost, bool) {
	for _, c := range m {
		if strings.HasPrefix(marker, c.Kind) {
			return c, true
		}
	}
	if strings.HasPrefix(marker, "QMP ") && !strings.HasPrefix(marker, answerToCont) { // an event, by its name
		return m.Of(MarkEvent)
	}
	return MarkerCost{}, false
}

// ErrNoMarkerCosts is wrapped where markers cannot be measured: their guest is x86.
var ErrNoMarkerCosts = errors.New("what a marker costs can be measured with an x86 guest only")

// ErrTooBusy is wrapped where markers cannot be measured at the moment.
var ErrTooBusy = errors.New("this host is too busy")

// keptCosts is the file in the cache.
type keptCosts struct {
	Key   string      `json:"key"`
	Costs MarkerCosts `json:"costs"`
}

func costsFile(dir, path string, accel Accel) (file, key string, err error) {
	v, err := openVerdicts(dir, path)
	if err != nil {
		return "", "", err
	}
	// The key says how they were measured as well: what was read late once is stamped now.
	return strings.Replace(v.file, "kvm-", "markers-"+string(accel)+"-", 1), v.key + " stamped", nil
}

// KnownMarkerCosts are those that were measured for this QEMU on this host since its
// start; none where they were not.
func KnownMarkerCosts(binary, dir string, accel Accel) MarkerCosts {
	path, err := find(binary)
	if err != nil {
		return nil
	}
	file, key, err := costsFile(dir, path, accel)
	if err != nil {
		return nil
	}
	data, err := os.ReadFile(file)
	var kept keptCosts
	if err != nil || json.Unmarshal(data, &kept) != nil || kept.Key != key {
		return nil
	}
	return kept.Costs
}

// costsLimit bounds a measurement, which takes less than a second on a quiet host.
const costsLimit = 20 * time.Second

// MeasureMarkers measures what markers cost and keeps it in the folder dir.
func MeasureMarkers(ctx context.Context, sp *process.Spawner, binary, dir string, accel Accel) (MarkerCosts, error) {
	if !(Config{Binary: binary}).x86() {
		return nil, fmt.Errorf("measure the markers of %s: %w", binary, ErrNoMarkerCosts)
	}
	path, err := find(binary)
	if err != nil {
		return nil, err
	}
	file, key, err := costsFile(dir, path, accel)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, costsLimit, fmt.Errorf("%w: not done within %s", ErrTooBusy, costsLimit))
	defer cancel()
	costs, err := measureMarkers(ctx, sp, path, accel)
	if err != nil {
		return nil, fmt.Errorf("measure the markers of %s: %w", binary, err)
	}
	data, err := json.MarshalIndent(keptCosts{key, costs}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("keep what markers cost: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("keep what markers cost: %w", err)
	}
	// Half a file is no JSON, and is measured anew.
	if err := os.WriteFile(file, append(data, '\n'), 0o600); err != nil {
		return nil, fmt.Errorf("keep what markers cost: %w", err)
	}
	return costs, nil
}

// Each guest makes some markers of each kind and ends; ends are rarer, so there are a few guests.
const (
	markGuests = 10
	markTurns  = 10 // of a kind and guest

	fewestMarks = 3
)

func measureMarkers(ctx context.Context, sp *process.Spawner, path string, accel Accel) (MarkerCosts, error) {
	scratch, err := os.MkdirTemp(sp.Scratch(), "slipway-marks-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	kernel := filepath.Join(scratch, "marks.elf")
	if err := os.WriteFile(kernel, marksGuest, 0o600); err != nil {
		return nil, err
	}
	late, held := map[string][]time.Duration{}, map[string][]time.Duration{}
	for i := range markGuests {
		end := turnEnd
		if i%2 == 1 {
			end = turnReset
		}
		g := &marksRun{late: late, held: held}
		if err := g.run(ctx, sp, path, kernel, accel, end); err != nil {
			return nil, err
		}
	}
	var costs MarkerCosts
	for _, kind := range []string{MarkDebugcon, MarkSerial, MarkEvent, MarkEnd} {
		if len(late[kind]) < fewestMarks {
			return nil, fmt.Errorf("%w: %d of %d markers by %s were seen in time", ErrTooBusy, len(late[kind]), tries(kind), kind)
		}
		costs = append(costs, MarkerCost{Kind: kind, Late: middle(late[kind]), Held: middle(held[kind]), Times: len(late[kind])})
	}
	return costs, nil
}

// tries is how many markers of a kind are made.
func tries(kind string) int {
	if kind == MarkEvent || kind == MarkEnd {
		return markGuests / 2
	}
	return markGuests * markTurns
}

// middle is the median, 0 of nothing.
func middle(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.SortFunc(d, cmp.Compare[time.Duration])
	return d[len(d)/2]
}
