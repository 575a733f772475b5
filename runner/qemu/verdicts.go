package qemu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// verdict is what a proof found; it is what the cache file holds.
type verdict struct {
	Key     string    `json:"key"`
	Version string    `json:"version"`
	KVM     bool      `json:"kvm"`
	Reason  string    `json:"reason"`
	Slow    bool      `json:"slow"` // may have been the host's load
	At      time.Time `json:"at"`
}

// slowLifetime is how long slowness is believed.
const slowLifetime = time.Hour

func (v verdict) accelerator() Accelerator {
	if v.KVM {
		return Accelerator{Name: KVM, QEMU: v.Version}
	}
	return Accelerator{Name: TCG, QEMU: v.Version, Reason: v.Reason}
}

// verdicts is the cache of one QEMU program on this host.
type verdicts struct {
	file string // "" keeps nothing
	key  string // all that a verdict depends on
}

func openVerdicts(dir, path string) (verdicts, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return verdicts{}, fmt.Errorf("look at %s: %w", path, err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return verdicts{}, fmt.Errorf("look at %s: %w", path, err)
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return verdicts{}, fmt.Errorf("ask for this host's name: %w", err)
	}
	text := unix.ByteSliceToString
	here := text(u.Nodename[:]) + " " + real
	v := verdicts{key: fmt.Sprintf("%s %d %d %s %s %s", here, info.Size(), info.ModTime().UnixNano(),
		text(u.Release[:]), text(u.Version[:]), hostStart())}
	if dir != "" {
		h := fnv.New64a()
		_, _ = h.Write([]byte(here)) // a hash does not fail
		v.file = filepath.Join(dir, fmt.Sprintf("kvm-%016x.json", h.Sum64()))
	}
	return v, nil
}

// hostStart names the host's last start, since which nobody can have switched
// virtualization on in its firmware or under it; "" where that is not told.
func hostStart() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(id))
}

// load returns a verdict that still holds. A file that cannot be read is no
// verdict: it is written anew.
func (c verdicts) load() (verdict, bool) {
	if c.file == "" {
		return verdict{}, false
	}
	data, err := os.ReadFile(c.file)
	if err != nil {
		return verdict{}, false
	}
	var v verdict
	if json.Unmarshal(data, &v) != nil || v.Key != c.key || v.Version == "" {
		return verdict{}, false
	}
	if age := time.Since(v.At); v.Slow && (age > slowLifetime || age < 0) { // a clock may have been set back
		return verdict{}, false
	}
	return v, true
}

// save replaces the file in one step.
func (c verdicts) save(v verdict) error {
	if c.file == "" {
		return nil
	}
	v.Key = c.key
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the accelerator's verdict: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return fmt.Errorf("keep the accelerator's verdict: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.file), ".kvm-*")
	if err != nil {
		return fmt.Errorf("keep the accelerator's verdict: %w", err)
	}
	_, err = f.Write(append(data, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.file)
	}
	if err != nil {
		return fmt.Errorf("keep the accelerator's verdict: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
