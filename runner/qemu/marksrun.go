package qemu

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"slipway/runner/process"
)

// The page that marks.S shares with us, and what can be asked of it.
const (
	marksMemory = 16 << 20
	marksPage   = 2 << 20

	turnDebugcon uint32 = 0
	turnSerial   uint32 = 1
	turnReset    uint32 = 2
	turnEnd      uint32 = 3
)

// marksRun is one guest that makes markers. Times are gathered by kind.
type marksRun struct {
	late, held map[string][]time.Duration

	page    []byte
	turn    uint32
	seen    [2]chan time.Time // when the first byte of a line was read, by the kind of turn
	event   chan time.Time
	counter uint64    // of the guest, at some turn
	at      time.Time // of the host, at that turn
}

// run boots the guest, has it make its markers, and ends it in one of the two ways.
func (g *marksRun) run(ctx context.Context, sp *process.Spawner, path, kernel string, accel Accel, end uint32) (err error) {
	conn, monitor, err := socketPair()
	if err != nil {
		return err
	}
	g.event = make(chan time.Time, 1)
	qmp := newClient(conn, func(e event) {
		if e.Name == "SHUTDOWN" {
			at, _ := e.at()
			note(g.event, at)
		}
	})
	defer func() { err = errors.Join(err, qmp.close()) }()
	memory, theirs, err := memoryFile()
	if err != nil {
		return errors.Join(err, monitor.Close())
	}
	defer func() { _ = memory.Close() }() // nobody reads it again
	files := []*os.File{monitor, nil, nil, theirs}
	var ends [2]*os.File
	markers, end0, err := process.NewStampedReader()
	if err != nil {
		return errors.Join(err, closeAll(files))
	}
	ends[turnDebugcon] = end0
	serial, end1, err := process.NewPipeReader()
	if err != nil {
		return errors.Join(err, closeAll(files), closeAll(ends[:]))
	}
	ends[turnSerial] = end1
	for i := range g.seen {
		g.seen[i] = make(chan time.Time, 1)
	}
	files[1] = ends[turnDebugcon]
	if err := errors.Join(memory.Truncate(marksMemory), g.share(memory)); err != nil {
		return errors.Join(err, closeAll(files), closeAll(ends[1:]))
	}
	defer func() { err = errors.Join(err, unix.Munmap(g.page)) }()

	c := Config{Binary: path, Machine: "pc,memory-backend=" + ownID("ram", 0), Accel: accel, Memory: marksMemory, Kernel: kernel}
	line := append(c.underSlipway(), "-object",
		fmt.Sprintf("memory-backend-file,id=%s,size=%d,mem-path=/dev/fd/%d,share=on", ownID("ram", 0), marksMemory, memoryFD))
	cmd := exec.Command(line[0], line[1:]...) //nolint:noctx // it is killed below
	cmd.ExtraFiles, cmd.Stdout = files, ends[turnSerial]
	if err := sp.Start(cmd); err != nil {
		return errors.Join(err, closeAll(files), closeAll(ends[1:]))
	}
	err = errors.Join(closeAll(files), ends[turnSerial].Close())
	read := make(chan struct{})
	go func() {
		g.readMarkers(markers)
		read <- struct{}{}
	}()
	go func() {
		g.readSerial(serial)
		read <- struct{}{}
	}()
	exited := make(chan time.Time, 1)
	gone := make(chan struct{})
	go func() {
		_ = cmd.Wait() // however it ended
		exited <- time.Now()
		close(gone)
	}()
	stop := context.AfterFunc(ctx, func() { _ = process.KillGroup(cmd.Process.Pid, syscall.SIGKILL) })
	defer stop()
	if err == nil {
		err = g.turns(ctx, qmp, end, exited, gone)
	}
	if err != nil {
		_ = process.KillGroup(cmd.Process.Pid, syscall.SIGKILL) // gone already is what we want
	}
	<-gone
	<-read
	<-read
	return err
}

// share maps the page.
func (g *marksRun) share(memory *os.File) (err error) {
	g.page, err = unix.Mmap(int(memory.Fd()), marksPage, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return err
}

// readMarkers notes when the first byte of each line was written, as the boot engine does.
func (g *marksRun) readMarkers(r *process.StampedReader) {
	buffer := make([]byte, 4096)
	begins := true
	for {
		n, at, _, err := r.Read(buffer)
		if n > 0 {
			if begins {
				note(g.seen[turnDebugcon], at)
			}
			begins = bytes.HasSuffix(buffer[:n], []byte{'\n'})
		}
		if err != nil {
			return
		}
	}
}

// readSerial notes when something is read, where nobody knows when it was written.
func (g *marksRun) readSerial(r *process.PipeReader) {
	buffer := make([]byte, 4096)
	for {
		n, err := r.Read(buffer)
		if n > 0 {
			note(g.seen[turnSerial], time.Now())
		}
		if err != nil {
			return
		}
	}
}

// note keeps the first time that nobody has taken yet.
func note(c chan time.Time, t time.Time) {
	select {
	case c <- t:
	default:
	}
}

// Words of the page.
func (g *marksRun) word(i int) *uint32 { return (*uint32)(unsafe.Pointer(&g.page[4*i])) } //nolint:gosec // the guest changes it meanwhile

const (
	wordTurn = iota
	wordKind
	wordBegun
	wordDone
)

// await spins until the guest says a number, for what a sleep takes is longer than what
// is measured.
func (g *marksRun) await(word int, number uint32, gone chan struct{}) (time.Time, error) {
	for i := 0; atomic.LoadUint32(g.word(word)) != number; i++ {
		if i%1024 == 1023 {
			select {
			case <-gone:
				return time.Time{}, errors.New("the guest that makes markers ended early")
			default:
				runtime.Gosched()
			}
		}
	}
	return time.Now(), nil
}

func (g *marksRun) turns(ctx context.Context, qmp *client, end uint32, exited chan time.Time, gone chan struct{}) error {
	if err := qmp.release(ctx, negotiation, func(time.Time) {}); err != nil {
		return err
	}
	if _, err := g.await(wordBegun, 1, gone); err != nil {
		return err
	}
	g.turn = 1
	for range markTurns {
		for _, kind := range []uint32{turnDebugcon, turnSerial} {
			if err := g.marker(ctx, kind, gone); err != nil {
				return err
			}
		}
	}
	begun, err := g.begin(end, gone)
	if err != nil {
		return err
	}
	kind, seen := MarkEnd, exited
	if end == turnReset {
		kind, seen = MarkEvent, g.event
	}
	select {
	case at := <-seen:
		if at.After(begun) {
			g.late[kind] = append(g.late[kind], at.Sub(begun))
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// begin gives the guest a turn, and returns when it began with it.
func (g *marksRun) begin(kind uint32, gone chan struct{}) (time.Time, error) {
	g.turn++
	atomic.StoreUint32(g.word(wordKind), kind)
	atomic.StoreUint32(g.word(wordTurn), g.turn)
	return g.await(wordBegun, g.turn, gone)
}

// marker has the guest write one line.
func (g *marksRun) marker(ctx context.Context, kind uint32, gone chan struct{}) error {
	select { // what is left of the line before
	case <-g.seen[kind]:
	default:
	}
	begun, err := g.begin(kind, gone)
	if err != nil {
		return err
	}
	// On a busy host we may look when all is over, or when the marker was read already:
	// then nobody knows when it began.
	intime := atomic.LoadUint32(g.word(wordDone)) != g.turn
	var seen time.Time
	select { // nothing spins meanwhile: the reader may need the CPU
	case seen = <-g.seen[kind]:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if _, err := g.await(wordDone, g.turn, gone); err != nil {
		return err
	}
	name := MarkDebugcon
	if kind == turnSerial {
		name = MarkSerial
	}
	if intime && seen.After(begun) {
		g.late[name] = append(g.late[name], seen.Sub(begun))
	}
	from, to := binary.LittleEndian.Uint64(g.page[16:]), binary.LittleEndian.Uint64(g.page[24:])
	if g.counter == 0 {
		g.counter, g.at = from, begun
		return nil
	}
	// The longer the guest has run, the better the counter's speed is known.
	if speed := float64(from-g.counter) / float64(begun.Sub(g.at)); speed > 0 {
		g.held[name] = append(g.held[name], time.Duration(float64(to-from)/speed))
	}
	return nil
}
