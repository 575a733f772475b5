package qemu

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// A machine whose exits are counted is held at its end (-action shutdown=pause) until
// QEMU has said them: KVM's statistics go with the process. It has no debug exit port,
// at which QEMU would end at once; its guest resets the machine instead.

// exitsLimit bounds asking; QEMU stops its CPUs for the answer.
const exitsLimit = 2 * time.Second

// ErrNoExits is returned where QEMU does not tell KVM's statistics: before 7.1, and
// under TCG.
var ErrNoExits = errors.New("this QEMU tells no exits of its guest's CPUs")

// atEnd asks for the exits of a machine that stands at its end, and ends QEMU. The
// machine waits for it as it is closed.
func (m *machine) atEnd() {
	m.ending.Do(func() {
		m.asking.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), exitsLimit)
			defer cancel()
			exits, err := m.client.exits(ctx)
			m.mu.Lock()
			m.exits, m.exitsErr = exits, err
			m.mu.Unlock()
			_ = m.Quit(ctx) // the boot's own ladder ends what does not quit
		})
	})
}

// exits asks for all CPUs' exits to the host.
func (c *client) exits(ctx context.Context) (int64, error) {
	type provider struct {
		Provider string   `json:"provider"`
		Names    []string `json:"names"`
	}
	var answer json.RawMessage
	err := c.do(ctx, "query-stats", struct {
		Target    string     `json:"target"`
		Providers []provider `json:"providers"`
	}{"vcpu", []provider{{"kvm", []string{"exits"}}}}, &answer)
	if err != nil {
		return 0, err
	}
	return sumExits(answer)
}

// sumExits reads the answer to query-stats: an entry for each CPU.
func sumExits(answer []byte) (int64, error) {
	var cpus []struct {
		Provider string `json:"provider"`
		Stats    []struct {
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"` // a number, a truth value or a list of numbers
		} `json:"stats"`
	}
	if err := json.Unmarshal(answer, &cpus); err != nil {
		return 0, err
	}
	var sum int64
	found := false
	for _, cpu := range cpus {
		for _, s := range cpu.Stats {
			var n int64
			if cpu.Provider == "kvm" && s.Name == "exits" && json.Unmarshal(s.Value, &n) == nil {
				sum, found = sum+n, true
			}
		}
	}
	if !found {
		return 0, ErrNoExits
	}
	return sum, nil
}
