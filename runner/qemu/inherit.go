package qemu

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"slipway/runner/process"
)

// inheritance is what a QEMU that is held gets from us, and our ends of it.
type inheritance struct {
	conn    net.Conn // of the monitor
	markers *process.StampedReader
	memory  *os.File   // the file in memory that the child has as imageFD
	files   []*os.File // the child's ends: qmpFD, markersFD, imageFD
}

// inherit opens all of it, or nothing.
func inherit() (_ *inheritance, err error) {
	var opened []io.Closer
	defer func() {
		if err != nil {
			for _, c := range opened {
				err = errors.Join(err, c.Close())
			}
		}
	}()
	conn, monitor, err := socketPair()
	if err != nil {
		return nil, err
	}
	opened = append(opened, conn, monitor)
	memory, image, err := memoryFile()
	if err != nil {
		return nil, fmt.Errorf("make a file in memory for the image: %w", err)
	}
	opened = append(opened, memory, image)
	markers, markersEnd, err := process.NewStampedReader()
	if err != nil {
		return nil, err
	}
	return &inheritance{conn: conn, markers: markers, memory: memory, files: []*os.File{monitor, markersEnd, image}}, nil
}

// memoryFile returns a file without a name, twice: ours, and one for a child.
func memoryFile() (ours, theirs *os.File, err error) {
	fd, err := unix.MemfdCreate("slipway-image", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, nil, err
	}
	ours = os.NewFile(uintptr(fd), imagePlace) // a machine makes it as large as it wants it
	second, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, nil, errors.Join(err, ours.Close())
	}
	return ours, os.NewFile(uintptr(second), imagePlace), nil
}
