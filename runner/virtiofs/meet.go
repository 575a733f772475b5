package virtiofs

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// meet makes a socket to listen on and a connection to it that waits to be accepted.
// Its name lies in a folder that is ours alone and is gone when meet returns, so that
// nobody else can call there. base is where the folder is made, "" for the system's own
// place.
func meet(base string) (listener, caller *os.File, err error) {
	dir, err := os.MkdirTemp(base, "slipway-share-")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	folder, err := os.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	// However long the folder's name is, this one is short enough for a socket's.
	address := &unix.SockaddrUnix{Name: fmt.Sprintf("/proc/self/fd/%d/s", folder.Fd())}
	const one = 1 // guest
	listener, err = socket(func(fd int) error { return errors.Join(unix.Bind(fd, address), unix.Listen(fd, one)) })
	if err != nil {
		return nil, nil, err
	}
	caller, err = socket(func(fd int) error { return unix.Connect(fd, address) })
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	return listener, caller, nil
}

// socket is one of the Unix domain, closed where what is done with it fails.
func socket(do func(fd int) error) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := do(fd); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "share"), nil
}
