package qemu

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Handover is an app for a kernel that has booted already and waits for one, in a
// machine that is resumed from a template: see MakeTemplate.
type Handover struct {
	Machine   Config // whose kernel waits; the template's
	App       string // path of the app's ELF file
	Arguments []string
}

// The memory through which an app is handed over: the second region of an ivshmem
// device (QEMU, docs/specs/ivshmem-spec.txt). Its layout is that of handover.c in the
// kernels that know it; numbers are little-endian.
const (
	handoverSize    = 16 << 20 // bytes; each held machine has so many
	handoverVersion = 1

	atFilled    = 0 // uint32, written last
	atVersion   = 4
	atAppSize   = 8
	atSeconds   = 16
	atNanos     = 24
	atSeed      = 32
	seedSize    = 32
	atNonce     = 64
	nonceSize   = 64
	atArguments = 128 // size of what is at argumentsAt
	argumentsAt = 256
	appAt       = 4096
)

// errTooLarge is returned where the memory does not hold the app or its arguments.
var errTooLarge = errors.New("it is too large to be handed to a kernel that has booted")

// fits says whether an app can be handed over at all.
func (h Handover) fits() bool {
	info, err := os.Stat(h.App)
	return err == nil && info.Size() <= handoverSize-appAt && len(h.arguments()) <= appAt-argumentsAt
}

// arguments end with a 0 byte each.
func (h Handover) arguments() string { return strings.Join(h.Arguments, "\x00") + "\x00" }

// write puts the app into the memory of a machine that is stopped.
func (h Handover) write(memory io.WriterAt, nonce string) error {
	app, err := os.ReadFile(h.App)
	if err != nil {
		return fmt.Errorf("the image is gone from the cache, build it again: %w", err)
	}
	arguments := h.arguments()
	if len(app) > handoverSize-appAt || len(arguments) > appAt-argumentsAt || len(nonce) >= nonceSize {
		return fmt.Errorf("%s: %w", h.App, errTooLarge)
	}
	head := make([]byte, argumentsAt)
	put := binary.LittleEndian
	now := time.Now()
	put.PutUint32(head[atVersion:], handoverVersion)
	put.PutUint64(head[atAppSize:], uint64(len(app)))
	put.PutUint64(head[atSeconds:], uint64(now.Unix()))
	put.PutUint64(head[atNanos:], uint64(now.Nanosecond()))
	if _, err := rand.Read(head[atSeed : atSeed+seedSize]); err != nil {
		return fmt.Errorf("make a seed for the guest's random numbers: %w", err)
	}
	copy(head[atNonce:], nonce)
	put.PutUint32(head[atArguments:], uint32(len(arguments)))
	filled := put.AppendUint32(nil, 1)
	for _, part := range []struct {
		at   int64
		data []byte
	}{{appAt, app}, {argumentsAt, []byte(arguments)}, {0, head}, {atFilled, filled}} {
		if _, err := memory.WriteAt(part.data, part.at); err != nil {
			return fmt.Errorf("hand the app over: %w", err)
		}
	}
	return nil
}
